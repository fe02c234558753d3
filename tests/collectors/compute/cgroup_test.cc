#include "collectors/compute/cgroup.h"

#include <gtest/gtest.h>

#include "tests/collectors/compute/tree.h"

namespace leeway::compute {
namespace {

constexpr const char* kPod = "11111111-2222-3333-4444-555555555555";

CgroupOptions group(const Tree& tree, std::string path) {
  return {.root = tree.root(), .path = std::move(path), .container = {}, .pod = {}};
}
CgroupOptions container(const Tree& tree, std::string id) {
  return {.root = tree.root(), .path = {}, .container = std::move(id), .pod = {}};
}
CgroupOptions pod(const Tree& tree, std::string uid) {
  return {.root = tree.root(), .path = {}, .container = {}, .pod = std::move(uid)};
}

Result<Reading> read(const CgroupOptions& options) {
  const auto folder = find_cgroup(options);
  if (!folder) return fail(folder.error());
  return read_cgroup(options.root, *folder);
}

TEST(Cgroup, ReadsAServiceInBaseUnits) {
  const Tree tree("v2_host");
  const auto reading = read(group(tree, "system.slice/flight-delay.service"));
  ASSERT_TRUE(reading) << reading.error().message;
  EXPECT_DOUBLE_EQ(*reading->value(Metric::kCpuSeconds), 123.456789);
  EXPECT_EQ(reading->value(Metric::kCpuPeriods), 1000.0);
  EXPECT_EQ(reading->value(Metric::kCpuThrottledPeriods), 250.0);
  EXPECT_EQ(reading->value(Metric::kCpuThrottledSeconds), 7.5);
  EXPECT_EQ(reading->value(Metric::kMemoryBytes), 1610612736.0);
  EXPECT_EQ(reading->value(Metric::kMemoryWorkingSetBytes), 1073741824.0);
  EXPECT_EQ(reading->value(Metric::kMemoryPeakBytes), 2e9);
  EXPECT_EQ(reading->value(Metric::kOomKills), 1.0);
  EXPECT_EQ(reading->value(Metric::kIoReadBytes), 1500.0);
  EXPECT_EQ(reading->value(Metric::kIoWrittenBytes), 2070.0);
  EXPECT_EQ(reading->value(Metric::kProcesses), 17.0);
  EXPECT_EQ(reading->value(Metric::kCpuStalledSeconds), 2.5);
  EXPECT_EQ(reading->value(Metric::kMemoryStalledSeconds), 0.125);
  EXPECT_EQ(reading->value(Metric::kIoStalledSeconds), 0.25);
  EXPECT_TRUE(reading->absent.empty());
}

TEST(Cgroup, TheTightestLimitUpToTheRootCounts) {
  const Tree tree("v2_host");
  const auto reading = read(group(tree, "system.slice/flight-delay.service"));
  EXPECT_EQ(reading->value(Metric::kCpuLimitCores), 1.5) << "that of system.slice";
  EXPECT_EQ(reading->value(Metric::kMemoryLimitBytes), 4294967296.0) << "its own";
}

TEST(Cgroup, AUnitIsFoundInTheSystemSlice) {
  const Tree tree("v2_host");
  EXPECT_EQ(*find_cgroup(group(tree, "flight-delay.service")),
            tree.root() + "/system.slice/flight-delay.service");
  EXPECT_EQ(*find_cgroup(group(tree, "/system.slice")), tree.root() + "/system.slice");
}

TEST(Cgroup, ContainersAreFoundByTheBeginOfTheirIdWithEitherDriver) {
  const Tree systemd("v2_host");
  EXPECT_EQ(read(container(systemd, "0123456789ab"))->value(Metric::kCpuSeconds), 5.0);
  EXPECT_DOUBLE_EQ(*read(container(systemd, "fedcba98"))->value(Metric::kCpuSeconds), 6.9);
  const Tree cgroupfs("kubelet_cgroupfs");
  EXPECT_DOUBLE_EQ(*read(container(cgroupfs, "fedcba98"))->value(Metric::kCpuSeconds), 8.9);
}

TEST(Cgroup, AnIdThatIsTooShortOrOfSeveralContainersIsRefused) {
  const Tree tree("v2_host");
  EXPECT_EQ(find_cgroup(container(tree, "0123")).error().message,
            "the container id '0123' is too short: give at least 8 characters");
  EXPECT_EQ(find_cgroup(container(tree, "01234567")).error().message,
            "several containers begin with '01234567': give more of the id");
  EXPECT_EQ(find_cgroup(container(tree, "99999999")).error().code, ErrorCode::kNotFound);
}

TEST(Cgroup, PodsAreFoundWithEitherDriver) {
  const Tree systemd("v2_host");
  EXPECT_EQ(read(pod(systemd, kPod))->value(Metric::kCpuSeconds), 7.0);
  const Tree cgroupfs("kubelet_cgroupfs");
  EXPECT_EQ(read(pod(cgroupfs, kPod))->value(Metric::kCpuSeconds), 9.0);
}

TEST(Cgroup, WithoutAQuotaTheCpusOfItsSetAreTheLimit) {
  const Tree tree("kubelet_cgroupfs");
  EXPECT_EQ(read(pod(tree, kPod))->value(Metric::kCpuLimitCores), 128.0);
}

TEST(Cgroup, AHostWithoutPressureInformationSaysSoAndShowsNoZero) {
  const Tree tree("kubelet_cgroupfs");
  const auto reading = read(pod(tree, kPod));
  EXPECT_FALSE(reading->value(Metric::kCpuStalledSeconds));
  ASSERT_NE(reading->find_absent(Metric::kCpuStalledSeconds), nullptr);
  EXPECT_TRUE(reading->find_absent(Metric::kCpuStalledSeconds)
                  ->why.ends_with("the kernel has no pressure stall information (CONFIG_PSI, or "
                                  "psi=1 on its command line)"));
  EXPECT_EQ(reading->find_absent(Metric::kMemoryPeakBytes)->why,
            "the kernel has no memory.peak (Linux 5.19)");
  EXPECT_EQ(reading->find_absent(Metric::kMemoryLimitBytes)->why,
            "no memory.max is set for the group or above it");
}

TEST(Cgroup, PageCacheThatGrewBetweenTheTwoFilesGivesNoNegativeWorkingSet) {
  const Tree tree("kubelet_cgroupfs");
  EXPECT_EQ(read(pod(tree, kPod))->value(Metric::kMemoryWorkingSetBytes), 0.0);
}

TEST(Cgroup, AGroupWithoutControllersGivesItsCpuTimeAndAReasonForTheRest) {
  const Tree tree("bare_group");
  const auto reading = read(group(tree, "user.slice"));
  ASSERT_TRUE(reading);
  EXPECT_EQ(reading->value(Metric::kCpuSeconds), 42.0);
  for (const Metric metric : {Metric::kCpuPeriods, Metric::kMemoryBytes, Metric::kOomKills,
                              Metric::kIoReadBytes, Metric::kProcesses}) {
    ASSERT_NE(reading->find_absent(metric), nullptr) << describe(metric).name;
    EXPECT_NE(reading->find_absent(metric)->why.find("is not enabled for the group"),
              std::string::npos)
        << describe(metric).name;
  }
  EXPECT_EQ(reading->samples.size(), 1U);
}

TEST(Cgroup, AHostWithCgroupV1IsSaidToBeOne) {
  const Tree tree("v1_host");
  const auto reading = read(group(tree, "system.slice/flight-delay.service"));
  ASSERT_FALSE(reading);
  EXPECT_EQ(reading.error().code, ErrorCode::kUnavailable);
  EXPECT_TRUE(reading.error().message.find("is cgroup v1, which Leeway does not read: boot the "
                                           "host with systemd.unified_cgroup_hierarchy=1") !=
              std::string::npos)
      << reading.error().message;
}

TEST(Cgroup, AFolderThatIsNoCgroupFileSystemIsSaidToBeNone) {
  const Tree tree("proc_psi");
  EXPECT_TRUE(read(group(tree, "x")).error().message.find("is no cgroup file system") !=
              std::string::npos);
}

TEST(Cgroup, AGroupThatDoesNotRunIsNotFound) {
  const Tree tree("v2_host");
  const auto reading = read(group(tree, "other.service"));
  EXPECT_EQ(reading.error().code, ErrorCode::kNotFound);
}

TEST(Cgroup, TheIdentityIsTheInodeOfTheGroup) {
  const Tree tree("v2_host");
  const auto first = read(group(tree, "system.slice/flight-delay.service"));
  EXPECT_EQ(first->identity, read(group(tree, "flight-delay.service"))->identity);
  EXPECT_NE(first->identity, read(group(tree, "system.slice"))->identity);
}

}  // namespace
}  // namespace leeway::compute
