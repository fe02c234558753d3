#include "collectors/compute/usage.h"

#include <gtest/gtest.h>

namespace leeway::compute {
namespace {

using Readings = std::vector<std::pair<std::string, Reading>>;

const TimePoint kStart = *parse_time("2026-01-05T00:00:00Z");
TimePoint after(int seconds) { return kStart + std::chrono::seconds(seconds); }

Reading cgroup(double cpu_seconds, std::string identity = "a") {
  Reading reading{.identity = std::move(identity), .samples = {}, .absent = {}};
  reading.add(Metric::kCpuSeconds, cpu_seconds);
  reading.add(Metric::kCpuLimitCores, 2.0);
  return reading;
}

TEST(UsageMeter, TheFirstReadingIsOnlyABeginning) {
  UsageMeter meter;
  const Usage usage = meter.update(kStart, {{"cgroup", cgroup(1000.0)}});
  EXPECT_FALSE(usage.cores());
  EXPECT_FALSE(usage.increase(Metric::kCpuSeconds));
  EXPECT_EQ(usage.gauge(Metric::kCpuLimitCores), 2.0);
}

TEST(UsageMeter, CountersBecomeRatesAndRatios) {
  UsageMeter meter;
  meter.update(kStart, {{"cgroup", cgroup(1000.0)}});
  const Usage usage = meter.update(after(10), {{"cgroup", cgroup(1005.0)}});
  EXPECT_EQ(usage.cpu_seconds(), 5.0);
  EXPECT_EQ(usage.cores(), 0.5);
  EXPECT_EQ(usage.cpu_ratio(), 0.25);
  EXPECT_EQ(usage.resets, 0U);
}

TEST(UsageMeter, ACounterThatFallsHasBegunAnewAndShowsWhatItUsedSince) {
  UsageMeter meter;
  meter.update(kStart, {{"cgroup", cgroup(1000.0)}});
  const Usage usage = meter.update(after(10), {{"cgroup", cgroup(3.0)}});
  EXPECT_EQ(usage.cpu_seconds(), 3.0);
  EXPECT_EQ(usage.resets, 1U);
}

TEST(UsageMeter, AnotherIdentityIsAResetEvenWhereTheCounterIsLarger) {
  UsageMeter meter;
  meter.update(kStart, {{"cgroup", cgroup(4.0)}});
  const Usage usage = meter.update(after(60), {{"cgroup", cgroup(50.0, "b")}});
  EXPECT_EQ(usage.cpu_seconds(), 50.0);
  EXPECT_EQ(usage.resets, 1U);
}

TEST(UsageMeter, OfTwoSourcesTheFirstThatHasAMetricCounts) {
  UsageMeter meter;
  Reading other;
  other.add(Metric::kCpuSeconds, 70.0);
  other.add(Metric::kMemoryBytes, 5.0);
  meter.update(kStart, {{"cgroup", cgroup(1.0)}, {"prometheus", other}});
  other.samples[0].value = 100.0;
  const Usage usage = meter.update(after(10), {{"cgroup", cgroup(2.0)}, {"prometheus", other}});
  EXPECT_EQ(usage.cpu_seconds(), 1.0);
  EXPECT_EQ(usage.gauge(Metric::kMemoryBytes), 5.0);
}

TEST(UsageMeter, ARestartLosesNothingWhereTheCounterWentOn) {
  UsageMeter meter;
  meter.update(kStart, {{"cgroup", cgroup(10.0)}});
  ByteWriter out;
  meter.write(out);
  ByteReader in(out.bytes());
  auto restored = UsageMeter::read(in);
  ASSERT_TRUE(restored);
  EXPECT_TRUE(in.at_end());
  const Usage usage = restored->update(after(100), {{"cgroup", cgroup(60.0)}});
  EXPECT_EQ(usage.cpu_seconds(), 50.0);
  EXPECT_EQ(usage.cores(), 0.5);
}

TEST(UsageMeter, WhatBeganAnewWhileNobodyLookedIsOnlyABeginning) {
  UsageMeter meter;
  meter.update(kStart, {{"cgroup", cgroup(10.0)}});
  ByteWriter out;
  meter.write(out);
  ByteReader in(out.bytes());
  auto restored = UsageMeter::read(in);
  const Usage usage = restored->update(after(100), {{"cgroup", cgroup(7000.0, "b")}});
  EXPECT_FALSE(usage.increase(Metric::kCpuSeconds));
  EXPECT_EQ(usage.resets, 1U);
}

TEST(UsageMeter, AfterMoreThanAWeekWithoutAReadingEverythingBeginsAnew) {
  UsageMeter meter;
  meter.update(kStart, {{"cgroup", cgroup(10.0)}});
  const Usage usage = meter.update(kStart + std::chrono::days(8), {{"cgroup", cgroup(60.0)}});
  EXPECT_FALSE(usage.increase(Metric::kCpuSeconds));
  EXPECT_EQ(usage.span, Duration{0});
}

TEST(UsageMeter, RefusesBytesThatItDidNotWrite) {
  UsageMeter meter;
  meter.update(kStart, {{"cgroup", cgroup(10.0)}});
  ByteWriter out;
  meter.write(out);
  ByteReader cut(std::string_view(out.bytes()).substr(0, out.bytes().size() - 3));
  EXPECT_EQ(UsageMeter::read(cut).error().code, ErrorCode::kCorrupt);
}

TEST(Usage, AGaugeOfCoresStandsForACounterThatNobodyHas) {
  UsageMeter meter;
  Reading pods;
  pods.add(Metric::kCpuCores, 1.5);
  meter.update(kStart, {{"kubernetes", pods}});
  const Usage usage = meter.update(after(60), {{"kubernetes", pods}});
  EXPECT_EQ(usage.cores(), 1.5);
  EXPECT_EQ(usage.cpu_seconds(), 90.0);
}

TEST(Usage, ThrottlingIsUnknownWithoutAPeriodAndNotZero) {
  Usage usage;
  EXPECT_FALSE(usage.throttled_ratio());
  usage.used = {{Metric::kCpuPeriods, 0.0}, {Metric::kCpuThrottledPeriods, 0.0}};
  EXPECT_FALSE(usage.throttled_ratio());
  usage.used = {{Metric::kCpuPeriods, 200.0}, {Metric::kCpuThrottledPeriods, 50.0}};
  EXPECT_EQ(usage.throttled_ratio(), 0.25);
}

TEST(Usage, SumsAndMeansAreOverTheGpusThatAreSeen) {
  UsageMeter meter;
  const auto gpus = [](double joules) {
    Reading reading;
    reading.add(Metric::kGpuRatio, 0.2, "x");
    reading.add(Metric::kGpuRatio, 0.6, "y");
    reading.add(Metric::kGpuPowerWatts, 50.0, "x");
    reading.add(Metric::kGpuPowerWatts, 70.0, "y");
    reading.add(Metric::kGpuEnergyJoules, joules, "x");
    reading.add(Metric::kGpuEnergyJoules, 2.0 * joules, "y");
    reading.add(Metric::kGpuMemoryBytes, 6.0, "x");
    reading.add(Metric::kGpuMemoryTotalBytes, 8.0, "x");
    return reading;
  };
  meter.update(kStart, {{"nvml", gpus(100.0)}});
  const Usage usage = meter.update(after(10), {{"nvml", gpus(500.0)}});
  EXPECT_DOUBLE_EQ(*usage.gpu_ratio(), 0.4);
  EXPECT_EQ(usage.gpu_power_watts(), 120.0);
  EXPECT_EQ(usage.gpu_energy_joules(), 1200.0);
  EXPECT_EQ(usage.gpu_memory_ratio(), 0.75);
}

TEST(Usage, MemoryIsJudgedByTheWorkingSetWhereItIsKnown) {
  Usage usage;
  usage.now = {{Metric::kMemoryBytes, 90.0}, {Metric::kMemoryLimitBytes, 100.0}};
  EXPECT_EQ(usage.memory_ratio(), 0.9);
  usage.now[Metric::kMemoryWorkingSetBytes] = 40.0;
  EXPECT_EQ(usage.memory_ratio(), 0.4);
}

}  // namespace
}  // namespace leeway::compute
