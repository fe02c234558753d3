#include "collectors/endpoints/schedule.h"

#include <gmock/gmock.h>

#include <boost/asio/io_context.hpp>
#include <map>

#include "tests/support/coroutines.h"

namespace leeway::endpoints {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

class ScheduleTest : public testing::Test {
 protected:
  void TearDown() override {
    if (!schedule_) return;
    schedule_->stop();
    clock_.settle();
    tests::Started<Result<>> joined(io_, schedule_->join(seconds(1)));
    clock_.advance(seconds(2));
    ASSERT_TRUE(joined.done());
    EXPECT_TRUE(joined.value().has_value());
  }

  void make(ScheduleOptions options) {
    schedule_ = std::make_unique<Schedule>(io_.get_executor(), clock_, options);
  }

  /// Notes when it runs, and takes `takes`.
  Schedule::Work work(std::string name, Duration takes = {}) {
    return [this, name = std::move(name), takes]() -> Task<> {
      starts_[name].push_back(clock_.monotonic());
      if (takes > Duration()) static_cast<void>(co_await clock_.sleep(takes));
    };
  }

  asio::io_context io_;
  VirtualClock clock_{io_.get_executor(), TimePoint{}};
  std::unique_ptr<Schedule> schedule_;
  std::map<std::string, std::vector<Duration>> starts_;
};

TEST_F(ScheduleTest, NeverDriftsWhateverARoundTakes) {
  make({.jitter = 0.05});
  schedule_->add("a", seconds(10), work("a", seconds(7)));
  clock_.advance(minutes(100));
  const auto& starts = starts_["a"];
  ASSERT_GE(starts.size(), 599U);
  // The phase of the first round without its jitter is not known; two rounds' jitters bound it.
  for (std::size_t i = 0; i < starts.size(); ++i) {
    const Duration expected = starts[0] + seconds(10) * static_cast<int>(i);
    EXPECT_LE(starts[i], expected + milliseconds(500));
    EXPECT_GE(starts[i], expected - milliseconds(500));
  }
}

TEST_F(ScheduleTest, SpreadsTargetsOverThePeriod) {
  make({.max_in_flight = 100'000});
  for (int i = 0; i < 1000; ++i) {
    const std::string name = "model-" + std::to_string(i);
    schedule_->add(name, seconds(10), work(name));
  }
  clock_.advance(seconds(10) + milliseconds(500));
  std::array<int, 10> buckets{};
  for (const auto& [name, starts] : starts_) {
    ASSERT_FALSE(starts.empty()) << name;
    ++buckets.at(static_cast<std::size_t>(std::min<std::int64_t>(9, starts[0] / seconds(1))));
  }
  // 100 a second are expected; 60 and 140 are four standard deviations away.
  for (const int count : buckets) {
    EXPECT_GT(count, 60);
    EXPECT_LT(count, 140);
  }
}

TEST_F(ScheduleTest, NeverRunsATargetTwiceAtOnce) {
  make({.jitter = 0});
  schedule_->add("slow", seconds(1), work("slow", milliseconds(2500)));
  clock_.advance(seconds(31));
  const auto& starts = starts_["slow"];
  for (std::size_t i = 1; i < starts.size(); ++i) EXPECT_EQ(starts[i] - starts[i - 1], seconds(3));
  EXPECT_GE(schedule_->statistics().skipped, 18U);
}

TEST_F(ScheduleTest, HoldsBackWhatIsTooMuchAtOnce) {
  make({.max_in_flight = 2, .jitter = 0});
  for (int i = 0; i < 6; ++i) {
    const std::string name = "t" + std::to_string(i);
    schedule_->add(name, seconds(10), work(name, seconds(9)));
  }
  clock_.advance(seconds(10));
  EXPECT_EQ(schedule_->statistics().in_flight, 2U);
  EXPECT_GT(schedule_->statistics().waiting, 0U);
  clock_.advance(minutes(2));
  EXPECT_EQ(starts_.size(), 6U);  // each had its turn
}

TEST_F(ScheduleTest, TakesOutATargetAndLeavesItsRunToEnd) {
  make({.jitter = 0});
  bool ended = false;
  schedule_->add("a", seconds(10), [this, &ended]() -> Task<> {
    static_cast<void>(co_await clock_.sleep(seconds(5)));
    ended = true;
  });
  clock_.advance_to(from_micros(to_micros(clock_.now())) + seconds(10));
  ASSERT_EQ(schedule_->statistics().runs, 1U);
  schedule_->remove("a");
  EXPECT_FALSE(schedule_->contains("a"));
  clock_.advance(minutes(5));
  EXPECT_TRUE(ended);
  EXPECT_EQ(schedule_->statistics().runs, 1U);
}

TEST_F(ScheduleTest, GivesATargetOtherWorkWhileTheOldOneRuns) {
  make({.jitter = 0});
  schedule_->add("a", seconds(10), work("old", seconds(5)));
  clock_.advance(seconds(10));
  ASSERT_EQ(starts_["old"].size(), 1U);
  schedule_->add("a", seconds(10), work("new"));
  clock_.advance(seconds(30));
  EXPECT_EQ(starts_["old"].size(), 1U);
  EXPECT_EQ(starts_["new"].size(), 3U);
  EXPECT_EQ((starts_["new"][0] - starts_["old"][0]) % seconds(10), Duration());
}

}  // namespace
}  // namespace leeway::endpoints
