#include "daemon/cli/profile_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "daemon/cli/explain_data.h"
#include "daemon/monitor/reference_file.h"
#include "daemon/store/files.h"
#include "tests/support/temp_folder.h"

namespace leeway::cli {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Pair;

class ProfileFiles : public ::testing::Test {
 protected:
  ProfileFiles() {
    model_.name = "m";
    model_.window.size = model_.window.slide = std::chrono::hours(24);
    model_.window.time_zone = "UTC";
    model_.columns.timestamp = "at";
    model_.columns.segments = {"colour"};
  }

  std::string training() {
    const auto path = folder_ / "training.csv";
    std::ofstream out(path);
    out << "at,amount,colour\n";
    for (int i = 0; i < 300; ++i) {
      out << "2026-01-0" << 1 + i / 100 << "T00:00:00Z," << 0.5 * i << ','
          << (i % 3 ? "red" : "blue") << '\n';
    }
    return path;
  }

  Result<monitor::ReferenceFile> read(const std::filesystem::path& path) {
    auto bytes = store::read_file(path, 1 << 20);
    if (!bytes) return fail(bytes.error());
    return monitor::ReferenceFile::decode(*bytes);
  }

  tests::TempFolder folder_;
  config::Model model_;
};

TEST_F(ProfileFiles, HoldsColumnsWindowsAndSegments) {
  const auto output = folder_ / "m.profile";
  const auto said = profile_files(model_, {training()}, output);
  ASSERT_TRUE(said) << said.error().message;
  EXPECT_THAT(*said, HasSubstr("m.profile: 300 rows in 3 windows, 3 columns, reference "));
  const auto file = read(output);
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_EQ(file->reference.profile.rows, 300U);
  ASSERT_EQ(file->segments.size(), 1U);
  EXPECT_THAT(file->segments[0].values, ::testing::UnorderedElementsAre("red", "blue"));
  EXPECT_EQ(file->reference.parts.size(), 2U);
  EXPECT_EQ(file->columns.size(), 3U);
  EXPECT_TRUE(monitor::fits(*file, model_.columns));

  model_.reference.profile = output;
  EXPECT_THAT(explain_data(model_), Contains(Pair("rows", "300 rows, 3 windows")));
}

TEST_F(ProfileFiles, DoesNotFitAnotherConfiguration) {
  const auto output = folder_ / "m.profile";
  ASSERT_TRUE(profile_files(model_, {training()}, output));
  const auto file = read(output);
  ASSERT_TRUE(file);
  auto columns = model_.columns;
  columns.timestamp = "time";
  auto fits = monitor::fits(*file, columns);
  ASSERT_FALSE(fits);
  EXPECT_EQ(fits.error().code, ErrorCode::kInvalidConfig);
  EXPECT_THAT(fits.error().message, HasSubstr("without 'time' as the timestamp"));
  columns = model_.columns;
  columns.segments.push_back("amount");
  fits = monitor::fits(*file, columns);
  ASSERT_FALSE(fits);
  EXPECT_THAT(fits.error().message, HasSubstr("without segments of 'amount'"));
}

TEST_F(ProfileFiles, IsRefusedWhenCutOffOrOfSomethingElse) {
  const auto output = folder_ / "m.profile";
  ASSERT_TRUE(profile_files(model_, {training()}, output));
  const auto bytes = store::read_file(output, 1 << 20);
  ASSERT_TRUE(bytes);
  for (std::size_t length = 0; length < bytes->size(); length += 7) {
    EXPECT_FALSE(monitor::ReferenceFile::decode(bytes->substr(0, length))) << length;
  }
  std::string damaged = *bytes;
  damaged[damaged.size() / 2] ^= 1;
  const auto refused = monitor::ReferenceFile::decode(damaged);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("leeway profile"));
}

TEST_F(ProfileFiles, NeedsFilesToRead) {
  const auto refused = profile_files(model_, {}, folder_ / "m.profile");
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("name the files to read"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "m.profile"));
}

}  // namespace
}  // namespace leeway::cli
