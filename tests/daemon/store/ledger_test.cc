#include "daemon/store/ledger.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/daemon/store/database.h"

namespace leeway::store {
namespace {

using testing::ElementsAre;
using testing::Field;
using testing::IsEmpty;
using tests::at;
using tests::must;

const TimePoint kMonday = at("2001-01-01");
const TimePoint kTuesday = at("2001-01-02");
const TimePoint kWednesday = at("2001-01-03");

Source source_of(std::string name, std::string version) {
  return {.model = "m",
          .name = std::move(name),
          .version = std::move(version),
          .status = SourceStatus::kTaken,
          .reason = "",
          .rows = 10,
          .seen_at = kWednesday};
}

Contribution part(TimePoint pane, std::string profile, std::string segment = "") {
  return {.source = "",
          .pane_start = pane,
          .segment = std::move(segment),
          .schema_id = 7,
          .rows = profile.size(),
          .profile = profile,
          .extract = ""};
}

Result<std::string> concatenate(std::span<const std::string> profiles) {
  std::string all;
  for (const auto& one : profiles) all += one;
  return all;
}

class Ledger : public testing::Test {
 protected:
  Replacement take(const std::string& name, const std::string& version,
                   const std::vector<Contribution>& parts) {
    return must(replace_contributions(*database_, source_of(name, version), parts));
  }

  /// The profiles of a pane in the order in which they are merged.
  std::vector<std::string> profiles(TimePoint pane, std::optional<std::string> segment = "") {
    const PaneRange range{.begin = pane, .end = pane + Duration{1}, .segment = std::move(segment)};
    std::vector<std::string> found;
    for (auto& one : must(contributions(*database_, "m", range))) found.push_back(one.profile);
    return found;
  }

  Compaction compact_before(TimePoint before, std::size_t limit = 100) {
    return must(compact(*database_, "m", before, limit, concatenate));
  }

  tests::Database database_;
};

TEST_F(Ledger, MergesSourcesInTheOrderOfTheirNames) {
  take("c.csv", "1", {part(kMonday, "C")});
  take("a.csv", "1", {part(kMonday, "A"), part(kTuesday, "A2")});
  take("b.csv", "1", {part(kMonday, "B")});
  EXPECT_THAT(profiles(kMonday), ElementsAre("A", "B", "C"));
  EXPECT_THAT(profiles(kTuesday), ElementsAre("A2"));
}

TEST_F(Ledger, CountsTheSameVersionOnce) {
  EXPECT_EQ(take("a.csv", "1", {part(kMonday, "A")}).taken, Taken::kReplaced);
  EXPECT_EQ(take("a.csv", "1", {part(kMonday, "other")}).taken, Taken::kUnchanged);
  EXPECT_THAT(profiles(kMonday), ElementsAre("A"));
}

TEST_F(Ledger, ReplacesTheRowsOfAChangedSourceWhole) {
  take("a.csv", "1", {part(kMonday, "A"), part(kTuesday, "A")});
  const auto replaced = take("a.csv", "2", {part(kTuesday, "new")});
  EXPECT_EQ(replaced.taken, Taken::kReplaced);
  EXPECT_THAT(replaced.before, ElementsAre(Field(&Contribution::pane_start, kMonday),
                                           Field(&Contribution::pane_start, kTuesday)));
  EXPECT_THAT(profiles(kMonday), IsEmpty());
  EXPECT_THAT(profiles(kTuesday), ElementsAre("new"));
}

TEST_F(Ledger, KeepsSegmentsAndModelsApart) {
  take("a.csv", "1", {part(kMonday, "all"), part(kMonday, "jfk", "JFK")});
  auto other = source_of("a.csv", "1");
  other.model = "other";
  const std::vector<Contribution> theirs{part(kMonday, "theirs")};
  must(replace_contributions(*database_, other, theirs));
  EXPECT_THAT(profiles(kMonday), ElementsAre("all"));
  EXPECT_THAT(profiles(kMonday, "JFK"), ElementsAre("jfk"));
  EXPECT_THAT(profiles(kMonday, std::nullopt), ElementsAre("all", "jfk"));
}

TEST_F(Ledger, NamesTheExtractsThatNobodyNeedsAnyMore) {
  auto first = part(kMonday, "A");
  first.extract = "one.parquet";
  auto second = part(kTuesday, "A");
  second.extract = "two.parquet";
  first.sample = "one.sample";
  second.sample = "two.sample";
  take("a.csv", "1", {first, second});
  EXPECT_THAT(must(extracts(*database_)),
              ElementsAre("one.parquet", "one.sample", "two.parquet", "two.sample"));
  EXPECT_THAT(take("a.csv", "2", {second}).extracts, ElementsAre("one.parquet", "one.sample"));
  EXPECT_THAT(compact_before(kWednesday).extracts, ElementsAre("two.parquet", "two.sample"));
}

TEST_F(Ledger, QuarantinesAVersionWithoutTouchingWhatWasTaken) {
  take("a.csv", "1", {part(kMonday, "A")});
  auto broken = source_of("a.csv", "2");
  broken.status = SourceStatus::kQuarantined;
  broken.reason = "no Parquet file";
  must(save_source(*database_, broken));
  EXPECT_EQ(must(source(*database_, "m", "a.csv")), broken);
  EXPECT_THAT(must(sources(*database_, "m", SourceStatus::kTaken)), IsEmpty());
  EXPECT_THAT(profiles(kMonday), ElementsAre("A"));
  EXPECT_EQ(take("a.csv", "2", {part(kMonday, "A")}).taken, Taken::kUnchanged);
  EXPECT_EQ(take("a.csv", "3", {part(kMonday, "mended")}).taken, Taken::kReplaced);
}

TEST_F(Ledger, CompactsPanesIntoOneRowEach) {
  take("a.csv", "1", {part(kMonday, "A"), part(kTuesday, "A")});
  take("b.csv", "1", {part(kMonday, "B"), part(kMonday, "Bjfk", "JFK")});
  EXPECT_EQ(compact_before(kTuesday).panes, 1U);
  EXPECT_THAT(profiles(kMonday), ElementsAre("AB"));
  EXPECT_THAT(profiles(kMonday, "JFK"), ElementsAre("Bjfk"));
  EXPECT_THAT(profiles(kTuesday), ElementsAre("A"));
  EXPECT_EQ(compact_before(kTuesday).panes, 0U);
  const auto rows = must(panes(*database_, "m", {kMonday, kWednesday, std::nullopt}));
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].rows, 2U);
  EXPECT_EQ(rows[0].sources, 0U);
  EXPECT_EQ(rows[1].sources, 1U);
}

TEST_F(Ledger, CompactsAFewPanesAtATime) {
  take("a.csv", "1", {part(kMonday, "A"), part(kTuesday, "A")});
  EXPECT_EQ(compact_before(kWednesday, 1).panes, 1U);
  EXPECT_EQ(compact_before(kWednesday, 1).panes, 1U);
  EXPECT_EQ(compact_before(kWednesday, 1).panes, 0U);
}

TEST_F(Ledger, KeepsProfilesOfDifferentSchemasApartWhenItCompacts) {
  auto retyped = part(kMonday, "new schema");
  retyped.schema_id = 8;
  take("a.csv", "1", {part(kMonday, "A")});
  take("b.csv", "1", {retyped});
  compact_before(kTuesday);
  EXPECT_THAT(profiles(kMonday), ElementsAre("A", "new schema"));
}

TEST_F(Ledger, RefusesAChangeOfWhatWasCompacted) {
  take("a.csv", "1", {part(kMonday, "A"), part(kTuesday, "A")});
  compact_before(kTuesday);
  const auto changed = take("a.csv", "2", {part(kMonday, "more"), part(kTuesday, "changed")});
  EXPECT_EQ(changed.taken, Taken::kPartly);
  EXPECT_THAT(changed.settled, ElementsAre(SettledPane{.start = kMonday, .rows = 1, .given = 4}));
  EXPECT_EQ(must(source(*database_, "m", "a.csv"))->status, SourceStatus::kRefused);
  EXPECT_EQ(take("a.csv", "2", {part(kTuesday, "changed")}).taken, Taken::kUnchanged);
  EXPECT_THAT(profiles(kMonday), ElementsAre("A"));
  EXPECT_THAT(profiles(kTuesday), ElementsAre("changed"));
}

TEST_F(Ledger, TakesWhatAGrowingFileAddsToItsSettledPast) {
  take("a.csv", "1", {part(kMonday, "A"), part(kTuesday, "B")});
  compact_before(kTuesday);
  const auto grown =
      take("a.csv", "2", {part(kMonday, "A"), part(kTuesday, "BB"), part(kWednesday, "C")});
  EXPECT_EQ(grown.taken, Taken::kReplaced);
  EXPECT_EQ(must(source(*database_, "m", "a.csv"))->status, SourceStatus::kTaken);
  EXPECT_THAT(profiles(kMonday), ElementsAre("A"));
  EXPECT_THAT(profiles(kTuesday), ElementsAre("BB"));
  EXPECT_THAT(profiles(kWednesday), ElementsAre("C"));
}

TEST_F(Ledger, LeavesSettledPanesAloneBeforeTheyAreCompacted) {
  take("a.csv", "1", {part(kMonday, "A"), part(kTuesday, "A")});
  const std::vector<Contribution> parts{part(kTuesday, "new")};
  const auto changed =
      must(replace_contributions(*database_, source_of("a.csv", "2"), parts, kTuesday));
  EXPECT_EQ(changed.taken, Taken::kPartly);
  EXPECT_THAT(profiles(kMonday), ElementsAre("A"));
  EXPECT_THAT(profiles(kTuesday), ElementsAre("new"));
}

TEST_F(Ledger, TellsTheRowsOfANewSourceThatComeTooLate) {
  const std::vector<Contribution> parts{part(kMonday, "late"), part(kTuesday, "in time")};
  const auto taken =
      must(replace_contributions(*database_, source_of("a.csv", "1"), parts, kTuesday));
  EXPECT_EQ(taken.taken, Taken::kReplaced);
  EXPECT_THAT(taken.settled, ElementsAre(SettledPane{.start = kMonday, .rows = 0, .given = 4}));
  EXPECT_THAT(profiles(kMonday), IsEmpty());
  EXPECT_THAT(profiles(kTuesday), ElementsAre("in time"));
}

TEST_F(Ledger, AddsANewSourceToACompactedPaneOnce) {
  take("a.csv", "1", {part(kMonday, "A")});
  compact_before(kTuesday);
  take("late.csv", "1", {part(kMonday, "L")});
  EXPECT_THAT(profiles(kMonday), ElementsAre("A", "L"));
  EXPECT_EQ(compact_before(kTuesday).panes, 1U);
  EXPECT_THAT(profiles(kMonday), ElementsAre("AL"));
}

TEST_F(Ledger, KeepsAnExtractThatAnotherPaneStillNames) {
  auto monday = part(kMonday, "A");
  auto tuesday = part(kTuesday, "A");
  monday.extract = tuesday.extract = "both.parquet";
  take("a.csv", "1", {monday, tuesday});
  EXPECT_THAT(compact_before(kTuesday).extracts, IsEmpty());
  EXPECT_THAT(compact_before(kWednesday).extracts, ElementsAre("both.parquet"));
}

TEST_F(Ledger, SaysWhichPaneCouldNotBeCompacted) {
  take("a.csv", "1", {part(kMonday, "A")});
  const MergeProfiles broken = [](std::span<const std::string>) -> Result<std::string> {
    return fail(ErrorCode::kCorrupt, "checksum differs");
  };
  const auto done = compact(*database_, "m", kTuesday, 10, broken);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().message, "compacting the pane of 2001-01-01T00:00:00Z: checksum differs");
}

TEST_F(Ledger, ForgetsOldSourcesThatAreGone) {
  take("gone.csv", "1", {});
  take("there.csv", "1", {});
  EXPECT_EQ(must(forget_sources(*database_, "m", kWednesday, {})), 0U);
  EXPECT_EQ(must(forget_sources(*database_, "m", kWednesday + Duration{1}, {"there.csv"})), 1U);
  EXPECT_THAT(must(sources(*database_, "m")), ElementsAre(Field(&Source::name, "there.csv")));
}

}  // namespace
}  // namespace leeway::store
