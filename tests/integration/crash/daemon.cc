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
  std::filesystem::remove(folder_ / "leeway.log");
  Command command{.program = LEEWAY_BINARY,
                  .arguments = {"run", "-c", folder_ / "leeway.yaml"},
                  .output = folder_ / "leeway.log"};
  if (!failpoint.empty()) command.environment["LEEWAY_FAILPOINT"] = failpoint;
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

boost::json::object Daemon::ask(const std::vector<std::string>& command) const {
  std::optional<std::string> where;
  const auto found = [&] { return (where = address()).has_value(); };
  if (!eventually(found, kDeadline)) {
    ADD_FAILURE() << "leeway is not ready:\n" << log();
    return {};
  }
  std::vector<std::string> arguments = command;
  arguments.insert(arguments.end(), {"--address", *where, "--format", "json"});
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
