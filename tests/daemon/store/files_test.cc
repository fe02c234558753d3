#include "daemon/store/files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <string>

#include "daemon/store/ids.h"
#include "tests/daemon/store/database.h"

namespace leeway::store {
namespace {

using tests::must;

namespace fs = std::filesystem;

TEST(Files, ReadsBackWhatWasWritten) {
  const tests::TempFolder folder;
  const std::string bytes = std::string(200'000, 'x') + std::string("\0y", 2);
  must(write_durably(folder / "a", bytes));
  must(write_durably(folder / "a", bytes + "2"));
  EXPECT_EQ(must(read_file(folder / "a", 1 << 20)), bytes + "2");
  EXPECT_EQ(std::distance(fs::directory_iterator(folder.path()), {}), 1);
}

TEST(Files, RefusesAFileThatIsTooLong) {
  const tests::TempFolder folder;
  must(write_durably(folder / "a", "12345"));
  EXPECT_TRUE(read_file(folder / "a", 5));
  EXPECT_EQ(read_file(folder / "a", 4).error().code, ErrorCode::kCorrupt);
  EXPECT_EQ(read_file(folder / "b", 4).error().code, ErrorCode::kNotFound);
}

TEST(Files, AdoptsAFileUnderItsNewName) {
  const tests::TempFolder folder;
  fs::create_directory(folder / "scratch");
  std::ofstream(folder / "scratch/a") << "bytes";
  must(adopt_durably(folder / "scratch/a", folder / "b"));
  EXPECT_FALSE(fs::exists(folder / "scratch/a"));
  EXPECT_EQ(must(read_file(folder / "b", 10)), "bytes");
}

TEST(Files, DeletesWhatNoRowNames) {
  const tests::TempFolder folder;
  for (const char* name : {"named", "left over", "half.partial"}) {
    must(write_durably(folder / name, ""));
  }
  EXPECT_EQ(must(delete_unnamed(folder.path(), {"named"})), 2U);
  EXPECT_TRUE(fs::exists(folder / "named"));
  EXPECT_EQ(must(delete_unnamed(folder / "missing", {})), 0U);
}

TEST(Ids, SortByTimeAndDiffer) {
  Random random(1);
  const TimePoint now = tests::at("2001-02-03T04:05:06.789Z");
  const std::string first = new_id(random, now);
  const std::string later = new_id(random, now + std::chrono::milliseconds(1));
  EXPECT_EQ(first.size(), 26U);
  EXPECT_EQ(first.substr(0, 10), "00WHS7JY35");  // as Python says
  EXPECT_LT(first, later);
  std::set<std::string> ids;
  for (int i = 0; i < 1000; ++i) ids.insert(new_id(random, now));
  EXPECT_EQ(ids.size(), 1000U);
}

}  // namespace
}  // namespace leeway::store
