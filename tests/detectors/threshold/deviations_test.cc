#include "detectors/threshold/deviations.h"

#include <gtest/gtest.h>

#include <cmath>

#include "detectors/drift/approximate_rows.h"
#include "detectors/drift/compare.h"
#include "detectors/threshold/thresholds.h"
#include "tests/detectors/drift/samples.h"

namespace leeway::threshold {
namespace {

using drift::normals;
using drift::reference_of;
using drift::sorted;
using drift::window_of;

std::vector<std::vector<double>> days(std::size_t count, Random& random) {
  std::vector<std::vector<double>> made(count);
  for (auto& day : made) day = normals(800, random, drift::normal(random, 0.0, 0.1));
  return made;
}

std::vector<double> all_of(const std::vector<std::vector<double>>& windows) {
  std::vector<double> all;
  for (const auto& window : windows) all.insert(all.end(), window.begin(), window.end());
  return all;
}

Thresholds nannyml(const profile::Reference& reference, const std::string& measure) {
  return Thresholds::learn(reference, {measure}, {}, {.dialect = "nannyml-0.13"});
}

/// Of the rows themselves.
double mean_and_three_deviations(const std::vector<std::vector<double>>& windows,
                                 const std::string& measure) {
  const profile::Reference reference = reference_of(windows);
  const auto all = sorted(all_of(windows));
  const profile::Column& column = reference.schema.columns[0];
  const drift::Classes classes(column, reference.profile.columns[0], 200);
  const drift::Measure& definition =
      *drift::find_measure(*drift::find_dialect("nannyml-0.13"), measure, ColumnType::kNumeric);
  profile::Moments values;
  for (std::size_t i = 0; i < windows.size(); ++i) {
    const auto rows = sorted(windows[i]);
    values.add(definition
                   .measure({.column = column,
                             .reference = reference.profile.columns[0],
                             .current = reference.windows[i].profile.columns[0],
                             .classes = classes,
                             .reference_sorted = all,
                             .current_sorted = rows})
                   ->value);
  }
  return values.mean + 3.0 * std::sqrt(values.variance_population());
}

// Cells of a thousandth of the rows: within 2 % of the limit of the rows themselves.
TEST(DeviationLimits, AreThoseOfTheRowsThoughOnlyProfilesAreLeft) {
  Random random(1);
  const auto windows = days(12, random);
  const profile::Reference reference = reference_of(windows);
  for (const char* measure : {"jensen_shannon", "hellinger", "ks", "wasserstein"}) {
    const Limit limit = nannyml(reference, measure).limit(0, measure, 800);
    ASSERT_TRUE(limit.critical) << measure;
    EXPECT_EQ(limit.basis, ThresholdBasis::kWindows);
    EXPECT_FALSE(limit.warning);
    EXPECT_NEAR(*limit.critical / mean_and_three_deviations(windows, measure), 1.0, 0.02)
        << measure;
    // The rule knows nothing of row counts.
    EXPECT_EQ(nannyml(reference, measure).limit(0, measure, 100).critical, limit.critical);
  }
}

TEST(DeviationLimits, DecideInTheirDialect) {
  Random random(2);
  const auto windows = days(12, random);
  const profile::Reference reference = reference_of(windows);
  const auto all = sorted(all_of(windows));
  const Thresholds thresholds = Thresholds::learn(reference, {}, {}, {.dialect = "nannyml-0.13"});
  const auto verdict = [&](double mean) {
    const auto current = normals(800, random, mean);
    const auto rows = sorted(current);
    const auto findings = drift::compare(reference, {{all}}, window_of(reference, current),
                                         {{rows}}, thresholds, {.dialect = "nannyml-0.13"});
    EXPECT_EQ(findings.front().measure, "jensen_shannon");
    return findings.front().verdict;
  };
  EXPECT_EQ(verdict(0.0), Verdict::kOk);
  EXPECT_EQ(verdict(1.0), Verdict::kCritical);
}

TEST(DeviationLimits, NeedFourWindows) {
  Random random(3);
  const auto limit = [&](std::size_t windows) {
    return nannyml(reference_of(days(windows, random)), "ks").limit(0, "ks", 800).critical;
  };
  EXPECT_FALSE(limit(3));
  EXPECT_TRUE(limit(4));
}

TEST(ApproximateRows, StandForTheRowsInTheirOrder) {
  Random random(4);
  std::vector<double> values = normals(5000, random);
  values.insert(values.end(), {INFINITY, -INFINITY, NAN});
  const profile::Reference reference = reference_of(values);
  const profile::ColumnProfile& column = reference.profile.columns[0];
  const auto rows = drift::approximate_rows(*reference.schema.columns[0].grid, column, 1'000'000);
  ASSERT_EQ(rows.size(), 5002U);
  EXPECT_TRUE(std::is_sorted(rows.begin(), rows.end()));
  EXPECT_EQ(rows.front(), -INFINITY);
  EXPECT_EQ(rows.back(), INFINITY);
  const auto exact = sorted(values);
  for (const std::size_t at : {500U, 2500U, 4500U}) EXPECT_NEAR(rows[at], exact[at], 0.02);
  const auto thinned = drift::approximate_rows(*reference.schema.columns[0].grid, column, 1000);
  EXPECT_NEAR(static_cast<double>(thinned.size()), 1000.0, 1.0);
  EXPECT_NEAR(thinned[500], 0.0, 0.1);
}

TEST(Thresholds, AreLearnedOfMeasuresThatNeedRows) {
  Random random(5);
  const auto windows = days(12, random);
  const profile::Reference reference = reference_of(windows);
  for (const char* measure : {"cramer_von_mises", "epps_singleton", "levene"}) {
    const Limit limit = Thresholds::learn(reference, {measure}, {}, {}).limit(0, measure, 800);
    EXPECT_NE(limit.basis, ThresholdBasis::kIid) << measure;
    ASSERT_TRUE(limit.critical) << measure;
    EXPECT_GT(*limit.critical, 1.0) << measure;
  }
  EXPECT_TRUE(Thresholds::learn(reference, {"ks"}, {}, {}).has_windows());
  EXPECT_FALSE(Thresholds::learn(reference_of(windows[0]), {"ks"}, {}, {}).has_windows());
}

}  // namespace
}  // namespace leeway::threshold
