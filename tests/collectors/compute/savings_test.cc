#include "collectors/compute/savings.h"

#include <gtest/gtest.h>

namespace leeway::compute {
namespace {

const TimePoint kStart = *parse_time("2026-01-05T00:00:00Z");
TimePoint hour(int count) { return kStart + std::chrono::hours(count); }

/// An hour at this share of 4 CPUs, at 2 an hour.
struct Hour {
  double share = 0.0;
  std::optional<double> predictions{};
};

void add(Need& need, TimePoint now, const Hour& hour) {
  Usage usage;
  usage.span = std::chrono::hours(1);
  usage.used[Metric::kCpuSeconds] = hour.share * 4.0 * 3600.0;
  usage.now[Metric::kCpuLimitCores] = 4.0;
  if (hour.predictions) usage.used[Metric::kPredictions] = *hour.predictions;
  Price price;
  price.per_hour = 2.0;
  need.add(now, usage, cost_of(usage, price));
}

TEST(Need, AQuarterOfAMachineIsEnoughForABusiestHourOfAFifth) {
  Need need;
  for (int i = 0; i < 72; ++i) add(need, hour(i), {.share = i == 50 ? 0.19 : 0.05});
  const auto saving = need.over_provisioned();
  ASSERT_TRUE(saving);
  EXPECT_DOUBLE_EQ(saving->per_day, 48.0 * 0.75);
  EXPECT_EQ(saving->sentence,
            "at most 19 % of what is paid for was used at once in the last 72 hours: with 30 % to "
            "spare, 1/4 of it would do");
}

TEST(Need, WithoutThirtyPercentToSpareNothingIsSaid) {
  Need need;
  for (int i = 0; i < 100; ++i) add(need, hour(i), {.share = i == 50 ? 0.39 : 0.05});
  EXPECT_FALSE(need.over_provisioned());
}

TEST(Need, LessThanThreeDaysSayNothing) {
  Need need;
  for (int i = 0; i < 60; ++i) add(need, hour(i), {.share = 0.01});
  EXPECT_FALSE(need.over_provisioned());
}

TEST(Need, ABusyHourCountsForAWeek) {
  Need need;
  add(need, hour(0), {.share = 0.9});
  for (int i = 1; i < 168; ++i) add(need, hour(i), {.share = 0.01});
  EXPECT_FALSE(need.over_provisioned());
  add(need, hour(168), {.share = 0.01});
  EXPECT_TRUE(need.over_provisioned());
}

TEST(Need, ADayWithoutAPredictionIsIdle) {
  Need need;
  add(need, hour(0), {.share = 0.01, .predictions = 5.0});
  for (int i = 1; i < 24; ++i) add(need, hour(i), {.share = 0.01, .predictions = 0.0});
  EXPECT_FALSE(need.idle(hour(23)));
  for (int i = 24; i < 27; ++i) add(need, hour(i), {.share = 0.01, .predictions = 0.0});
  const auto saving = need.idle(hour(26));
  ASSERT_TRUE(saving);
  EXPECT_DOUBLE_EQ(saving->per_day, 48.0);
}

TEST(Need, WhoseNumberOfPredictionsIsUnknownIsNotCalledIdle) {
  Need need;
  for (int i = 0; i < 48; ++i) add(need, hour(i), {.share = 0.0});
  EXPECT_FALSE(need.idle(hour(47)));
}

TEST(Need, OnlyHoursWhoseUseIsKnownSpeakOfTheSize) {
  Need need;
  Usage usage;
  usage.span = std::chrono::hours(1);
  usage.used[Metric::kPredictions] = 0.0;
  Price price;
  price.per_hour = 2.0;
  for (int i = 0; i < 100; ++i) need.add(hour(i), usage, cost_of(usage, price));
  EXPECT_FALSE(need.over_provisioned());
  const auto idle = need.idle(hour(99));
  ASSERT_TRUE(idle);
  EXPECT_DOUBLE_EQ(idle->per_day, 48.0);
}

TEST(Need, ARestartKeepsTheHours) {
  Need need;
  for (int i = 0; i < 72; ++i) add(need, hour(i), {.share = 0.05, .predictions = 0.0});
  ByteWriter out;
  need.write(out);
  ByteReader in(out.bytes());
  const auto read = Need::read(in);
  ASSERT_TRUE(read);
  EXPECT_TRUE(in.at_end());
  EXPECT_EQ(read->over_provisioned()->sentence, need.over_provisioned()->sentence);
  EXPECT_EQ(read->idle(hour(71))->per_day, need.idle(hour(71))->per_day);
}

}  // namespace
}  // namespace leeway::compute
