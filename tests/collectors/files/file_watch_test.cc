#include "collectors/files/file_watch.h"

#include <gmock/gmock.h>

namespace leeway::files {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::int64_t kSecond = 1'000'000'000;

std::vector<std::string> paths(const std::vector<SeenFile>& files) {
  std::vector<std::string> found;
  for (const SeenFile& file : files) found.push_back(file.path);
  return found;
}

SeenFile file_at(std::int64_t second, std::uint64_t size = 100) {
  return {.path = "a.csv", .size = size, .mtime_ns = second * kSecond, .inode = 7};
}

Poll judge(FileWatch& watch, std::vector<SeenFile> files, std::int64_t now) {
  return watch.judge({.files = std::move(files), .troubles = {}}, from_micros(now * 1'000'000));
}

TEST(FileWatch, TakesAFileThatIsUnchangedBetweenTwoPolls) {
  FileWatch watch("*.csv", seconds(10));
  const Poll first = judge(watch, {file_at(1000)}, 1001);
  EXPECT_THAT(first.ready, IsEmpty());
  EXPECT_EQ(first.waiting, 1U);
  EXPECT_THAT(paths(judge(watch, {file_at(1000)}, 1003).ready), ElementsAre("a.csv"));
}

TEST(FileWatch, TakesAFileAtOnceWhenItIsOlderThanTheIntervalAndASecond) {
  FileWatch watch("*.csv", seconds(10));
  EXPECT_THAT(judge(watch, {file_at(1000)}, 1011).ready, IsEmpty());
  FileWatch other("*.csv", seconds(10));
  EXPECT_THAT(paths(judge(other, {file_at(1000)}, 1012).ready), ElementsAre("a.csv"));
}

TEST(FileWatch, WaitsWhileAFileGrows) {
  FileWatch watch("*.csv", seconds(10));
  for (std::int64_t now = 1000; now < 1010; ++now) {
    const auto size = static_cast<std::uint64_t>(now);
    EXPECT_EQ(judge(watch, {file_at(now, size)}, now).waiting, 1U);
  }
  EXPECT_THAT(paths(judge(watch, {file_at(1009, 1009)}, 1011).ready), ElementsAre("a.csv"));
}

TEST(FileWatch, WaitsForAFileThatWasReplacedByOneOfTheSameSizeAndTime) {
  FileWatch watch("*.csv", seconds(10));
  judge(watch, {file_at(1000)}, 1001);
  SeenFile other = file_at(1000);
  other.inode = 8;
  EXPECT_EQ(judge(watch, {other}, 1003).waiting, 1U);
}

TEST(FileWatch, TakesAnEmptyFileOnlyOnceItIsStable) {
  FileWatch watch("*.csv", seconds(10));
  EXPECT_EQ(judge(watch, {file_at(1000, 0)}, 9000).waiting, 1U);
  EXPECT_THAT(paths(judge(watch, {file_at(1000, 0)}, 9010).ready), ElementsAre("a.csv"));
}

TEST(FileWatch, ForgetsAFileThatWentAway) {
  FileWatch watch("*.csv", seconds(10));
  judge(watch, {file_at(1000)}, 1001);
  judge(watch, {}, 1002);
  EXPECT_EQ(judge(watch, {file_at(1000)}, 1003).waiting, 1U);
}

TEST(FileWatch, WaitsForAFileFromTheFuture) {
  FileWatch watch("*.csv", seconds(10));
  EXPECT_EQ(judge(watch, {file_at(5000)}, 1000).waiting, 1U);
  EXPECT_THAT(paths(judge(watch, {file_at(5000)}, 1010).ready), ElementsAre("a.csv"));
}

TEST(SeenFile, HasAVersionOfSizeAndTime) { EXPECT_EQ(file_at(3, 42).version(), "42-3000000000"); }

}  // namespace
}  // namespace leeway::files
