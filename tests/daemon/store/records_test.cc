#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/store/audit.h"
#include "daemon/store/counters.h"
#include "daemon/store/history.h"
#include "daemon/store/incidents.h"
#include "daemon/store/references.h"
#include "daemon/store/retrainings.h"
#include "daemon/store/windows.h"
#include "tests/daemon/store/database.h"

namespace leeway::store {
namespace {

using testing::ElementsAre;
using testing::Field;
using testing::UnorderedElementsAre;
using tests::at;
using tests::Database;
using tests::must;

const TimePoint kMonday = at("2001-01-01");
const TimePoint kTuesday = at("2001-01-02");
const TimePoint kWednesday = at("2001-01-03");

Window window_from(TimePoint start, WindowState state, std::string model = "m") {
  Window one;
  one.model = std::move(model);
  one.start = start;
  one.end = start + std::chrono::days(1);
  one.state = state;
  one.rows = 1000;
  one.reference_id = "january";
  one.version = "3";
  one.extended_from = start;
  one.opened_at = kWednesday;
  if (state == WindowState::kJudged) one.judged_at = kWednesday;
  return one;
}

TEST(Windows, AreReadBackAsTheyWereSaved) {
  Database database;
  auto saved = window_from(kMonday, WindowState::kJudged);
  saved.corrections = 2;
  saved.corrected_at = kWednesday;
  saved.note = "judged together with its predecessor";
  must(save_window(*database, window_from(kMonday, WindowState::kOpen)));
  must(save_window(*database, saved));
  EXPECT_EQ(must(window(*database, "m", kMonday)), saved);
  EXPECT_FALSE(must(window(*database, "m", kTuesday)));
}

TEST(Windows, AreFilteredByModelStateAndTime) {
  Database database;
  for (const auto& one :
       {window_from(kMonday, WindowState::kJudged), window_from(kTuesday, WindowState::kClosed),
        window_from(kWednesday, WindowState::kOpen),
        window_from(kMonday, WindowState::kOpen, "other")}) {
    must(save_window(*database, one));
  }
  const auto starts = [&](const WindowFilter& filter) {
    std::vector<TimePoint> found;
    for (const auto& one : must(windows(*database, filter))) found.push_back(one.start);
    return found;
  };
  EXPECT_THAT(starts({.model = "m"}), ElementsAre(kMonday, kTuesday, kWednesday));
  EXPECT_THAT(starts({.model = "m", .newest_first = true, .limit = 2}),
              ElementsAre(kWednesday, kTuesday));
  EXPECT_THAT(starts({.state = WindowState::kOpen}), ElementsAre(kWednesday, kMonday));
  EXPECT_THAT(starts({.model = "m", .from = kTuesday, .to = kWednesday}), ElementsAre(kTuesday));
  EXPECT_EQ(must(unjudged_windows(*database, "m")).size(), 2U);
  EXPECT_EQ(must(newest_judged_window(*database, "m"))->start, kMonday);
  EXPECT_FALSE(must(newest_judged_window(*database, "other")));
}

TEST(Windows, AreNoLongerJudgedOnceRowsOfTheirPanesChange) {
  Database database;
  auto extended = window_from(kWednesday, WindowState::kJudged);
  extended.extended_from = kTuesday;  // Tuesday's rows were among those it was judged on
  for (const auto& one :
       {window_from(kMonday, WindowState::kJudged), window_from(kTuesday, WindowState::kJudged),
        extended, window_from(kTuesday, WindowState::kJudged, "other")}) {
    must(save_window(*database, one));
  }
  EXPECT_THAT(must(withdraw_judgements(*database, "m", kTuesday)),
              UnorderedElementsAre(kTuesday, kWednesday));
  EXPECT_EQ(must(window(*database, "m", kMonday))->state, WindowState::kJudged);
  EXPECT_EQ(must(window(*database, "m", kTuesday))->state, WindowState::kClosed);
  EXPECT_EQ(must(window(*database, "other", kTuesday))->state, WindowState::kJudged);
  EXPECT_THAT(must(withdraw_judgements(*database, "m", kTuesday)),
              UnorderedElementsAre(kTuesday, kWednesday))
      << "whoever changes rows again must hear of it again";
}

TEST(Windows, RememberHowFarAModelHasCome) {
  Database database;
  EXPECT_FALSE(must(progress(*database, "m")));
  const Progress saved{.model = "m",
                       .watermark = kMonday,
                       .last_arrival = std::nullopt,
                       .last_poll = kTuesday,
                       .closed_windows = 4,
                       .state = "{}"};
  must(save_progress(*database, saved));
  EXPECT_EQ(must(progress(*database, "m")), saved);
}

Finding finding_of(std::string column, std::string measure, std::optional<double> value) {
  Finding one;
  one.column = std::move(column);
  one.measure = std::move(measure);
  one.value = value;
  one.critical = 0.25;
  one.error_bound = 0.01;
  one.verdict = value ? Verdict::kCritical : Verdict::kTooFew;
  one.basis = ThresholdBasis::kWindows;
  one.deciding = one.measure == "psi";
  one.note = "moved";
  return one;
}

TEST(History, KeepsFindingsInTheirOrder) {
  Database database;
  const std::vector<Finding> all{finding_of("z", "psi", 0.3), finding_of("a", "psi", {}),
                                 finding_of("a", "ks", 0.1)};
  must(replace_findings(*database, "m", kMonday, all));
  EXPECT_EQ(must(findings(*database, "m", kMonday)), all);
}

TEST(History, KeepsTheLevelOfAPValueAndWhatMoved) {
  Database database;
  Finding one = finding_of("a", "ks", 0.1);
  one.p_value = 0.001;
  one.alpha = 0.05;
  one.shifts = {{.what = "'J\"FK'", .reference = 0.5, .current = 0.25},
                {.what = "missing values", .reference = 0.0, .current = 0.125}};
  must(replace_findings(*database, "m", kMonday, std::vector{one}));
  EXPECT_EQ(must(findings(*database, "m", kMonday)), std::vector{one});
}

TEST(History, ReplacesTheFindingsOfACorrectedWindow) {
  Database database;
  const std::vector<Finding> before{finding_of("a", "psi", 0.3), finding_of("b", "psi", 0.3)};
  const std::vector<Finding> after{finding_of("a", "psi", 0.4)};
  must(replace_findings(*database, "m", kMonday, before));
  must(replace_findings(*database, "m", kMonday, after));
  EXPECT_EQ(must(findings(*database, "m", kMonday)), after);
}

TEST(History, RefusesTwoFindingsOfOneName) {
  Database database;
  const std::vector<Finding> twice{finding_of("a", "psi", 0.3), finding_of("a", "psi", 0.4)};
  EXPECT_FALSE(replace_findings(*database, "m", kMonday, twice));
}

TEST(History, KnowsTheNewestWindowWithFindings) {
  Database database;
  EXPECT_FALSE(must(latest_findings(*database, "m")));
  const std::vector<Finding> one{finding_of("a", "psi", 0.3)};
  must(replace_findings(*database, "m", kTuesday, one));
  must(replace_findings(*database, "m", kMonday, one));
  must(replace_findings(*database, "other", kWednesday, one));
  EXPECT_EQ(must(latest_findings(*database, "m"))->window_start, kTuesday);
}

TEST(History, DrawsTheNewestPointsOfASeries) {
  Database database;
  for (const TimePoint start : {kMonday, kTuesday, kWednesday}) {
    const auto day = static_cast<double>(to_micros(start) / 86'400'000'000);
    const std::vector<Finding> all{finding_of("a", "psi", day), finding_of("a", "ks", 0)};
    must(replace_findings(*database, "m", start, all));
  }
  const SeriesKey key{.model = "m", .segment = "", .column = "a", .measure = "psi"};
  const auto points = must(series(*database, key, kMonday, kWednesday + Duration{1}, 2));
  EXPECT_THAT(points, ElementsAre(Field(&SeriesPoint::window_start, kTuesday),
                                  Field(&SeriesPoint::window_start, kWednesday)));
  EXPECT_EQ(points[1].finding.value, 11325.0);
}

TEST(References, MakesTheFirstAdoptedOneTheAnchor) {
  Database database;
  for (const char* id : {"one", "two"}) {
    Reference reference;
    reference.model = "m";
    reference.id = id;
    reference.file = std::string(id) + ".reference";
    reference.created_at = kMonday;
    must(save_reference(*database, reference));
  }
  EXPECT_FALSE(must(current_reference(*database, "m")));
  must(adopt_reference(*database, "m", "one", kMonday));
  must(adopt_reference(*database, "m", "two", kTuesday));
  EXPECT_EQ(must(current_reference(*database, "m"))->id, "two");
  EXPECT_EQ(must(anchor_reference(*database, "m"))->id, "one");
  EXPECT_EQ(must(references(*database, "m")).size(), 2U);
  EXPECT_THAT(must(reference_files(*database)), ElementsAre("one.reference", "two.reference"));
  EXPECT_EQ(adopt_reference(*database, "m", "three", kTuesday).error().code, ErrorCode::kNotFound);
}

TEST(Incidents, SurviveWithTheStateOfTheirRules) {
  Database database;
  must(save_rule_states(*database, "m", "{\"old\": 1}"));
  must(save_rule_states(*database, "m", "{\"new\": 1}"));
  EXPECT_EQ(must(rule_states(*database, "m")), "{\"new\": 1}");
  EXPECT_FALSE(must(rule_states(*database, "other")));

  Incident firing;
  firing.id = "i1";
  firing.model = "m";
  firing.rule = "column_drifted";
  firing.severity = "warning";
  firing.opened_at = kMonday;
  firing.retraining_asked = true;
  must(save_incident(*database, firing));
  auto second = firing;
  second.id = "i2";
  second.opened_at = kTuesday;
  must(save_incident(*database, second));
  firing.state = IncidentState::kResolved;
  firing.resolved_at = kWednesday;
  must(save_incident(*database, firing));

  EXPECT_EQ(must(incident(*database, "i1")), firing);
  EXPECT_THAT(must(incidents(*database, {})), ElementsAre(second, firing));
  EXPECT_THAT(must(incidents(*database, {.state = IncidentState::kFiring})), ElementsAre(second));
}

TEST(Retrainings, AreOneInFlightForEachModel) {
  Database database;
  Retraining first;
  first.id = "r1";
  first.model = "m";
  first.requested_at = kMonday;
  first.sent_at = kMonday;
  must(save_retraining(*database, first));
  Retraining second = first;
  second.id = "r2";
  EXPECT_FALSE(save_retraining(*database, second));
  EXPECT_EQ(must(retraining_in_flight(*database, "m")), first);

  first.state = RetrainingState::kAccepted;
  first.ended_at = kTuesday;
  must(save_retraining(*database, first));
  EXPECT_FALSE(must(retraining_in_flight(*database, "m")));
  EXPECT_TRUE(save_retraining(*database, second));
  EXPECT_EQ(must(last_retraining_end(*database, "m")), kTuesday);
}

TEST(Retrainings, AreCountedForTheLimits) {
  Database database;
  for (const auto& [id, state] : std::initializer_list<std::pair<const char*, RetrainingState>>{
           {"sent", RetrainingState::kSucceeded}, {"refused", RetrainingState::kRefused}}) {
    Retraining one;
    one.id = id;
    one.model = "m";
    one.state = state;
    one.requested_at = kTuesday;
    if (state == RetrainingState::kSucceeded) one.sent_at = kTuesday;
    one.ended_at = kTuesday;
    must(save_retraining(*database, one));
  }
  EXPECT_EQ(must(other_retraining_requests(*database, "new", kMonday)), 1U);
  EXPECT_EQ(must(other_retraining_requests(*database, "new", kTuesday)), 0U);
  EXPECT_EQ(must(other_retraining_requests(*database, "sent", kMonday)), 0U);
  EXPECT_THAT(must(retraining_starts(*database, "m", kMonday)), ElementsAre(kTuesday));
  EXPECT_EQ(must(retrainings(*database, {.state = RetrainingState::kRefused})).size(), 1U);
}

TEST(Counters, AddUpOverRestarts) {
  Database database;
  must(add_to_counter(*database, "leeway_rows_total", "model=\"a\"", 2));
  must(add_to_counter(*database, "leeway_rows_total", "model=\"a\"", 3));
  must(add_to_counter(*database, "leeway_rows_total", "model=\"b\"", 1));
  const auto all = must(counters(*database));
  EXPECT_THAT(all, ElementsAre(Field(&Counter::value, 5.0), Field(&Counter::value, 1.0)));
}

TEST(Audit, TellsTheNewestActFirst) {
  Database database;
  const Act approve{kMonday, "ann", "approve", "m", ""};
  const Act drop{kMonday, "bob", "drop", "d1", "too late"};
  must(record_act(*database, approve));
  must(record_act(*database, drop));
  EXPECT_THAT(must(acts(*database, 10)), ElementsAre(drop, approve));
}

}  // namespace
}  // namespace leeway::store
