#pragma once

#include <boost/json/object.hpp>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "tests/integration/crash/batches.h"
#include "tests/support/http_get.h"
#include "tests/support/process.h"

namespace leeway::tests {

/// A folder with a configuration and a state, in which `leeway run` is started again and again.
class Daemon {
 public:
  /// Two models over the same files: `measured` has a reference, segments and a retraining,
  /// `learned` takes its first windows as the reference. Webhooks go to `receiver`.
  Daemon(std::filesystem::path folder, const Batches& batches, const std::string& receiver);

  /// Days that `learned` learns from.
  static constexpr int kLearnedDays = 10;

  std::filesystem::path state() const { return folder_ / "state"; }

  /// @param failpoint  "name:n", or empty
  Process start(const std::string& failpoint) const;

  /// The same, as on a disk that takes no file larger than so many KiB.
  Process start_on_small_disk(int kib) const;

  /// The status and text of a GET once the daemon is up.
  HttpAnswer get(const std::string& target) const;

  /// The API's answer once the daemon is up, through the `leeway` command. Fails the test if there
  /// is none before the deadline.
  boost::json::object ask(const std::vector<std::string>& command) const;

  std::string log() const { return read_file(folder_ / "leeway.log"); }

 private:
  Process start(Command command) const;
  std::optional<std::string> address() const;
  std::string wait_for_address() const;  ///< empty, and the test has failed, if there is none

  std::filesystem::path folder_;
};

}  // namespace leeway::tests
