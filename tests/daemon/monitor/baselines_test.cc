#include "daemon/monitor/baselines.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "detectors/base/random.h"
#include "detectors/drift/compare.h"
#include "tests/daemon/monitor/one_column.h"

namespace leeway::monitor {
namespace {

using tests::profile_of;

constexpr std::size_t kSegments = 5;
constexpr std::size_t kRows = 250;  // of a segment in a day
constexpr std::uint64_t kDays = 31;

config::Model model_with(double false_alarms) {
  config::Model model;
  model.window.size = model.window.slide = std::chrono::hours(24);
  model.window.min_rows = 200;
  model.drift = {.dialect = "leeway-1",
                 .numeric = {"psi"},
                 .categorical = {"psi"},
                 .thresholds = {},
                 .false_alarms = {.count = false_alarms, .per = std::chrono::hours(24 * 30)}};
  return model;
}

/// Values of a segment; segments lie far apart.
std::vector<double> draw(Random& random, std::size_t segment) {
  std::vector<double> values(kRows);
  for (double& value : values) {
    value = 10.0 * static_cast<double>(segment) + random.uniform() + random.uniform() +
            random.uniform();
  }
  return values;
}

std::string name_of(std::size_t segment) { return "s=" + std::to_string(segment); }

profile::Reference month(Random& random) {
  std::vector<std::vector<double>> windows;
  std::vector<double> all;
  for (std::uint64_t day = 0; day < kDays; ++day) {
    for (std::size_t segment = 0; segment < kSegments; ++segment) {
      windows.push_back(draw(random, segment));
      all.insert(all.end(), windows.back().begin(), windows.back().end());
    }
  }
  std::ranges::sort(all);
  profile::Reference reference;
  reference.schema.columns.emplace_back().name = "x";
  reference.schema.columns[0].grid =
      std::make_shared<profile::Grid>(profile::Grid::from_sorted(all));
  const profile::Profile none = profile::Profile::empty_for(reference.schema);
  reference.profile = none;
  for (std::size_t segment = 0; segment < kSegments; ++segment)
    reference.parts.push_back({.segment = name_of(segment), .profile = none});
  for (std::uint64_t day = 0; day < kDays; ++day) {
    const TimePoint start{std::chrono::hours(24 * day)};
    reference.windows.push_back({start, none});
    for (std::size_t segment = 0; segment < kSegments; ++segment) {
      profile::Profile rows = profile_of(
          reference.schema, windows[static_cast<std::size_t>(day) * kSegments + segment]);
      EXPECT_TRUE(reference.profile.merge(rows));
      EXPECT_TRUE(reference.windows.back().profile.merge(rows));
      EXPECT_TRUE(reference.parts[segment].profile.merge(rows));
      reference.parts[segment].windows.push_back({start, std::move(rows)});
    }
  }
  return reference;
}

/// Days on which any segment is critical although none changed, per day.
double falsely_critical(double false_alarms, int references, int days) {
  Random random(7);
  const config::Model model = model_with(false_alarms);
  int critical_days = 0;
  for (int i = 0; i < references; ++i) {
    const profile::Reference reference = month(random);
    const LearnedThresholds learned = learn_thresholds(reference, model);
    for (int day = 0; day < days; ++day) {
      bool critical = false;
      for (std::size_t segment = 0; segment < kSegments; ++segment) {
        const Baseline& baseline = learned.segments.at(name_of(segment));
        const auto findings = drift::compare(baseline.reference, {},
                                             profile_of(reference.schema, draw(random, segment)),
                                             {}, baseline.thresholds, {});
        critical = critical || findings.front().verdict == Verdict::kCritical;
      }
      if (critical) ++critical_days;
    }
  }
  return static_cast<double>(critical_days) / (references * days);
}

TEST(Baselines, SegmentsThatDoNotChangeStayWithinTheirHalfOfTheBudget) {
  // Six a month: a tenth of the days for the segments. Of 600 days the binomial's 0.999 quantile
  // is at 0.14; a reference's own luck adds to it.
  const double share = falsely_critical(6.0, 30, 20);
  EXPECT_LE(share, 0.15);
  EXPECT_GE(share, 0.02) << "and do not buy that by hearing nothing";
}

}  // namespace
}  // namespace leeway::monitor
