#include <gtest/gtest.h>
#include <stdlib.h>

#include "collectors/compute/nvml.h"

namespace leeway::compute {
namespace {

Result<Reading> read(std::vector<std::string> gpus = {}) {
  const auto nvml = Nvml::open({.soname = LEEWAY_FAKE_NVML, .gpus = std::move(gpus)});
  if (!nvml) return fail(nvml.error());
  return (*nvml)->read();
}

TEST(Nvml, ReadsUseMemoryPowerEnergyAndTemperatureInBaseUnits) {
  const auto reading = read();
  ASSERT_TRUE(reading) << reading.error().message;
  EXPECT_EQ(reading->value(Metric::kGpuRatio, "GPU-0"), 0.42);
  EXPECT_EQ(reading->value(Metric::kGpuMemoryBytes, "GPU-0"), 1073741824.0);
  EXPECT_EQ(reading->value(Metric::kGpuMemoryTotalBytes, "GPU-0"), 17179869184.0);
  EXPECT_EQ(reading->value(Metric::kGpuPowerWatts, "GPU-0"), 71.5);
  EXPECT_EQ(reading->value(Metric::kGpuEnergyJoules, "GPU-0"), 3600.0);
  EXPECT_EQ(reading->value(Metric::kGpuCelsius, "GPU-0"), 55.0);
}

TEST(Nvml, WhatASplitGpuDoesNotTellIsAbsentInTheDriversWordsAndNotZero) {
  const auto reading = read({"GPU-1"});
  ASSERT_TRUE(reading);
  EXPECT_FALSE(reading->value(Metric::kGpuRatio, "GPU-1"));
  ASSERT_NE(reading->find_absent(Metric::kGpuRatio), nullptr);
  EXPECT_EQ(
      reading->find_absent(Metric::kGpuRatio)->why,
      "GPU GPU-1: Not Supported; a GPU that is split (MIG) has it per instance only: use dcgm");
  EXPECT_EQ(reading->find_absent(Metric::kGpuEnergyJoules)->why, "GPU GPU-1: Not Supported");
  EXPECT_EQ(reading->value(Metric::kGpuPowerWatts, "GPU-1"), 71.5);
}

TEST(Nvml, TakesTheGpusThatAreNamedByIndexOrUuid) {
  EXPECT_TRUE(read({"0"})->value(Metric::kGpuRatio, "GPU-0"));
  EXPECT_FALSE(read({"0"})->value(Metric::kGpuPowerWatts, "GPU-1"));
  EXPECT_EQ(read({"7"}).error().message, "none of the GPUs that are named is there");
}

TEST(Nvml, AMachineWithoutTheLibraryHasNoGpuThatCanBeRead) {
  const auto nvml = Nvml::open({.soname = "libleeway-no-such.so.1", .gpus = {}});
  ASSERT_FALSE(nvml);
  EXPECT_EQ(nvml.error().code, ErrorCode::kNotFound);
  EXPECT_TRUE(nvml.error().message.starts_with("no GPU that can be read: libleeway-no-such.so.1"));
}

TEST(Nvml, ADriverThatIsNotLoadedNamesTheDropIn) {
  ::setenv("LEEWAY_FAKE_NVML_INIT", "9", 1);
  const auto nvml = read();
  ::unsetenv("LEEWAY_FAKE_NVML_INIT");
  ASSERT_FALSE(nvml);
  EXPECT_EQ(nvml.error().message,
            "the NVIDIA driver cannot be asked: Driver Not Loaded (under systemd the drop-in "
            "gpu.conf opens its devices)");
}

TEST(Nvml, ALibraryWithoutItsCallsIsRefused) {
  const auto nvml = Nvml::open({.soname = "libm.so.6", .gpus = {}});
  ASSERT_FALSE(nvml);
  EXPECT_EQ(nvml.error().message, "'libm.so.6' lacks the calls that find GPUs: it is too old");
}

}  // namespace
}  // namespace leeway::compute
