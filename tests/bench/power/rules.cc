#include "tests/bench/power/rules.h"

#include <algorithm>

#include "detectors/drift/measures.h"

namespace leeway::power {
namespace {

std::vector<std::string> learned_measures(bool needs_rows) {
  std::vector<std::string> names;
  for (const drift::Measure& measure : drift::measures()) {
    if (measure.has_null() && measure.limits_from == drift::LimitsFrom::kLearned &&
        measure.needs_rows == needs_rows)
      names.emplace_back(measure.name);
  }
  return names;
}

std::vector<std::string> those_for(const std::vector<std::string>& names,
                                   bool drift::Measure::* kind) {
  std::vector<std::string> some;
  for (const std::string& name : names) {
    if (drift::find_measure(name)->*kind) some.push_back(name);
  }
  return some;
}

/// What users set by hand: about what half a standard deviation shows.
const std::map<std::string, double, std::less<>>& fixed_limits() {
  static const std::map<std::string, double, std::less<>> limits = {
      {"psi", 0.25},        {"ks", 0.2},         {"jensen_shannon", 0.2}, {"hellinger", 0.2},
      {"wasserstein", 0.5}, {"mean_shift", 0.5}, {"total_variation", 0.2}};
  return limits;
}

std::uint64_t min_rows_at(std::size_t rows) { return std::min<std::uint64_t>(200, rows / 2); }

threshold::Policy month_of_days(double false_alarms, std::size_t rows, std::string dialect) {
  return {.false_alarms = false_alarms,
          .per = std::chrono::hours(24 * 30),
          .window_size = std::chrono::hours(24),
          .min_rows = min_rows_at(rows),
          .dialect = std::move(dialect)};
}

Setup peer(std::string name, const std::string& dialect, std::size_t rows, Verdict least) {
  Setup setup{.name = std::move(name),
              .policy = month_of_days(1.0, rows, dialect),
              .by_measure = false,
              .needs_rows = true,
              .least = least};
  setup.options.dialect = dialect;
  setup.options.min_rows = min_rows_at(rows);
  return setup;
}

profile::Reference without_windows(const profile::Reference& reference) {
  profile::Reference whole;
  whole.schema = reference.schema;
  whole.profile = reference.profile;
  return whole;
}

}  // namespace

const std::vector<Kind>& kinds() {
  static const std::vector<Kind> all = {{.name = "windows"},
                                        {.name = "extrapolated", .false_alarms = 0.2},
                                        {.name = "iid", .false_alarms = 0.0},
                                        {.name = "fixed", .false_alarms = 0.0}};
  return all;
}

std::vector<std::string> grid_measures() { return learned_measures(false); }
std::vector<std::string> row_measures() { return learned_measures(true); }

Setup leeway_setup(const Kind& kind, const std::vector<std::string>& measures, std::size_t rows) {
  std::vector<std::string> names = measures;
  const bool fixed = kind.name == "fixed";
  const bool iid = kind.name == "iid";
  if (fixed)
    std::erase_if(names, [](const std::string& name) { return !fixed_limits().contains(name); });
  Setup setup{.name = std::string(kind.name),
              .policy = month_of_days(std::max(kind.false_alarms, fixed || iid ? 1.0 : 0.0), rows,
                                      "leeway-1"),
              .has_windows = !iid,
              .least = iid ? Verdict::kWarning : Verdict::kCritical};
  for (const std::string& name : names) {
    setup.needs_rows = setup.needs_rows || drift::find_measure(name)->needs_rows;
    if (fixed)
      setup.policy.fixed.emplace(
          name, threshold::Fixed{.warning = {}, .critical = fixed_limits().find(name)->second});
  }
  setup.options.numeric_measures = those_for(names, &drift::Measure::numeric);
  setup.options.categorical_measures = those_for(names, &drift::Measure::categorical);
  setup.options.min_rows = setup.policy.min_rows;
  return setup;
}

std::vector<Setup> peer_setups(std::size_t rows) {
  std::vector<Setup> all;
  all.push_back(peer("Evidently 0.7", "evidently-0.7", rows, Verdict::kCritical));
  all.push_back(peer("NannyML 0.13", "nannyml-0.13", rows, Verdict::kCritical));
  all.push_back(peer("Azure ML v2", "azureml-v2", rows, Verdict::kCritical));
  all.push_back(peer("scipy, alpha 0.05", "scipy", rows, Verdict::kCritical));
  all.push_back(peer("PSI 0.1", "scorecard-1", rows, Verdict::kWarning));
  all.push_back(peer("PSI 0.25", "scorecard-1", rows, Verdict::kCritical));
  return all;
}

Judge::Judge(Setup setup, const profile::Reference& reference, const drift::SortedColumns& rows)
    : setup_(std::move(setup)),
      reference_(&reference),
      rows_(&rows),
      thresholds_(threshold::Thresholds::learn(
          setup_.has_windows ? reference : without_windows(reference),
          setup_.options.numeric_measures, setup_.options.categorical_measures, setup_.policy)) {}

void Judge::judge(const profile::Profile& window, const drift::SortedColumns& rows,
                  Drifted& drifted) const {
  const std::vector<bool> none(reference_->schema.columns.size());
  const auto rule = [this](const std::string& measure) {
    return setup_.by_measure ? measure + ", " + setup_.name : setup_.name;
  };
  for (const auto* names :
       {&setup_.options.numeric_measures, &setup_.options.categorical_measures}) {
    for (const std::string& name : *names) drifted.try_emplace(rule(name), none);
  }
  if (!setup_.by_measure) drifted.try_emplace(setup_.name, none);
  static const drift::SortedColumns kNone;
  for (const Finding& finding :
       drift::compare(*reference_, setup_.needs_rows ? *rows_ : kNone, window,
                      setup_.needs_rows ? rows : kNone, thresholds_, setup_.options)) {
    if (!setup_.by_measure && !finding.deciding) continue;
    const auto at = drifted.find(rule(finding.measure));
    if (at == drifted.end() || is_unknown(finding.verdict) || finding.verdict < setup_.least)
      continue;
    at->second[*reference_->schema.index_of(finding.column)] = true;
  }
}

}  // namespace leeway::power
