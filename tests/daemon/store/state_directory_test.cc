#include "daemon/store/state_directory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <string>

#include "daemon/store/history.h"
#include "daemon/store/store.h"
#include "tests/daemon/store/database.h"

namespace leeway::store {
namespace {

using testing::HasSubstr;
using tests::must;

namespace fs = std::filesystem;

TEST(StateDirectory, IsForItsOwnerOnly) {
  const tests::TempFolder folder;
  const auto directory = must(StateDirectory::open(folder / "new/state"));
  EXPECT_EQ(fs::status(directory.path()).permissions(), fs::perms::owner_all);
  EXPECT_EQ(fs::status(directory.path() / "references").permissions(), fs::perms::owner_all);
}

TEST(StateDirectory, IsHeldOnce) {
  const tests::TempFolder folder;
  const auto first = must(StateDirectory::open(folder / "state"));
  const auto second = StateDirectory::open(folder / "state");
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(second.error().message,
              HasSubstr("is used by process " + std::to_string(::getpid())));
}

TEST(StateDirectory, CanBeTakenAfterItsHolderIsGone) {
  const tests::TempFolder folder;
  {
    const auto first = must(StateDirectory::open(folder / "state"));
  }
  EXPECT_TRUE(StateDirectory::open(folder / "state"));
}

TEST(StateDirectory, ClosesAnEmptyFolderToOthers) {
  const tests::TempFolder folder;
  fs::create_directory(folder / "state");
  fs::permissions(folder / "state", fs::perms(0755));
  EXPECT_TRUE(StateDirectory::open(folder / "state"));
  EXPECT_EQ(fs::status(folder / "state").permissions(), fs::perms::owner_all);
}

TEST(StateDirectory, LeavesSomebodysHomeAsItIs) {
  const tests::TempFolder folder;
  fs::create_directory(folder / "home");
  fs::permissions(folder / "home", fs::perms(0755));
  std::ofstream(folder / "home/letter") << "dear";
  const auto opened = StateDirectory::open(folder / "home");
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::kInvalidConfig);
  EXPECT_EQ(fs::status(folder / "home").permissions(), fs::perms(0755));
}

TEST(Schema, IsKeptFromALaterVersion) {
  const tests::TempFolder folder;
  {
    const auto store = must(Store::open(folder / "state"));
  }
  const auto connection = must(Connection::open(folder / "state/leeway.db", {}));
  must(connection->script("PRAGMA user_version = 99"));
  const auto opened = Store::open(folder / "state");
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::kInvalidConfig);
  EXPECT_THAT(opened.error().message, HasSubstr("schema 99 of a later Leeway"));
}

TEST(Schema, OfAnEarlierVersionIsBroughtUpToDate) {
  const tests::TempFolder folder;
  {
    const auto store = must(Store::open(folder / "state"));
  }
  {
    const auto connection = must(Connection::open(folder / "state/leeway.db", {}));
    must(connection->script(
        "DROP TABLE schema_change; DROP TABLE live_sample; DROP TABLE event; DROP TABLE "
        "source_state; DROP TABLE scored_row;"
        "ALTER TABLE contribution DROP COLUMN sample;"
        "ALTER TABLE finding DROP COLUMN alpha; ALTER TABLE finding DROP COLUMN shifts;"
        "INSERT INTO finding VALUES ('m', 0, '', 'x', 'psi', 0, 0.3, NULL, 0.25, 0, NULL, NULL, 2, "
        "1, 1, 'moved'); PRAGMA user_version = 2"));
  }
  const auto store = must(Store::open(folder / "state"));
  const auto connection = must(Connection::open(folder / "state/leeway.db", {}));
  const auto found = must(findings(*connection, "m", from_micros(0)));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].note, "moved");
  EXPECT_EQ(found[0].alpha, std::nullopt);
  EXPECT_TRUE(found[0].shifts.empty());
}

TEST(Schema, IsNotPutIntoTheDatabaseOfAnotherProgram) {
  const tests::TempFolder folder;
  {
    const auto directory = must(StateDirectory::open(folder / "state"));
  }
  {
    const auto other = must(Connection::open(folder / "state/leeway.db", {}));
    must(other->script("CREATE TABLE theirs (x)"));
  }
  const auto opened = Store::open(folder / "state");
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::kCorrupt);
}

TEST(Schema, IsTheSameAfterASecondOpening) {
  const tests::TempFolder folder;
  const auto tables = [&] {
    const auto store = must(Store::open(folder / "state"));
    return must(store->read([](Connection& connection) {
      return connection.value<std::string>(
          "SELECT group_concat(sql, ';') FROM (SELECT sql FROM sqlite_schema ORDER BY name)");
    }));
  };
  const auto before = tables();
  EXPECT_THAT(before.value(), HasSubstr("CREATE TABLE contribution"));
  EXPECT_EQ(tables(), before);
}

}  // namespace
}  // namespace leeway::store
