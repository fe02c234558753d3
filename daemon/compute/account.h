#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "collectors/compute/budget.h"
#include "collectors/compute/cost.h"
#include "collectors/compute/usage.h"

namespace leeway::compute {

/// What a model has used and cost since it is watched. Small, and saved after every reading before
/// anything of it is shown: a total on /metrics that fell after a crash would be read as a counter
/// that began anew, and count in full once more.
class Account {
 public:
  using Readings = std::vector<std::pair<std::string, Reading>>;

  /// What one reading said.
  struct Step {
    Usage usage;
    Cost cost;
  };
  Step add(TimePoint now, const Readings& readings, const Price& price);

  /// A cost that somebody else computed, of a span that has passed.
  void add_cost(TimePoint from, TimePoint to, double cost);

  double total(Metric metric, std::string_view gpu = {}) const;
  const std::map<std::pair<Metric, std::string>, double>& totals() const { return totals_; }
  double cost() const { return cost_; }
  double idle_cost() const { return idle_cost_; }
  double carbon_grams() const { return carbon_grams_; }
  std::uint64_t resets() const { return resets_; }
  const DailyCosts& days() const { return days_; }
  /// OOM kills in the hour before.
  double recent_oom_kills(TimePoint now) const;

  /// Up to where OpenCost has been asked.
  std::optional<TimePoint> allocated_until;

  std::string serialize() const;
  static Result<Account> deserialize(std::string_view bytes);

 private:
  void count(TimePoint now, const Step& step);

  UsageMeter meter_;
  std::map<std::pair<Metric, std::string>, double> totals_;  // of counters, by GPU
  double cost_ = 0.0;
  double idle_cost_ = 0.0;
  double carbon_grams_ = 0.0;
  std::uint64_t resets_ = 0;
  DailyCosts days_;
  std::vector<std::pair<TimePoint, double>> kills_;  // of the last hour
};

}  // namespace leeway::compute
