#include "daemon/log/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <thread>
#include <vector>

#include "daemon/log/line.h"

namespace leeway::log {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> texts(const std::vector<Repeats::Line>& lines) {
  std::vector<std::string> out;
  for (const auto& line : lines) out.push_back(line.text);
  return out;
}

/// Collects the lines of the process's log while it lives.
class Capture {
 public:
  Capture() {
    set_output([this](Level, std::string_view line) { lines.emplace_back(line); });
  }
  ~Capture() {
    set_output({});
    set_level(Level::kInfo);
  }
  Capture(const Capture&) = delete;
  Capture& operator=(const Capture&) = delete;

  std::vector<std::string> lines;
};

TEST(LogLine, ReadsAsAnEventAndItsFields) {
  EXPECT_EQ(make_line("window judged",
                      {{"model", "credit"}, {"value", 0.31}, {"rows", 50000U}, {"late", -2}}),
            "window judged model=credit value=0.31 rows=50000 late=-2");
}

TEST(LogLine, KnowsDurationsTimesAndTruth) {
  EXPECT_EQ(
      make_line("polled", {{"every", Duration(seconds(90))}, {"at", from_micros(0)}, {"ok", true}}),
      "polled every=1m30s at=1970-01-01T00:00:00Z ok=true");
}

TEST(LogLine, QuotesValuesThatCouldBeMisread) {
  EXPECT_EQ(make_line("e", {{"a", "two words"}, {"b", ""}, {"c", "x=1"}, {"d", "say \"no\""}}),
            R"(e a="two words" b="" c="x=1" d="say \"no\"")");
}

TEST(LogLine, StaysOneLineWhateverAFileIsCalled) {
  EXPECT_EQ(make_line("e", {{"file", "a\nb\x1b[2J\\"}}), R"(e file="a\nb\x1b[2J\\")");
}

TEST(LogLine, LeavesLettersOfOtherAlphabetsAlone) {
  EXPECT_EQ(make_line("e", {{"column", "größe"}}), "e column=größe");
}

TEST(LogLine, IsCutWithoutSplittingALetter) {
  std::string umlauts;
  for (int i = 0; i < 6000; ++i) umlauts += "ä";
  const std::string line = make_line("e", {{"x", umlauts}});
  EXPECT_LE(line.size(), 8192U);
  EXPECT_TRUE(line.ends_with("ä..."));
}

TEST(LogLine, WritesNumbersSoThatTheyReadBackEqual) {
  EXPECT_EQ(make_line("e", {{"x", 0.1}, {"inf", std::numeric_limits<double>::infinity()}}),
            "e x=0.1 inf=inf");
}

TEST(Journal, IsRecognizedByItsStreamAndNotByTheVariableAlone) {
  EXPECT_TRUE(names_stream("9:1234", 9, 1234));
  EXPECT_FALSE(names_stream("9:1234", 9, 1235));
  EXPECT_FALSE(names_stream("", 0, 0));
}

TEST(Repeats, WritesALineOnceAndItsCountWhenThePeriodIsOver) {
  Repeats repeats(seconds(60), 8);
  EXPECT_THAT(texts(repeats.add(Level::kWarn, "disk full", seconds(0))), ElementsAre("disk full"));
  EXPECT_THAT(repeats.add(Level::kWarn, "disk full", seconds(1)), IsEmpty());
  EXPECT_THAT(repeats.add(Level::kWarn, "disk full", seconds(59)), IsEmpty());
  EXPECT_THAT(texts(repeats.add(Level::kWarn, "disk full", seconds(60))),
              ElementsAre("disk full repeats=2", "disk full"));
}

TEST(Repeats, WritesACountThatIsDueBeforeAnUnrelatedLine) {
  Repeats repeats(seconds(60), 8);
  repeats.add(Level::kWarn, "a", seconds(0));
  repeats.add(Level::kWarn, "a", seconds(1));
  const auto lines = repeats.add(Level::kInfo, "b", seconds(61));
  EXPECT_THAT(texts(lines), ElementsAre("a repeats=1", "b"));
  EXPECT_EQ(lines[0].level, Level::kWarn);
}

TEST(Repeats, RemembersABoundedNumberOfLinesAndLosesNoCount) {
  Repeats repeats(seconds(60), 2);
  repeats.add(Level::kInfo, "a", seconds(0));
  repeats.add(Level::kInfo, "a", seconds(0));
  repeats.add(Level::kInfo, "b", seconds(0));
  EXPECT_THAT(texts(repeats.add(Level::kInfo, "c", seconds(0))), ElementsAre("a repeats=1", "c"));
  EXPECT_THAT(texts(repeats.add(Level::kInfo, "a", seconds(0))), ElementsAre("a"));
}

TEST(Repeats, FlushesOpenCounts) {
  Repeats repeats(seconds(60), 8);
  repeats.add(Level::kInfo, "a", seconds(0));
  repeats.add(Level::kInfo, "a", seconds(0));
  EXPECT_THAT(texts(repeats.flush()), ElementsAre("a repeats=1"));
  EXPECT_THAT(repeats.flush(), IsEmpty());
}

TEST(Log, WritesNothingBelowItsLevel) {
  Capture capture;
  debug("below");
  info("at");
  set_level(Level::kError);
  warn("below again");
  error("above");
  EXPECT_THAT(capture.lines, ElementsAre("at", "above"));
}

TEST(Log, WritesTheCountOfARepeatedLineAtTheEnd) {
  Capture capture;
  for (int i = 0; i < 42; ++i) warn("target refused", {{"status", 503}});
  flush();
  EXPECT_THAT(capture.lines,
              ElementsAre("target refused status=503", "target refused status=503 repeats=41"));
}

TEST(Log, TakesLinesFromManyThreadsWhole) {
  Capture capture;
  std::vector<std::jthread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([t] {
      for (int i = 0; i < 50; ++i) info("line", {{"thread", t}, {"number", i}});
    });
  }
  threads.clear();
  EXPECT_EQ(capture.lines.size(), 200U);
  for (const auto& line : capture.lines)
    EXPECT_THAT(line, testing::MatchesRegex("line thread=[0-3] number=[0-9]+"));
}

TEST(Log, KnowsItsLevelsByName) {
  EXPECT_EQ(parse_level("warn"), Level::kWarn);
  EXPECT_EQ(parse_level("verbose"), std::nullopt);
}

}  // namespace
}  // namespace leeway::log
