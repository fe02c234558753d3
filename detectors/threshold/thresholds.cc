#include "detectors/threshold/thresholds.h"

#include <algorithm>
#include <cmath>

#include "detectors/threshold/family.h"

namespace leeway::threshold {
namespace {

constexpr double kWarningLevels = 5.0;
constexpr double kMostAlpha = 0.5;
constexpr int kFewestRows = -10;  // as powers of two of what is usual
constexpr int kMostRows = 20;

/// Between limits for half and for twice as many rows: both follow powers of the row count.
std::optional<double> between(const std::optional<double>& a, const std::optional<double>& b,
                              double part) {
  if (!a || !b || *a == *b || *a <= 0.0 || *b <= 0.0) return a;
  return std::exp((1.0 - part) * std::log(*a) + part * std::log(*b));
}

}  // namespace

double Policy::windows_judged() const {
  const double size = to_seconds(window_size);
  return size > 0.0 ? std::max(1.0, to_seconds(per) / size) : 1.0;
}

double Policy::level() const {
  const auto parties = static_cast<double>(1 + multivariate_tests);
  return std::min(kMostAlpha, share * false_alarms / windows_judged() / parties);
}

Thresholds Thresholds::learn(const profile::Reference& reference,
                             const std::vector<std::string>& numeric_measures,
                             const std::vector<std::string>& categorical_measures, Policy policy) {
  Thresholds made;
  made.policy_ = std::move(policy);
  const drift::Dialect* const dialect = drift::find_dialect(made.policy_.dialect);
  if (dialect == nullptr) return made;
  const StrayMeasures measures{
      .numeric = numeric_measures, .categorical = categorical_measures, .dialect = *dialect};
  const std::vector<Strays> all = strays(reference, measures, made.policy_.min_rows);
  std::size_t places = 0;
  for (const Strays& each : all) places = std::max(places, each.place + 1);
  std::size_t windows = 0;
  for (std::size_t place = 0; place < places; ++place) {
    std::vector<const Strays*> family;
    std::vector<const Strays*> deciding_by_user;
    for (const Strays& each : all) {
      if (each.place != place) continue;
      windows = std::max(windows, each.windows.size());
      if (made.policy_.fixed.contains(each.measure->name)) {
        deciding_by_user.push_back(&each);
      } else if (each.measure->limits_from == drift::LimitsFrom::kLearned) {
        family.push_back(&each);
      }
    }
    made.learn_family(family);
    if (place == 0) made.fixed_ = made.expected_beyond_fixed(deciding_by_user);
  }
  made.add(deviation_limits(reference, measures, made.policy_.min_rows));
  std::sort(made.learned_.begin(), made.learned_.end(),
            [](const Learned& a, const Learned& b) { return a.column < b.column; });
  made.has_windows_ = windows > 0;
  if (windows == 0) return made;  // nothing is critical
  made.achievable_ = std::max(made.policy_.share * made.policy_.false_alarms,
                              made.policy_.windows_judged() / static_cast<double>(windows + 1));
  return made;
}

void Thresholds::add(const std::vector<DeviationLimit>& limits) {
  for (const DeviationLimit& limit : limits) {
    learned_.push_back({.column = limit.column, .measure = limit.measure, .rows = 1.0});
    learned_.back().limits.assign(kMostRows - kFewestRows + 1,
                                  {.critical = limit.value, .basis = ThresholdBasis::kWindows});
  }
}

void Thresholds::learn_family(const std::vector<const Strays*>& family) {
  const double alpha = policy_.level();
  const double warning_alpha = std::min(kMostAlpha, kWarningLevels * alpha);
  const std::size_t first = learned_.size();
  for (const Strays* const member : family) {
    learned_.push_back(
        {.column = member->column, .measure = member->measure->name, .rows = member->window_rows});
  }
  for (int power = kFewestRows; power <= kMostRows; ++power) {
    const Family at(family, std::exp2(power));
    const std::vector<Bound> critical = at.bounds(alpha);
    const std::vector<Bound> warning = at.bounds(warning_alpha);
    for (std::size_t i = 0; i < family.size(); ++i) {
      Limit limit{.warning = std::min(warning[i].value, critical[i].value),
                  .basis = critical[i].basis};
      if (limit.basis != ThresholdBasis::kIid) limit.critical = critical[i].value;
      learned_[first + i].limits.push_back(limit);
    }
  }
}

double Thresholds::expected_beyond_fixed(const std::vector<const Strays*>& family) const {
  const Family usual(family, 1.0);
  double expected = 0.0;
  for (std::size_t i = 0; i < family.size(); ++i) {
    const drift::Measure& measure = *family[i]->measure;
    const auto& critical = policy_.fixed.find(measure.name)->second.critical;
    if (critical && !drift::by_p_value(measure.line))
      expected += usual.probability(i, *critical) * policy_.windows_judged();
  }
  return expected;
}

Limit Thresholds::limit(std::size_t column, std::string_view measure, double rows) const {
  if (const auto fixed = policy_.fixed.find(measure); fixed != policy_.fixed.end()) {
    return {.warning = fixed->second.warning,
            .critical = fixed->second.critical,
            .basis = ThresholdBasis::kFixed};
  }
  if (rows <= 0.0) return {};
  auto at = std::lower_bound(
      learned_.begin(), learned_.end(), column,
      [](const Learned& learned, std::size_t sought) { return learned.column < sought; });
  for (; at != learned_.end() && at->column == column; ++at) {
    if (at->measure != measure || at->rows <= 0.0) continue;
    const double place = std::clamp(std::log2(rows / at->rows) - kFewestRows, 0.0,
                                    static_cast<double>(kMostRows - kFewestRows));
    const auto below = static_cast<std::size_t>(place);
    const std::size_t above = std::min(below + 1, at->limits.size() - 1);
    const double part = place - static_cast<double>(below);
    const Limit& fewer = at->limits[below];
    const Limit& more = at->limits[above];
    return {.warning = between(fewer.warning, more.warning, part),
            .critical = between(fewer.critical, more.critical, part),
            .basis = fewer.basis};
  }
  return {};
}

}  // namespace leeway::threshold
