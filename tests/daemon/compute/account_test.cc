#include "daemon/compute/account.h"

#include <gtest/gtest.h>

namespace leeway::compute {
namespace {

const TimePoint kStart = *parse_time("2026-03-02T00:00:00Z");

Account::Readings reading(double cpu_seconds, double oom_kills = 0.0, double joules = 0.0) {
  Reading reading;
  reading.add(Metric::kCpuSeconds, cpu_seconds);
  reading.add(Metric::kOomKills, oom_kills);
  reading.add(Metric::kGpuEnergyJoules, joules, "x");
  return {{"cgroup", std::move(reading)}};
}

Price per_hour(double amount) {
  Price price;
  price.per_hour = amount;
  price.grams_per_kwh = 360.0;
  return price;
}

TEST(Account, TotalsAreOfWhatWasUsedWhileItWasWatched) {
  Account account;
  account.add(kStart, reading(1000.0), per_hour(6.0));
  EXPECT_EQ(account.total(Metric::kCpuSeconds), 0.0);
  EXPECT_EQ(account.cost(), 0.0);
  account.add(kStart + std::chrono::minutes(10), reading(1060.0, 0.0, 10'000.0), per_hour(6.0));
  account.add(kStart + std::chrono::minutes(20), reading(1090.0, 0.0, 30'000.0), per_hour(6.0));
  EXPECT_EQ(account.total(Metric::kCpuSeconds), 90.0);
  EXPECT_EQ(account.total(Metric::kGpuEnergyJoules, "x"), 30'000.0);
  EXPECT_DOUBLE_EQ(account.cost(), 2.0);
  EXPECT_DOUBLE_EQ(account.carbon_grams(), 3.0);
  EXPECT_DOUBLE_EQ(account.days().today(kStart + std::chrono::minutes(20)), 2.0);
}

TEST(Account, GoesOnAfterARestartAsIfThereHadBeenNone) {
  Account whole;
  Account restarted;
  for (int i = 0; i < 30; ++i) {
    const TimePoint now = kStart + std::chrono::minutes(i);
    const auto used = reading(100.0 + i * i, i / 10, 5.0 * i);
    whole.add(now, used, per_hour(1.0));
    restarted.add(now, used, per_hour(1.0));
    auto restored = Account::deserialize(restarted.serialize());
    ASSERT_TRUE(restored) << restored.error().message;
    restarted = std::move(*restored);
  }
  EXPECT_EQ(whole.serialize(), restarted.serialize());
  EXPECT_EQ(whole.total(Metric::kOomKills), 2.0);
}

TEST(Account, OomKillsAreRecentForAnHour) {
  Account account;
  account.add(kStart, reading(0.0), {});
  account.add(kStart + std::chrono::minutes(1), reading(0.0, 2.0), {});
  EXPECT_EQ(account.recent_oom_kills(kStart + std::chrono::minutes(30)), 2.0);
  EXPECT_EQ(account.recent_oom_kills(kStart + std::chrono::minutes(62)), 0.0);
}

TEST(Account, ACostOfSomebodyElseIsOfItsOwnSpan) {
  Account account;
  account.add_cost(kStart - std::chrono::hours(1), kStart, 4.0);
  EXPECT_EQ(account.cost(), 4.0);
  EXPECT_EQ(account.days().today(kStart), 0.0);
  EXPECT_EQ(account.days().yesterday(kStart), 4.0);
}

TEST(Account, RefusesBytesThatItDidNotWrite) {
  Account account;
  account.add(kStart, reading(1.0), {});
  std::string bytes = account.serialize();
  bytes.back() = static_cast<char>(bytes.back() ^ 1);
  EXPECT_EQ(Account::deserialize(bytes).error().code, ErrorCode::kCorrupt);
  EXPECT_EQ(Account::deserialize("").error().code, ErrorCode::kCorrupt);
}

}  // namespace
}  // namespace leeway::compute
