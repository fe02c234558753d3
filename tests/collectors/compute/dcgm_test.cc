#include "collectors/compute/dcgm.h"

#include <gtest/gtest.h>

namespace leeway::compute {
namespace {

/// As dcgm-exporter 3.3 shows a T4 with the pod that uses it, and a GPU of an A100 under MIG.
constexpr const char* kPage = R"(# HELP DCGM_FI_DEV_GPU_UTIL GPU utilization (in %).
# TYPE DCGM_FI_DEV_GPU_UTIL gauge
DCGM_FI_DEV_GPU_UTIL{gpu="0",UUID="GPU-a",device="nvidia0",modelName="Tesla T4",Hostname="n1",DCGM_FI_DRIVER_VERSION="535",container="server",namespace="ml",pod="flight-7d9"} 63
# TYPE DCGM_FI_DEV_FB_FREE gauge
DCGM_FI_DEV_FB_FREE{gpu="0",UUID="GPU-a",device="nvidia0",namespace="ml",pod="flight-7d9"} 10000
DCGM_FI_DEV_FB_USED{gpu="0",UUID="GPU-a",device="nvidia0",namespace="ml",pod="flight-7d9"} 5000
DCGM_FI_DEV_POWER_USAGE{gpu="0",UUID="GPU-a",device="nvidia0",namespace="ml",pod="flight-7d9"} 41.25
DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION{gpu="0",UUID="GPU-a",device="nvidia0",namespace="ml",pod="flight-7d9"} 123456789
DCGM_FI_DEV_GPU_TEMP{gpu="0",UUID="GPU-a",device="nvidia0",namespace="ml",pod="flight-7d9"} 48
DCGM_FI_PROF_GR_ENGINE_ACTIVE{gpu="1",UUID="GPU-b",device="nvidia1",GPU_I_PROFILE="1g.5gb",GPU_I_ID="13",namespace="ml",pod="other"} 0.75
DCGM_FI_DEV_GPU_TEMP{gpu="1",UUID="GPU-b",device="nvidia1",GPU_I_PROFILE="1g.5gb",GPU_I_ID="13",namespace="ml",pod="other"} 50
)";

DcgmOptions of_pod(const std::string& pod) {
  return {.peer = {}, .labels = {{"namespace", "ml"}, {"pod", pod}}};
}

TEST(Dcgm, ReadsTheGpuOfAPodInBaseUnits) {
  const auto reading = parse_dcgm(kPage, of_pod("flight-7d9"));
  ASSERT_TRUE(reading) << reading.error().message;
  EXPECT_EQ(reading->value(Metric::kGpuRatio, "GPU-a"), 0.63);
  EXPECT_EQ(reading->value(Metric::kGpuMemoryBytes, "GPU-a"), 5000.0 * 1048576.0);
  EXPECT_EQ(reading->value(Metric::kGpuMemoryTotalBytes, "GPU-a"), 15000.0 * 1048576.0);
  EXPECT_EQ(reading->value(Metric::kGpuPowerWatts, "GPU-a"), 41.25);
  EXPECT_DOUBLE_EQ(*reading->value(Metric::kGpuEnergyJoules, "GPU-a"), 123456.789);
  EXPECT_TRUE(reading->absent.empty());
}

TEST(Dcgm, UnderMigTheShareOfTheEngineStandsForTheUtilisationThatDoesNotExist) {
  const auto reading = parse_dcgm(kPage, of_pod("other"));
  ASSERT_TRUE(reading);
  EXPECT_EQ(reading->value(Metric::kGpuRatio, "GPU-b/13"), 0.75);
  ASSERT_NE(reading->find_absent(Metric::kGpuMemoryBytes), nullptr);
  EXPECT_EQ(reading->find_absent(Metric::kGpuMemoryBytes)->why,
            "the exporter does not give DCGM_FI_DEV_FB_USED: its file of counters leaves it out, "
            "or the GPU has none");
}

TEST(Dcgm, APodWithoutSeriesIsAnErrorAndNotAZero) {
  const auto reading = parse_dcgm(kPage, of_pod("gone"));
  ASSERT_FALSE(reading);
  EXPECT_EQ(reading.error().code, ErrorCode::kNotFound);
  EXPECT_EQ(parse_dcgm("up 1\n", {}).error().message, "the page has no series of DCGM");
}

TEST(Series, LabelsMayHoldEscapesBracesAndCommas) {
  const auto series = parse_series(R"(a:b_total{x="1,2}",y="q\"\\\n"} 1.5e3 1700000000)");
  ASSERT_TRUE(series);
  EXPECT_EQ(series->name, "a:b_total");
  EXPECT_EQ(series->labels.at("x"), "1,2}");
  EXPECT_EQ(series->labels.at("y"), "q\"\\\n");
  EXPECT_EQ(series->value, 1500.0);
}

TEST(Series, WhatIsNoSampleIsPassedOver) {
  for (const char* line : {"", "# HELP x", "x", "x{a=\"1\" 5", "x{a=1} 5", "x one", "x 1 2 3"}) {
    EXPECT_FALSE(parse_series(line)) << line;
  }
}

}  // namespace
}  // namespace leeway::compute
