#include "tests/support/process.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <system_error>
#include <thread>
#include <utility>

#include "tests/support/socket.h"

namespace leeway::tests {
namespace {

std::string message_of(int error) { return std::generic_category().message(error); }

/// Everything the child needs, made before the fork: after it only system calls are safe.
class Prepared {
 public:
  explicit Prepared(const Command& command)
      : program_(command.program),
        output_(command.output.empty() ? "/dev/null" : command.output),
        folder_(command.working_directory),
        arguments_{command.program},
        parent_(getpid()) {
    arguments_.insert(arguments_.end(), command.arguments.begin(), command.arguments.end());
    for (const auto& [name, value] : command.environment) {
      environment_.push_back(name + "=" + value);
    }
    for (const char* name :
         {"PATH", "ASAN_OPTIONS", "LSAN_OPTIONS", "TSAN_OPTIONS", "UBSAN_OPTIONS"}) {
      const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nobody sets any
      if (value != nullptr && !command.environment.contains(name)) {
        environment_.push_back(std::string(name) + "=" + value);
      }
    }
    argv_ = pointers(arguments_);
    envp_ = pointers(environment_);
  }

  /// In the child: becomes the program, or writes errno to `failure` and ends.
  [[noreturn]] void become(int failure) const {
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() == parent_ && redirect() && enter_folder()) {
      sigset_t none;
      sigemptyset(&none);
      sigprocmask(SIG_SETMASK, &none, nullptr);
      std::signal(SIGPIPE, SIG_DFL);
      syscall(SYS_close_range, 3U, ~0U, CLOSE_RANGE_CLOEXEC);
      execve(program_.c_str(), argv_.data(), envp_.data());
    }
    const int error = errno;
    [[maybe_unused]] const ssize_t written = write(failure, &error, sizeof error);
    _exit(127);
  }

 private:
  static std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> out;
    for (std::string& text : texts) out.push_back(text.data());
    out.push_back(nullptr);
    return out;
  }

  bool redirect() const {
    const int input = open("/dev/null", O_RDONLY);
    const int output = open(output_.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    return input >= 0 && output >= 0 && dup2(input, 0) == 0 && dup2(output, 1) == 1 &&
           dup2(output, 2) == 2;
  }

  bool enter_folder() const { return folder_.empty() || chdir(folder_.c_str()) == 0; }

  std::filesystem::path program_;
  std::filesystem::path output_;
  std::filesystem::path folder_;
  std::vector<std::string> arguments_;
  std::vector<std::string> environment_;
  std::vector<char*> argv_;
  std::vector<char*> envp_;
  pid_t parent_;
};

/// The end of a child that stays a zombie, so that its id is not given to another.
std::optional<Exit> peek_exit(pid_t id, int options) {
  siginfo_t info{};
  while (waitid(P_PID, static_cast<id_t>(id), &info, WEXITED | WNOWAIT | options) != 0) {
    if (errno != EINTR) return std::nullopt;
  }
  if (info.si_pid == 0) return std::nullopt;
  if (info.si_code == CLD_EXITED) return Exit{.status = info.si_status, .signal = 0};
  return Exit{.status = 0, .signal = info.si_status};
}

}  // namespace

TemporaryFolder::TemporaryFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "leeway-test-XXXXXX").string();
  const char* made = mkdtemp(name.data());
  LEEWAY_ASSERT(made != nullptr, "tests can write to the temporary folder");
  path_ = made;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::filesystem::path TemporaryFolder::write(std::string_view name,
                                             std::string_view content) const {
  const std::filesystem::path path = path_ / name;
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << content;
  return path;
}

std::string read_file(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

std::uint16_t free_port() {
  const auto socket = Socket::listen(0);
  LEEWAY_ASSERT(socket, "the loopback has free ports");
  return socket->port();
}

void pause_briefly() { std::this_thread::sleep_for(std::chrono::milliseconds(5)); }

Result<Process> Process::start(const Command& command) {
  const Prepared prepared(command);
  std::array<int, 2> failure{};
  if (pipe2(failure.data(), O_CLOEXEC) != 0) {
    return fail(ErrorCode::kUnavailable, "pipe: " + message_of(errno));
  }
  const pid_t id = fork();
  if (id == 0) prepared.become(failure[1]);
  close(failure[1]);
  int error = errno;
  if (id > 0 && read(failure[0], &error, sizeof error) == 0) error = 0;
  close(failure[0]);
  if (id > 0 && error == 0) return Process(id);
  if (id > 0) waitpid(id, nullptr, 0);
  return fail(ErrorCode::kNotFound, command.program.string() + ": " + message_of(error));
}

Process::~Process() {
  if (id_ <= 0) return;
  ::kill(-id_, SIGKILL);
  waitpid(id_, nullptr, 0);
}

Process::Process(Process&& other) noexcept
    : id_(std::exchange(other.id_, -1)), exit_(other.exit_) {}

Process& Process::operator=(Process&& other) noexcept {
  std::swap(id_, other.id_);
  std::swap(exit_, other.exit_);
  return *this;
}

bool Process::is_running() {
  if (!exit_) exit_ = peek_exit(id_, WNOHANG);
  return !exit_;
}

void Process::send(int signal) const { ::kill(id_, signal); }

std::optional<Exit> Process::wait(Milliseconds deadline) {
  eventually([this] { return !is_running(); }, deadline);
  return exit_;
}

Exit Process::stop(Milliseconds deadline) {
  send(SIGTERM);
  if (const auto ended = wait(deadline)) return *ended;
  return kill();
}

Exit Process::kill() {
  ::kill(-id_, SIGKILL);
  if (!exit_) exit_ = peek_exit(id_, 0);
  LEEWAY_ASSERT(exit_, "nothing survives SIGKILL");
  return *exit_;
}

}  // namespace leeway::tests
