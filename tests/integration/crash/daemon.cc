#include "tests/integration/crash/daemon.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <chrono>
#include <fstream>
#include <utility>

namespace leeway::tests {
namespace {

constexpr auto kDeadline = std::chrono::seconds(30);

std::string configuration(const std::filesystem::path& folder, const Batches& batches,
                          const std::string& receiver) {
  const std::string files = (batches.incoming() / "*.parquet").string();
  return "server: { listen: 127.0.0.1:0 }\n"
         "state: " +
         (folder / "state").string() +
         "\n"
         "targets:\n"
         "  people: { webhook: { url: " +
         receiver +
         "/people } }\n"
         "  pager: { webhook: { url: " +
         receiver +
         "/pager } }\n"
         "  pipeline: { webhook: { url: " +
         receiver +
         "/pipeline } }\n"
         "routes: [{ to: [people] }]\n"
         "defaults:\n"
         "  batches: { files: " +
         files +
         ", every: 1s }\n"
         "  window: { grace: 0s, late: 14d }\n"
         "  drift: { thresholds: { psi: { warning: 0.1, critical: 0.25 } } }\n"
         "models:\n"
         "  - name: measured\n"
         "    reference: " +
         batches.reference().string() +
         "\n"
         "    columns: { timestamp: at, segments: [kind] }\n"
         "    rules:\n"
         "      - { name: amount, if: 'drift.state{column=amount} == 2', severity: critical, then: "
         "[people, retraining] }\n"
         "      - { name: kind, if: 'drift.state{column=kind} == 2', then: [people, pager] }\n"
         "    retraining: { target: pipeline, approval: none, cooldown: 0s, at_most: 100 per hour "
         "}\n"
         "  - name: learned\n"
         "    reference: { from_batches: { windows: " +
         std::to_string(Daemon::kLearnedDays) +
         " } }\n"
         "    columns: { timestamp: at }\n"
         "    rules:\n"
         "      - { name: moved, if: 'drift.drifted_columns >= 1', then: [pager] }\n";
}

}  // namespace

Daemon::Daemon(std::filesystem::path folder, const Batches& batches, const std::string& receiver)
    : folder_(std::move(folder)) {
  std::filesystem::create_directories(folder_);
  std::ofstream(folder_ / "leeway.yaml") << configuration(folder_, batches, receiver);
}

Process Daemon::start(const std::string& failpoint) const {
  Command command{.program = LEEWAY_BINARY, .arguments = {"run", "-c", folder_ / "leeway.yaml"}};
  if (!failpoint.empty()) command.environment["LEEWAY_FAILPOINT"] = failpoint;
  return start(std::move(command));
}

Process Daemon::start_on_small_disk(int kib) const {
  // Without the trap the signal SIGXFSZ would end the daemon instead of failing the write.
  const std::string script =
      "trap '' XFSZ; ulimit -f " + std::to_string(2 * kib) + "; exec \"$0\" run -c \"$1\"";
  return start(Command{.program = "/bin/sh",
                       .arguments = {"-c", script, LEEWAY_BINARY, folder_ / "leeway.yaml"}});
}

Process Daemon::start(Command command) const {
  std::filesystem::remove(folder_ / "leeway.log");
  command.output = folder_ / "leeway.log";
  auto process = Process::start(command);
  LEEWAY_ASSERT(process, "leeway was built with this test");
  return std::move(*process);
}

/// The port is the system's choice; the log says it.
std::optional<std::string> Daemon::address() const {
  const std::string text = log();
  const std::string before = "listen=";
  const std::size_t ready = text.find("ready listen=");
  if (ready == std::string::npos) return std::nullopt;
  const std::size_t begin = text.find(before, ready) + before.size();
  return text.substr(begin, text.find_first_of(" \n", begin) - begin);
}

std::string Daemon::wait_for_address() const {
  std::optional<std::string> where;
  const auto found = [&] { return (where = address()).has_value(); };
  EXPECT_TRUE(eventually(found, kDeadline)) << "leeway is not ready:\n" << log();
  return where.value_or("");
}

HttpAnswer Daemon::get(const std::string& target) const {
  const std::string where = wait_for_address();
  if (where.empty()) return {};
  const auto port = static_cast<std::uint16_t>(std::stoul(where.substr(where.rfind(':') + 1)));
  auto answer = http_get(port, target, kDeadline);
  EXPECT_TRUE(answer) << target << ": " << answer.error().message;
  return answer ? std::move(*answer) : HttpAnswer{};
}

boost::json::object Daemon::ask(const std::vector<std::string>& command) const {
  const std::string where = wait_for_address();
  if (where.empty()) return {};
  std::vector<std::string> arguments = command;
  arguments.insert(arguments.end(), {"--address", where, "--format", "json"});
  const std::filesystem::path output = folder_ / "answer.json";
  std::filesystem::remove(output);
  auto process =
      Process::start({.program = LEEWAY_BINARY, .arguments = arguments, .output = output});
  const auto exit = process->wait(kDeadline);
  boost::system::error_code malformed;
  auto answer = boost::json::parse(read_file(output), malformed);
  if (exit != Exit{} || malformed || !answer.is_object()) {
    ADD_FAILURE() << "leeway " << command.front() << ": " << read_file(output);
    return {};
  }
  return answer.as_object();
}

}  // namespace leeway::tests
