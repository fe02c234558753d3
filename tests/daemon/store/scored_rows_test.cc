#include "daemon/store/scored_rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/store/live.h"
#include "tests/daemon/store/database.h"

namespace leeway::store {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;
using tests::at;
using tests::Database;
using tests::must;

constexpr std::uint64_t kLarge = 0x8000'0000'0000'0001U;

ScoredRow row(std::uint64_t key, TimePoint time, std::string id) {
  return {.key = key, .at = time, .id = std::move(id), .answers = "{}", .inputs = "{\"a\":1}"};
}

/// As it is read: without what was sent.
ScoredRow shown(ScoredRow row) {
  row.inputs.clear();
  return row;
}

class ScoredRows : public testing::Test {
 protected:
  ScoredRows() {
    must(add_scored_rows(
        *database_, "m", "canary",
        std::vector{row(kLarge, at("2001-01-01"), "a"), row(2, at("2001-01-02"), "b")}));
    must(add_scored_rows(*database_, "m", "shadow", std::vector{row(2, at("2001-01-03"), "b")}));
  }
  std::vector<ScoredRow> canary(bool labelled = false) {
    return must(scored_rows(*database_, {.model = "m", .source = "canary", .labelled = labelled}));
  }

  Database database_;
};

TEST_F(ScoredRows, ComeBackNewestFirstWithinTheirSpan) {
  EXPECT_THAT(canary(), ElementsAre(shown(row(2, at("2001-01-02"), "b")),
                                    shown(row(kLarge, at("2001-01-01"), "a"))));
  EXPECT_THAT(
      must(scored_rows(*database_, {.model = "m", .source = "canary", .from = at("2001-01-02")})),
      ElementsAre(shown(row(2, at("2001-01-02"), "b"))));
  EXPECT_EQ(must(last_scored(*database_, "m", "canary")), at("2001-01-02"));
  EXPECT_EQ(must(last_scored(*database_, "other", "canary")), std::nullopt);
}

TEST_F(ScoredRows, StayAsTheyWereKeptFirst) {
  EXPECT_EQ(
      must(add_scored_rows(*database_, "m", "canary", std::vector{row(2, at("2001-01-09"), "z")})),
      0U);
  EXPECT_EQ(canary().front().id, "b");
  EXPECT_THAT(must(kept_keys(*database_, "m", "canary", std::vector{kLarge, std::uint64_t{7}})),
              UnorderedElementsAre(kLarge));
}

TEST_F(ScoredRows, GetTheFirstLabelOfTheirIdWhoeverAsked) {
  EXPECT_THAT(must(unlabelled_ids(*database_, "m", 10)), ElementsAre("b", "a"));
  EXPECT_EQ(must(set_label(*database_, "m", "b", "yes")), 2U);
  EXPECT_EQ(must(set_label(*database_, "m", "b", "no")), 0U);
  EXPECT_THAT(must(unlabelled_ids(*database_, "m", 10)), ElementsAre("a"));
  ASSERT_EQ(canary(true).size(), 1U);
  EXPECT_EQ(canary(true).front().label, "yes");
}

TEST_F(ScoredRows, EndWithTheirTimeAndAboveTheirNumber) {
  EXPECT_EQ(must(prune_scored_rows(*database_, "m", "canary", at("2001-01-02"), 10)), 1U);
  EXPECT_EQ(must(prune_scored_rows(*database_, "m", "canary", at("2001-01-01"), 0)), 1U);
  EXPECT_THAT(canary(), IsEmpty());
  EXPECT_EQ(must(prune_live(*database_, at("2001-02-01"), 10)), 1U);  // nobody asks any more
}

}  // namespace
}  // namespace leeway::store
