#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "daemon/monitor/live_board.h"
#include "daemon/store/live.h"

namespace leeway::monitor {

/// Decides which live findings go into the history of one model: each change of a verdict, and a
/// sample an hour, however often something is probed. The first after a start is written too.
class LiveHistory {
 public:
  explicit LiveHistory(std::string model) : model_(std::move(model)) {}

  std::vector<store::LiveSample> due(const LiveBoard::Reports& reports, TimePoint now) const;

  /// They were committed.
  void wrote(const std::vector<store::LiveSample>& samples);

 private:
  struct Last {
    TimePoint at;
    Verdict verdict;
  };

  std::string model_;
  std::map<std::pair<std::string, std::string>, Last> last_;  // by path and part
};

/// Writes them; call it inside Store::write.
Result<> save_samples(store::Connection& connection, const std::vector<store::LiveSample>& samples);

}  // namespace leeway::monitor
