// measure [--runs N] NAME=COMMAND...: runs the commands in turn, A B A B, each as a process tree of
// its own, and prints the medians of CPU seconds (user and system, whole tree), wall seconds and
// peak memory of the largest process, with ratios to the first. On a shared machine the CPU seconds
// of one run are what can be compared. A command is split at blanks; what it prints goes nowhere.

#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <sstream>
#include <string>
#include <vector>

namespace {

struct Usage {
  double cpu = 0.0;
  double wall = 0.0;
  double megabytes = 0.0;
};

struct Command {
  std::string name;
  std::vector<std::string> words;
  std::vector<Usage> runs;
};

double seconds(timeval time) {
  return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
}

double now() {
  timespec time{};
  ::clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

[[noreturn]] void die(const std::string& why) {
  std::fprintf(stderr, "measure: %s\n", why.c_str());
  std::exit(1);
}

pid_t start(const Command& command) {
  std::vector<char*> words;
  for (const std::string& word : command.words) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  pid_t child = 0;
  const int error = ::posix_spawnp(&child, words[0], &actions, nullptr, words.data(), ::environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (error != 0) die(command.name + ": " + words[0] + ": " + std::strerror(error));
  return child;
}

/// wait4() reports the child with all of its own children that it has waited for.
Usage run(const Command& command) {
  const double begin = now();
  const pid_t child = start(command);
  int status = 0;
  rusage usage{};
  if (::wait4(child, &status, 0, &usage) != child) die(command.name + ": lost");
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) die(command.name + ": failed");
  return {.cpu = seconds(usage.ru_utime) + seconds(usage.ru_stime),
          .wall = now() - begin,
          .megabytes = static_cast<double>(usage.ru_maxrss) / 1024.0};
}

double median(const Command& command, double Usage::* part) {
  std::vector<double> values;
  for (const Usage& usage : command.runs) values.push_back(usage.*part);
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

}  // namespace

int main(int argc, char** argv) {
  int runs = 3;
  std::vector<Command> commands;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument == "--runs" && i + 1 < argc) {
      runs = std::max(1, std::atoi(argv[++i]));
      continue;
    }
    const std::size_t equals = argument.find('=');
    if (equals == std::string::npos) die("'" + argument + "' is not NAME=COMMAND");
    Command command{.name = argument.substr(0, equals), .words = {}, .runs = {}};
    std::istringstream words(argument.substr(equals + 1));
    for (std::string word; words >> word;) command.words.push_back(word);
    if (command.words.empty()) die(command.name + ": no command");
    commands.push_back(std::move(command));
  }
  if (commands.empty()) die("usage: measure [--runs N] NAME=COMMAND...");
  for (int i = 0; i < runs; ++i) {
    for (Command& command : commands) command.runs.push_back(run(command));
  }
  const double floor = median(commands[0], &Usage::cpu);
  const double memory = median(commands[0], &Usage::megabytes);
  std::printf("%-36s %8s %7s %8s %8s %7s\n", "", "CPU s", "ratio", "wall s", "MB", "ratio");
  for (const Command& command : commands) {
    const double cpu = median(command, &Usage::cpu);
    const double peak = median(command, &Usage::megabytes);
    std::printf("%-36s %8.2f %6.2fx %8.2f %8.0f %6.2fx\n", command.name.c_str(), cpu, cpu / floor,
                median(command, &Usage::wall), peak, peak / memory);
  }
}
