#include "tests/bench/power/rules.h"

#include <algorithm>
#include <cmath>

#include "detectors/drift/measures.h"

namespace leeway::power {
namespace {

class LeewayRule : public Rule {
 public:
  LeewayRule(const profile::Reference& reference, const std::string& measure, const Kind& kind,
             std::uint64_t min_rows)
      : reference_(reference), least_(kind.windows ? Verdict::kCritical : Verdict::kWarning) {
    threshold::Policy policy{.false_alarms = kind.false_alarms,
                             .per = std::chrono::hours(24 * 30),
                             .window_size = std::chrono::hours(24),
                             .min_rows = min_rows};
    if (kind.fixed) policy.fixed.emplace(measure, fixed_limits(measure));
    profile::Reference without_windows;
    without_windows.schema = reference.schema;
    without_windows.profile = reference.profile;
    options_.numeric_measures = options_.categorical_measures = {measure};
    options_.min_rows = min_rows;
    thresholds_ = threshold::Thresholds::learn(kind.windows ? reference : without_windows,
                                               {measure}, {measure}, policy);
  }

  std::vector<bool> drifted(const Window&, const profile::Profile& profile) const override {
    std::vector<bool> drifted(reference_.schema.columns.size());
    for (const Finding& finding :
         drift::compare(reference_, {}, profile, {}, thresholds_, options_)) {
      if (!finding.deciding || finding.verdict < least_ || is_unknown(finding.verdict)) continue;
      drifted[*reference_.schema.index_of(finding.column)] = true;
    }
    return drifted;
  }

 private:
  /// What a shift of half a standard deviation shows, and of four categories about as much.
  static threshold::Fixed fixed_limits(const std::string& measure) {
    return {.warning = {}, .critical = measure == "ks" ? 0.2 : 0.25};
  }

  const profile::Reference& reference_;
  Verdict least_;  // without windows there is no more than a warning
  drift::CompareOptions options_;
  threshold::Thresholds thresholds_;
};

}  // namespace

const std::vector<Kind>& kinds() {
  static const std::vector<Kind> all = {
      {.name = "windows"},
      {.name = "extrapolated", .false_alarms = 0.2},
      {.name = "iid", .windows = false},
      {.name = "fixed", .fixed = true},
  };
  return all;
}

std::unique_ptr<Rule> leeway_rule(const profile::Reference& reference, const std::string& measure,
                                  const Kind& kind, std::uint64_t min_rows) {
  return std::make_unique<LeewayRule>(reference, measure, kind, min_rows);
}

std::vector<std::string> learned_measures() {
  std::vector<std::string> names;
  for (const drift::Measure& measure : drift::measures()) {
    if (measure.has_null() && measure.limits_from == drift::LimitsFrom::kLearned &&
        !measure.needs_rows)
      names.emplace_back(measure.name);
  }
  return names;
}

}  // namespace leeway::power
