// The CPU series of the Numenta Anomaly Benchmark: what the detectors report on the values as they
// are, beside what the reference implementations report, and what the seasonal watch makes of them.
// The table in detectors/sequential/README.md has these figures.

#include <gmock/gmock.h>

#include <boost/json/parse.hpp>

#include "detectors/sequential/seasonal_watch.h"
#include "tests/detectors/sequential/nab.h"
#include "tests/detectors/sequential/streams.h"

namespace leeway::sequential {
namespace {

using testing::ElementsAre;

struct Reference {
  std::string in_file;  ///< what the reference calls it
  std::string name;     ///< what we call it
  Parameters::Given given;
  bool charts = false;  ///< begins after the first 15 %, whose mean and deviation it knows
  NabScore asg;
  NabScore rds;
};

std::vector<Reference> references() {
  return {
      {.in_file = "page_hinkley_two_sided",
       .name = "page_hinkley",
       .given = {},
       .charts = false,
       .asg = {.found = 1, .inside = 42, .outside = 474},
       .rds = {.found = 1, .inside = 1, .outside = 2}},
      {.in_file = "adwin",
       .name = "adwin",
       .given = {},
       .charts = false,
       .asg = {.found = 1, .inside = 7, .outside = 15},
       .rds = {.found = 1, .inside = 2, .outside = 2}},
      {.in_file = "cusum",
       .name = "cusum",
       .given = {{"k", 0.5}, {"h", 8.0}},
       .charts = true,
       .asg = {.found = 1, .inside = 114, .outside = 12},
       .rds = {.found = 2, .inside = 303, .outside = 654}},
      {.in_file = "ewma_chart",
       .name = "ewma",
       .given = {{"lambda", 0.2}, {"limit", 4.0}, {"reset", true}},
       .charts = true,
       .asg = {.found = 1, .inside = 106, .outside = 19},
       .rds = {.found = 2, .inside = 302, .outside = 650}},
      {.in_file = "kswin",
       .name = "kswin",
       .given = {{"alpha", 1e-6},
                 {"window", 300.0},
                 {"stat", 100.0},
                 {"sampling", std::string_view("all")},
                 {"p_value", std::string_view("limit")}},
       .charts = false,
       .asg = {.found = 1, .inside = 2, .outside = 3},
       .rds = {.found = 1, .inside = 1, .outside = 2}},
  };
}

boost::json::object expected(const std::string& name) {
  std::ifstream file(std::string(LEEWAY_SOURCE_DIR) + "/tests/fixtures/nab/" + name +
                     ".expected.json");
  std::stringstream text;
  text << file.rdbuf();
  return boost::json::parse(text.str()).as_object();
}

/// Rows at which the detector reports, on the values as they are.
std::vector<std::size_t> raw_alarms(const Reference& reference, const NabSeries& series,
                                    const boost::json::object& of_reference, std::size_t& first) {
  Parameters::Given given = reference.given;
  first = 0;
  if (reference.charts) {
    given.emplace("mean", of_reference.at("mean").to_number<double>());
    given.emplace("sigma", of_reference.at("sigma").to_number<double>());
    first = series.values.size() * 15 / 100;
  }
  const SequentialDetector detector = made(reference.name, given);
  std::vector<std::size_t> alarms;
  for (std::size_t row = first; row < series.values.size(); ++row) {
    if (detector->update(series.values[row]) == DetectorState::kDrift) alarms.push_back(row);
  }
  return alarms;
}

void check(const Reference& reference, const NabSeries& series, const std::string& file,
           const NabScore& want) {
  SCOPED_TRACE(reference.name + " on " + file);
  const auto of_reference = expected(file).at(reference.in_file).as_object();
  std::size_t first = 0;
  const auto alarms = raw_alarms(reference, series, of_reference, first);
  std::vector<std::size_t> reported;
  for (const auto& row : of_reference.at("drift").as_array()) {
    reported.push_back(row.to_number<std::size_t>() + first);
  }
  EXPECT_EQ(alarms, reported);
  const NabScore got = score(series, alarms);
  EXPECT_EQ(got, want) << got.found << " windows, " << got.inside << " inside, " << got.outside
                       << " outside";
}

TEST(NabSeries, DetectorsReportOnValuesAsTheyAreWhatTheReferencesDo) {
  const NabSeries asg = nab_asg();
  const NabSeries rds = nab_rds();
  for (const Reference& reference : references()) {
    check(reference, asg, "cpu_asg", reference.asg);
    check(reference, rds, "cpu_rds", reference.rds);
  }
}

std::vector<std::size_t> seasonal_alarms(const NabSeries& series) {
  auto watch = SeasonalWatch::make({});
  std::vector<std::size_t> alarms;
  for (std::size_t row = 0; row < series.values.size(); ++row) {
    if (watch->update(series.times[row], series.values[row])) alarms.push_back(row);
  }
  return alarms;
}

/// Labelled: 2014-07-12T02:04:00Z, row 17002, and 2014-07-14T21:44:00Z, row 17814; both in one
/// window of rows [16551, 18050).
TEST(NabSeries, SeasonalWatchFindsTheFailureOfTheClusterWithinAnHourAndNothingElse) {
  const NabSeries asg = nab_asg();
  EXPECT_THAT(asg.windows, ElementsAre(std::pair(16551U, 18050U)));
  EXPECT_EQ(to_rfc3339(asg.times[17002]), "2014-07-12T02:04:00Z");
  EXPECT_THAT(seasonal_alarms(asg), ElementsAre(17014, 17782));
}

/// Labelled: 2014-02-25T07:15:00Z, where the level doubles, and 2014-02-27T00:50:00Z, a spike of
/// ten minutes, which is no drift.
TEST(NabSeries, SeasonalWatchFindsTheNewLevelOfTheDatabaseAndNothingElse) {
  const NabSeries rds = nab_rds();
  EXPECT_THAT(rds.windows, ElementsAre(std::pair(2980U, 3181U), std::pair(3479U, 3680U)));
  EXPECT_THAT(seasonal_alarms(rds), ElementsAre(3101));
}

TEST(NabSeries, SeasonalWatchGoesOnBitForBitAfterARestartAtAnyRow) {
  const NabSeries rds = nab_rds();
  auto whole = SeasonalWatch::make({});
  auto restarted = SeasonalWatch::make({});
  for (std::size_t row = 0; row < rds.values.size(); ++row) {
    const auto one = whole->update(rds.times[row], rds.values[row]);
    const auto other = restarted->update(rds.times[row], rds.values[row]);
    ASSERT_EQ(one.has_value(), other.has_value()) << "row " << row;
    if (row % 97 != 0) continue;
    auto restored = SeasonalWatch::deserialize({}, restarted->serialize());
    ASSERT_TRUE(restored) << restored.error().message;
    ASSERT_EQ(restored->serialize(), whole->serialize()) << "row " << row;
    restarted = std::move(restored);
  }
  EXPECT_EQ(whole->changes(), 1U);
}

}  // namespace
}  // namespace leeway::sequential
