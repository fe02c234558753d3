#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/daemon/app/models.h"

namespace leeway::tests {
namespace {

using std::chrono::hours;
using testing::AnyOf;
using testing::HasSubstr;
using testing::IsEmpty;

/// A day of carriers whose delays lie ten standard deviations apart: each differs from all rows
/// together as much as can be.
Flights day_of(const std::string& day, double late_aa = 0.0) {
  return {.day = day, .rows = 1500, .apart = 10.0, .late_aa = late_aa};
}

class SegmentsOfAModel : public testing::Test {
 protected:
  SegmentsOfAModel() {
    std::vector<Flights> days;
    for (const Flights& day : january()) days.push_back(day_of(day.day));
    world_.write("january.csv", csv_of(days));
  }

  void start(const std::string& reference) {
    app_.configure(
        "models:\n  - name: flights\n    batches: { files: " + world_.path("incoming").string() +
        "/*.csv, every: 1h }\n    columns: { timestamp: at, segments: [carrier] }\n" + reference);
    const Result<> started = app_.start();
    ASSERT_TRUE(started) << started.error().message;
  }
  void start() { start("    reference: " + world_.path("january.csv").string() + "\n"); }

  void live_through(const Flights& flights) {
    hand_over(world_, flights);
    world_.pass(hours(24));
  }

  static std::string series(const std::string& segment, const std::string& column = "delay") {
    return "leeway_finding_state{environment=\"production\",model=\"flights\",segment=\"" +
           segment + "\",column=\"" + column + "\"}";
  }

  World world_{"2001-02-02T06:00:00Z"};
  RunningApp app_{world_, "leeway"};
};

TEST_F(SegmentsOfAModel, AreComparedWithTheirOwnPastHoweverMuchTheyDiffer) {
  start();
  for (int day = 1; day <= 8; ++day) {
    live_through(day_of(february(day)));
    for (const std::string carrier : {"AA", "DL", "UA", "US", "WN"}) {
      for (const std::string column : {"delay", "carrier"}) {
        const auto state = app_.metric(series("carrier=" + carrier, column));
        ASSERT_TRUE(state) << carrier;
        EXPECT_THAT(*state, AnyOf(0.0, 1.0)) << carrier << " " << column << " " << day;
      }
    }
  }
  EXPECT_THAT(app_.incidents(), IsEmpty());
  // Six families of limits, and 31 windows that vouch for one alarm in 32 days each.
  EXPECT_LT(*app_.metric("leeway_false_alarms_expected_per_day{environment=\"production\","
                         "model=\"flights\"}"),
            0.2);
}

TEST_F(SegmentsOfAModel, AChangeInOneIsFoundThereAndInNoOther) {
  start();
  live_through(day_of(february(1), 1.5));
  EXPECT_EQ(app_.metric(series("carrier=AA")), 2.0);
  for (const std::string carrier : {"DL", "UA", "US", "WN"})
    EXPECT_EQ(app_.metric(series("carrier=" + carrier)), 0.0) << carrier;
}

TEST_F(SegmentsOfAModel, LearnFromTheFirstWindowsLikeAllRows) {
  start("    reference: { from_batches: { windows: 6 } }\n");
  for (int day = 1; day <= 7; ++day) live_through(day_of(february(day)));
  EXPECT_EQ(app_.metric(series("carrier=AA")), 0.0);
  live_through(day_of(february(8), 2.0));
  EXPECT_EQ(app_.metric(series("carrier=AA")), 2.0);
  EXPECT_EQ(app_.metric(series("carrier=DL")), 0.0);
}

TEST_F(SegmentsOfAModel, OneThatTheReferenceLacksIsSaidToBeNew) {
  start();
  std::string rows = csv_of({day_of(february(1))});
  for (std::size_t at = rows.find(",DL\n"); at != std::string::npos; at = rows.find(",DL\n", at))
    rows.replace(at, 4, ",ZZ\n");
  std::filesystem::create_directories(world_.path("incoming"));
  world_.write("incoming/2001-02-01.csv", rows);
  world_.pass(hours(24));
  EXPECT_EQ(app_.metric(series("carrier=(rest)")), -1.0);
  EXPECT_EQ(app_.metric(series("carrier=AA")), 0.0);
  const std::string said = app_.request("GET", "/api/v1/windows");
  EXPECT_THAT(said, HasSubstr("a new segment: the reference has no rows of it"));
}

}  // namespace
}  // namespace leeway::tests
