#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "collectors/files/file_watch.h"
#include "tests/support/process.h"

namespace leeway::files {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::IsEmpty;

class ListFiles : public testing::Test {
 protected:
  void put(const std::string& name, std::string_view text = "x") const {
    folder_.write(name, text);
  }

  /// Paths below the folder.
  std::vector<std::string> names(const std::string& pattern, std::size_t most = 1000) const {
    std::vector<std::string> found;
    for (const SeenFile& file : list_files((folder_.path() / pattern).string(), most).files) {
      found.push_back(fs::path(file.path).lexically_relative(folder_.path()).string());
    }
    return found;
  }

  tests::TemporaryFolder folder_;
};

TEST_F(ListFiles, FindsWhatAGlobNamesSortedByPath) {
  put("b.csv");
  put("a.csv");
  put("a.parquet");
  put("deep/c.csv");
  EXPECT_THAT(names("*.csv"), ElementsAre("a.csv", "b.csv"));
  EXPECT_THAT(names("[ab].*"), ElementsAre("a.csv", "a.parquet", "b.csv"));
  EXPECT_THAT(names("d*/?.csv"), ElementsAre("deep/c.csv"));
}

TEST_F(ListFiles, FindsFilesAtAnyDepth) {
  put("a.csv");
  put("x/b.csv");
  put("x/y/z/c.csv");
  put("x/y/z/c.txt");
  EXPECT_THAT(names("**/*.csv"), ElementsAre("a.csv", "x/b.csv", "x/y/z/c.csv"));
  EXPECT_THAT(names("x/**"), ElementsAre("x/b.csv", "x/y/z/c.csv", "x/y/z/c.txt"));
  EXPECT_THAT(names("**/z/*.csv"), ElementsAre("x/y/z/c.csv"));
}

TEST_F(ListFiles, DoesNotFollowLinksInCircles) {
  put("x/a.csv");
  fs::create_directory_symlink(folder_.path(), folder_.path() / "x" / "back");
  EXPECT_THAT(names("**/*.csv"), ElementsAre("x/a.csv"));
}

TEST_F(ListFiles, LeavesOutWhatWritersHaveNotFinished) {
  for (const char* name : {"a.csv.tmp", "a.csv.part", "a.csv.crdownload", ".a.csv", "_SUCCESS",
                           "part_SUCCESS", "a.csv~", "ok.csv"}) {
    put(name);
  }
  EXPECT_THAT(names("*"), ElementsAre("ok.csv"));
}

TEST_F(ListFiles, TakesAFolderForItsFiles) {
  put("in/a.csv");
  put("in/deep/b.csv");
  EXPECT_THAT(names("in"), ElementsAre("in/a.csv"));
}

TEST_F(ListFiles, TakesAPathAsItIsWritten) {
  put("odd.tmp", "four");
  const Listing listing = list_files((folder_.path() / "odd.tmp").string());
  ASSERT_EQ(listing.files.size(), 1U);
  EXPECT_EQ(listing.files[0].size, 4U);
  EXPECT_GT(listing.files[0].mtime_ns, 0);
}

TEST_F(ListFiles, TakesANameThatLooksLikeAGlobForANameIfItExists) {
  put("a[1].csv");
  put("a1.csv");
  EXPECT_THAT(names("a[1].csv"), ElementsAre("a[1].csv"));
}

TEST_F(ListFiles, LeavesOutWhatIsNoRegularFile) {
  ASSERT_EQ(::mkfifo((folder_.path() / "pipe.csv").c_str(), 0600), 0);
  fs::create_directory(folder_.path() / "folder.csv");
  EXPECT_THAT(names("*.csv"), IsEmpty());
}

TEST_F(ListFiles, SaysThatAPathDoesNotExist) {
  const Listing listing = list_files((folder_.path() / "none.csv").string());
  ASSERT_EQ(listing.troubles.size(), 1U);
  EXPECT_EQ(listing.troubles[0].error.code, ErrorCode::kNotFound);
  EXPECT_EQ(list_files((folder_.path() / "none" / "*.csv").string()).troubles.size(), 1U);
}

TEST_F(ListFiles, SaysNothingOfAGlobWithoutAMatch) {
  const Listing listing = list_files((folder_.path() / "*.csv").string());
  EXPECT_THAT(listing.files, IsEmpty());
  EXPECT_THAT(listing.troubles, IsEmpty());
}

TEST_F(ListFiles, SaysWhichFolderMayNotBeRead) {
  put("open/a.csv");
  put("closed/b.csv");
  if (::geteuid() == 0) GTEST_SKIP() << "root may read every folder";
  fs::permissions(folder_.path() / "closed", fs::perms::none);
  const Listing listing = list_files((folder_.path() / "*" / "*.csv").string());
  fs::permissions(folder_.path() / "closed", fs::perms::owner_all);
  EXPECT_EQ(listing.files.size(), 1U);
  ASSERT_EQ(listing.troubles.size(), 1U);
  EXPECT_EQ(listing.troubles[0].error.code, ErrorCode::kUnavailable);
}

TEST_F(ListFiles, StopsAtTheMostFilesAndSaysSo) {
  for (int i = 0; i < 5; ++i) put(std::to_string(i) + ".csv");
  const Listing listing = list_files((folder_.path() / "*.csv").string(), 3);
  EXPECT_EQ(listing.files.size(), 3U);
  EXPECT_EQ(listing.troubles.size(), 1U);
}

}  // namespace
}  // namespace leeway::files
