#include "collectors/compute/cost.h"

#include <gtest/gtest.h>

namespace leeway::compute {
namespace {

/// Half an hour on 2 of 8 CPUs and 4 GiB, with two GPUs that used 0.25 kWh together.
Usage half_an_hour() {
  Usage usage;
  usage.span = std::chrono::minutes(30);
  usage.used = {{Metric::kCpuSeconds, 3600.0}, {Metric::kTokens, 12000.0}};
  usage.now = {{Metric::kCpuLimitCores, 8.0}, {Metric::kMemoryBytes, 4.0 * 1073741824.0}};
  usage.gpus["x"] = {{Metric::kGpuRatio, 0.3}, {Metric::kGpuEnergyJoules, 450'000.0}};
  usage.gpus["y"] = {{Metric::kGpuRatio, 0.5}, {Metric::kGpuEnergyJoules, 450'000.0}};
  return usage;
}

TEST(Cost, EveryPriceIsOfWhatItSaysAndTheyAddUp) {
  Price price;
  price.per_hour = 0.53;
  price.per_gpu_hour = 2.0;
  price.per_cpu_hour = 0.04;
  price.per_gib_hour = 0.005;
  price.per_1k_tokens = 0.002;
  price.per_kwh = 0.3;
  price.grams_per_kwh = 400.0;
  const Cost cost = cost_of(half_an_hour(), price);
  EXPECT_DOUBLE_EQ(cost.parts.at("time"), 0.265);
  EXPECT_DOUBLE_EQ(cost.parts.at("gpu_time"), 2.0);
  EXPECT_DOUBLE_EQ(cost.parts.at("cpu"), 0.04);
  EXPECT_DOUBLE_EQ(cost.parts.at("memory"), 0.01);
  EXPECT_DOUBLE_EQ(cost.parts.at("tokens"), 0.024);
  EXPECT_DOUBLE_EQ(cost.parts.at("energy"), 0.075);
  EXPECT_DOUBLE_EQ(cost.total, 0.265 + 2.0 + 0.04 + 0.01 + 0.024 + 0.075);
  EXPECT_DOUBLE_EQ(*cost.energy_joules, 900'000.0);
  EXPECT_DOUBLE_EQ(*cost.carbon_grams, 100.0);
  EXPECT_TRUE(cost.unknown.empty());
}

TEST(Cost, IdleIsThePriceOfTimeInWhichTheBusierOfCpuAndGpuDidNothing) {
  Price price;
  price.per_hour = 1.0;
  EXPECT_DOUBLE_EQ(*cost_of(half_an_hour(), price).idle, 0.5 * (1.0 - 0.4));
  Usage usage = half_an_hour();
  usage.gpus.clear();
  EXPECT_DOUBLE_EQ(*cost_of(usage, price).idle, 0.5 * (1.0 - 0.25));
}

TEST(Cost, IdleIsUnknownWithoutAPriceOfTimeOrAKnownUse) {
  Price used_only;
  used_only.per_cpu_hour = 1.0;
  EXPECT_FALSE(cost_of(half_an_hour(), used_only).idle);
  Price of_time;
  of_time.per_hour = 1.0;
  Usage unknown;
  unknown.span = std::chrono::hours(1);
  EXPECT_FALSE(cost_of(unknown, of_time).idle);
  EXPECT_EQ(cost_of(unknown, of_time).total, 1.0);
}

TEST(Cost, APriceOfSomethingThatNobodySeesIsSaidAndNotZero) {
  Price price;
  price.per_gpu_hour = 2.0;
  price.per_1k_tokens = 1.0;
  Usage usage;
  usage.span = std::chrono::hours(1);
  const Cost cost = cost_of(usage, price);
  EXPECT_EQ(cost.unknown.at("gpu_time"), "no GPU was seen");
  EXPECT_EQ(cost.unknown.at("tokens"), "no source gives the tokens");
  EXPECT_TRUE(cost.parts.empty());
}

TEST(Cost, ASpanOfZeroCostsNothing) {
  Price price;
  price.per_hour = 5.0;
  Usage usage = half_an_hour();
  usage.span = Duration{0};
  EXPECT_EQ(cost_of(usage, price).total, 0.0);
}

}  // namespace
}  // namespace leeway::compute
