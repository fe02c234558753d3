#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

#include "detectors/profile/reference.h"
#include "tests/detectors/profile/samples.h"

namespace leeway::profile {
namespace {

// The files were written by the last release of format version 1, from samples.h: a profile of 200
// rows and the reference of reference_test.cc with it and three windows of 60.
std::string fixture(const std::string& name) {
  std::ifstream in(std::string(LEEWAY_SOURCE_DIR) + "/tests/fixtures/profiles/" + name,
                   std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string version_1_body(const Profile& profile) {
  ByteWriter out;
  profile.write(out, 1);
  return std::move(out).take();
}

TEST(VersionOne, ProfileLoadsWithoutWhatItDidNotKnow) {
  const auto loaded = Profile::deserialize(fixture("version_1.profile"));
  ASSERT_TRUE(loaded) << loaded.error().message;
  const Profile same = some_profile(some_schema(), 200, 1);
  EXPECT_EQ(version_1_body(*loaded), version_1_body(same));
  for (const ColumnProfile& column : loaded->columns) {
    EXPECT_EQ(column.empty_texts + column.configured_missing, 0U);
    EXPECT_EQ(column.checks, Checks{});
    EXPECT_TRUE(column.keys.empty());
  }
}

TEST(VersionOne, ProfileMergesWithOneOfToday) {
  auto merged = Profile::deserialize(fixture("version_1.profile"));
  ASSERT_TRUE(merged);
  const Profile today = some_profile(some_schema(), 100, 2);
  ASSERT_TRUE(merged->merge(today));
  EXPECT_EQ(merged->rows, 300U);
  EXPECT_EQ(merged->columns[2].keys, today.columns[2].keys);
  const auto loaded = Profile::deserialize(merged->serialize());
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_EQ(loaded->serialize(), merged->serialize());
}

TEST(VersionOne, ReferenceLoadsAndKeepsItsName) {
  const auto loaded = Reference::deserialize(fixture("version_1.reference"));
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_EQ(loaded->id(), "cdb4b7ce16b19898");
  EXPECT_EQ(loaded->windows.size(), 3U);
  EXPECT_TRUE(loaded->profile.fits(loaded->schema));
  const auto again = Reference::deserialize(loaded->serialize());
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->id(), loaded->id());
}

TEST(VersionOne, BytesThatClaimAnotherVersionAreRefused) {
  const std::string saved = fixture("version_1.profile");
  const auto opened = open_frame("LWPROFIL", saved);
  ASSERT_TRUE(opened);
  EXPECT_FALSE(Profile::deserialize(frame("LWPROFIL", 0, opened->body)));
  EXPECT_FALSE(Profile::deserialize(frame("LWPROFIL", 2, opened->body)));
  EXPECT_FALSE(Profile::deserialize(frame("LWPROFIL", 3, opened->body)));
}

}  // namespace
}  // namespace leeway::profile
