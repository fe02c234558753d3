#include "collectors/tables/worker_process.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <system_error>

#include "collectors/async/outside_work.h"
#include "collectors/tables/descriptor.h"
#include "collectors/tables/protocol.h"
#include "collectors/tables/worker.h"

namespace leeway::tables {
namespace {

/// What posix_spawn needs to know, freed with the object.
class SpawnSetup {
 public:
  explicit SpawnSetup(int socket) {
    posix_spawn_file_actions_init(&actions_);
    posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions_, STDERR_FILENO, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions_, socket, kWorkerDescriptor);
    posix_spawn_file_actions_addclosefrom_np(&actions_, kWorkerDescriptor + 1);
    posix_spawnattr_init(&attributes_);
    sigset_t none;
    sigset_t all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setsigdefault(&attributes_, &all);
    posix_spawnattr_setpgroup(&attributes_, 0);
    posix_spawnattr_setflags(
        &attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  }
  ~SpawnSetup() {
    posix_spawn_file_actions_destroy(&actions_);
    posix_spawnattr_destroy(&attributes_);
  }
  SpawnSetup(const SpawnSetup&) = delete;
  SpawnSetup& operator=(const SpawnSetup&) = delete;

  /// 0, or the error.
  int spawn(pid_t& pid, const std::filesystem::path& executable, std::vector<std::string> arguments,
            std::vector<std::string> environment) const {
    arguments.insert(arguments.begin(), executable.filename().string());
    std::vector<char*> argv = pointers(arguments);
    std::vector<char*> envp = pointers(environment);
    return ::posix_spawn(&pid, executable.c_str(), &actions_, &attributes_, argv.data(),
                         envp.data());
  }

 private:
  static std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> found;
    for (std::string& text : texts) found.push_back(text.data());
    found.push_back(nullptr);
    return found;
  }

  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

std::vector<std::string> worker_environment() {
  // Read on the one thread that also spawns; nobody sets it.
  const char* library = std::getenv("LEEWAY_DUCKDB_LIBRARY");  // NOLINT(concurrency-mt-unsafe)
  if (library == nullptr) return {};
  return {std::string("LEEWAY_DUCKDB_LIBRARY=") + library};
}

std::string describe_end(int status) {
  if (WIFSIGNALED(status)) {
    const int signal = WTERMSIG(status);
    const char* name = ::sigdescr_np(signal);
    return "was killed by signal " + std::to_string(signal) +
           (name == nullptr ? "" : " (" + std::string(name) + ")");
  }
  return "ended with status " + std::to_string(WEXITSTATUS(status));
}

Error connection_error(const boost::system::error_code& error) {
  if (error == asio::error::operation_aborted) {
    return {ErrorCode::kCancelled, "told to stop while a worker was at work"};
  }
  return {ErrorCode::kUnavailable, "the worker's socket: " + error.message()};
}

}  // namespace

WorkerProcess::WorkerProcess(asio::local::stream_protocol::socket socket, pid_t pid, int pidfd)
    : socket_(std::move(socket)), pid_(pid), end_(socket_.get_executor()) {
  if (pidfd >= 0) end_.assign(pidfd);
}

WorkerProcess::~WorkerProcess() {
  kill();
  reap();
}

Result<std::shared_ptr<WorkerProcess>> WorkerProcess::start(
    const asio::any_io_executor& executor, const std::filesystem::path& executable,
    const std::vector<std::string>& arguments) {
  const auto trouble = [](int error) {
    return fail(ErrorCode::kUnavailable,
                "starting a worker: " + std::generic_category().message(error));
  };
  std::array<int, 2> pair{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair.data()) != 0) return trouble(errno);
  Descriptor ours(pair[0]);
  const Descriptor theirs(pair[1]);
  pid_t pid = -1;
  const SpawnSetup setup(theirs.get());
  if (const int error = setup.spawn(pid, executable, arguments, worker_environment()); error != 0) {
    return trouble(error);
  }
  const auto pidfd = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
  asio::local::stream_protocol::socket socket(executor, asio::local::stream_protocol(),
                                              ours.release());
  return std::shared_ptr<WorkerProcess>(new WorkerProcess(std::move(socket), pid, pidfd));
}

Async<std::string> WorkerProcess::exchange(std::string request) {
  const OutsideWork work(socket_.get_executor());
  // The request ends first: until then a crash shows as a broken pipe, after it as the end.
  const auto [write_error, written] =
      co_await asio::async_write(socket_, asio::buffer(request), kAsTuple);
  if (write_error) co_return fail(connection_error(write_error));
  std::string reply(kFrameHead, '\0');
  const auto [head_error, head] = co_await asio::async_read(socket_, asio::buffer(reply), kAsTuple);
  if (head_error) co_return fail(connection_error(head_error));
  const auto length = body_length(reply);
  if (!length) co_return fail(length.error());
  reply.resize(kFrameHead + *length);
  const auto rest = asio::buffer(reply) + kFrameHead;
  const auto [body_error, body] = co_await asio::async_read(socket_, rest, kAsTuple);
  if (body_error) co_return fail(connection_error(body_error));
  co_return reply;
}

void WorkerProcess::kill() {
  if (!reaped_) ::kill(pid_, SIGKILL);
}

Task<std::string> WorkerProcess::ended() {
  kill();
  if (!reaped_ && end_.is_open()) {
    const OutsideWork work(socket_.get_executor());
    co_await end_.async_wait(asio::posix::stream_descriptor::wait_read, kAsTuple);
  }
  reap();
  co_return describe_end(status_);
}

void WorkerProcess::when_ended(std::function<void()> callback) {
  auto reaped = [this, callback = std::move(callback),
                 work = std::make_shared<OutsideWork>(socket_.get_executor())](auto...) {
    reap();
    callback();
  };
  if (end_.is_open()) {
    end_.async_wait(asio::posix::stream_descriptor::wait_read, std::move(reaped));
  } else {
    asio::post(socket_.get_executor(), std::move(reaped));
  }
}

void WorkerProcess::reap() {
  while (!reaped_) {
    const pid_t ended = ::waitpid(pid_, &status_, 0);
    reaped_ = ended == pid_ || (ended < 0 && errno != EINTR);
  }
}

}  // namespace leeway::tables
