#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "tests/daemon/app/models.h"

namespace leeway::tests {
namespace {

using std::chrono::hours;
using testing::SizeIs;

/// The rows without their times: a window is a batch.
std::string timeless(const std::vector<Flights>& days) {
  std::istringstream lines(csv_of(days));
  std::string text;
  for (std::string line; std::getline(lines, line);) text += line.substr(line.find(',') + 1) + "\n";
  return text;
}

class BatchesWithoutTimes : public testing::Test {
 protected:
  BatchesWithoutTimes() { world_.write("january.csv", timeless(january())); }

  void start(const std::string& more = "") {
    app_.configure(
        "models:\n  - name: flights\n    batches: { files: " + world_.path("incoming").string() +
        "/*.csv, every: 1h }\n    reference: " + world_.path("january.csv").string() + "\n" + more);
    const Result<> started = app_.start();
    ASSERT_TRUE(started) << started.error().message;
  }
  void hand_over(const std::string& name, const Flights& flights) {
    world_.write("incoming/" + name + ".csv", timeless({flights}));
    world_.pass(hours(6));
  }

  World world_{"2001-02-02T06:00:00Z"};
  RunningApp app_{world_, "leeway"};
};

TEST_F(BatchesWithoutTimes, ARewrittenFileReplacesItsRows) {
  start();
  hand_over("a", {.day = february(1)});
  hand_over("b", {.day = february(2)});
  ASSERT_THAT(app_.windows(), SizeIs(2));
  hand_over("a", {.day = february(1), .rows = 700, .late = 1.0, .seed = 1});
  const auto windows = app_.windows();
  ASSERT_THAT(windows, SizeIs(2)) << "another version of a batch is no other batch";
  EXPECT_EQ(text(windows[0], "rows"), "700");
  EXPECT_EQ(text(windows[0], "corrections"), "1");
  EXPECT_EQ(text(windows[1], "rows"), "400");
  EXPECT_EQ(text(windows[1], "corrections"), "0");
  hand_over("c", {.day = february(3)});
  EXPECT_THAT(app_.windows(), SizeIs(3));
}

TEST_F(BatchesWithoutTimes, ARewrittenFileIsCorrectedAfterARestartToo) {
  start();
  hand_over("a", {.day = february(1)});
  ASSERT_TRUE(app_.stop());
  world_.write("incoming/a.csv", timeless({{.day = february(1), .rows = 500}}));
  world_.pass(hours(1));
  ASSERT_TRUE(app_.start());
  world_.pass(hours(6));
  ASSERT_THAT(app_.windows(), SizeIs(1));
  EXPECT_EQ(text(app_.windows()[0], "rows"), "500");
}

TEST_F(BatchesWithoutTimes, ARewrittenPartOfATogetherJudgedWindowCorrectsIt) {
  start("    window: { min_rows: 600 }\n");
  hand_over("a", {.day = february(1)});
  EXPECT_THAT(app_.windows(), SizeIs(0));
  hand_over("b", {.day = february(2)});
  ASSERT_THAT(app_.windows(), SizeIs(1));
  EXPECT_EQ(text(app_.windows()[0], "rows"), "800");
  hand_over("a", {.day = february(1), .rows = 500});
  ASSERT_THAT(app_.windows(), SizeIs(1));
  EXPECT_EQ(text(app_.windows()[0], "rows"), "900");
}

}  // namespace
}  // namespace leeway::tests
