#include "daemon/rules/state.h"

#include <gmock/gmock.h>

#include "samples.h"

namespace leeway::rules {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using tests::condition;
using tests::state;

const TimePoint kStart = std::chrono::sys_days{std::chrono::year{2001} / 2 / 1};

Rule rule(Span hold, Span keep_firing = Duration{0}) {
  return {.name = "r",
          .condition = condition("drift.state == 2"),
          .hold = hold,
          .keep_firing = keep_firing};
}

/// One look: 'T', 'F' or 'U' for what the condition is, a minute after the one before; with '|' in
/// front of it a window has closed in between.
struct Sequence {
  const char* name;
  Span hold;
  Span keep_firing;
  const char* looks;
  const char* want;  ///< a letter a look: '.' nothing, 'O' opened, 'R' resolved
};

std::string played(const Sequence& sequence) {
  const Rule watched = rule(sequence.hold, sequence.keep_firing);
  State now_at;
  Moment moment{.now = kStart, .closed_windows = 7};
  std::string changes;
  for (const char look : std::string_view(sequence.looks)) {
    if (look == '|') {
      ++moment.closed_windows;
      continue;
    }
    moment.now += minutes(1);
    const Truth truth = look == 'T' ? Truth::kTrue : look == 'F' ? Truth::kFalse : Truth::kUnknown;
    const Change change = advance(now_at, watched, {.truth = truth}, moment, std::nullopt);
    changes += change == Change::kOpened ? 'O' : change == Change::kResolved ? 'R' : '.';
    // Whatever happens, a restart at this moment must make no difference.
    const auto again = parse_states(serialize({{"r", now_at}}));
    EXPECT_TRUE(again) << again.error().message;
    now_at = again->empty() ? State{} : again->at("r");
  }
  return changes;
}

const Span kNow = Duration{0};

TEST(State, SequencesOfLooksOpenAndResolveAsTheyShould) {
  const std::vector<Sequence> table{
      {"AtOnce", kNow, kNow, "FTTF", ".O.R"},
      {"FlappingWithoutKeepFiring", kNow, kNow, "TFTF", "OROR"},
      {"UnknownStartsNothing", kNow, kNow, "UUFU", "...."},
      {"UnknownResolvesNothing", kNow, kNow, "TUUUF", "O...R"},
      {"TwoWindows", Windows{2}, kNow, "|T|T|T|F", ".O.R"},
      {"LooksWithinOneWindowCountOnce", Windows{2}, kNow, "|TTTTT|T", ".....O"},
      {"FalseStartsTheCountAnew", Windows{2}, kNow, "|T|F|T|T", "...O"},
      {"UnknownWindowNeitherCountsNorResets", Windows{2}, kNow, "|T|U|U|T", "...O"},
      {"UnknownAloneNeverOpens", Windows{1}, kNow, "|U|U|U", "..."},
      {"OneWindowIsAtOnce", Windows{1}, kNow, "|T", "O"},
      {"ThreeMinutes", minutes(3), kNow, "TTTTT", "...O."},
      {"ClockTimeNeedsTwoLooks", seconds(1), kNow, "TT", ".O"},
      {"TimePassesWhileUnknownButOpensOnlyWhenTrue", minutes(3), kNow, "TUUUUT", ".....O"},
      {"FalseRestartsTheTime", minutes(2), kNow, "TTFTTT", ".....O"},
      {"KeepFiringForWindows", kNow, Windows{2}, "|T|F|T|F|F", "O...R"},
      {"KeepFiringIgnoresLooksInBetween", kNow, Windows{2}, "|T|FFFF|F", "O....R"},
      {"KeepFiringForTime", kNow, minutes(3), "TFFFFF", "O...R."},
      {"UnknownWhileKeepingCountsNothing", kNow, Windows{2}, "|T|F|U|U|F", "O...R"},
      {"FlappingUnderKeepFiringIsOneIncident", kNow, minutes(3), "TFTFTFFTFFFF", "O..........R"}};
  for (const Sequence& row : table) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(played(row), row.want);
  }
}

TEST(State, LooksAtOneObservationAreOneForATimeByTheClock) {
  const Rule watched = rule(minutes(1));
  State now_at;
  Fact down{.path = "endpoint.up", .value = 0.0, .observed_at = kStart};
  std::string changes;
  const auto look = [&](seconds after) {
    const Moment moment{.now = kStart + after, .closed_windows = 0};
    const Change change =
        advance(now_at, watched, {.truth = Truth::kTrue, .matching = {down}}, moment, std::nullopt);
    changes += change == Change::kOpened ? 'O' : '.';
    const auto again = parse_states(serialize({{"r", now_at}}));
    ASSERT_TRUE(again) << again.error().message;
    now_at = again->at("r");  // as a restart would
  };
  look(seconds(0));
  look(seconds(70));
  look(seconds(140));
  EXPECT_EQ(changes, "...");  // the endpoint was probed once
  down.observed_at = kStart + seconds(150);
  look(seconds(151));
  EXPECT_EQ(changes, "...O");
}

TEST(State, OpensNoEarlierAfterTheClockJumpedBack) {
  const Rule watched = rule(minutes(10));
  State now_at;
  const Evaluation holds{.truth = Truth::kTrue};
  advance(now_at, watched, holds, {.now = kStart + hours(5)}, {});
  EXPECT_EQ(advance(now_at, watched, holds, {.now = kStart}, {}), Change::kNone);
  EXPECT_EQ(advance(now_at, watched, holds, {.now = kStart + minutes(9)}, {}), Change::kNone);
  EXPECT_EQ(advance(now_at, watched, holds, {.now = kStart + minutes(10)}, {}), Change::kOpened);
}

TEST(State, AnotherConditionStartsTheCountAnew) {
  State now_at;
  const Evaluation holds{.truth = Truth::kTrue};
  advance(now_at, rule(Windows{2}), holds, {.now = kStart, .closed_windows = 1}, {});
  Rule changed = rule(Windows{2});
  changed.condition = condition("drift.state >= 1");
  EXPECT_EQ(advance(now_at, changed, holds, {.now = kStart, .closed_windows = 2}, {}),
            Change::kNone);
  EXPECT_EQ(advance(now_at, changed, holds, {.now = kStart, .closed_windows = 3}, {}),
            Change::kOpened);
}

TEST(State, AnotherConditionLeavesAnIncidentOpen) {
  State now_at;
  advance(now_at, rule(Duration{0}), {.truth = Truth::kTrue}, {.now = kStart}, {});
  Rule changed = rule(Duration{0});
  changed.condition = condition("drift.state >= 1");
  EXPECT_EQ(advance(now_at, changed, {.truth = Truth::kUnknown}, {.now = kStart + hours(1)}, {}),
            Change::kNone);
  EXPECT_TRUE(now_at.is_open());
  EXPECT_EQ(now_at.opened, kStart);
}

TEST(State, RemembersWhenItBeganAndWhatHeldItUp) {
  State now_at;
  const EventSpan window{kStart - hours(24), kStart};
  const Fact a = state("a", Verdict::kCritical);
  advance(now_at, rule(Windows{2}), {.truth = Truth::kTrue, .matching = {a}},
          {.now = kStart, .closed_windows = 1}, window);
  const Fact b = state("b", Verdict::kCritical);
  advance(now_at, rule(Windows{2}), {.truth = Truth::kTrue, .matching = {b}},
          {.now = kStart + hours(24), .closed_windows = 2}, EventSpan{kStart, kStart + hours(24)});
  EXPECT_EQ(now_at.phase, State::Phase::kFiring);
  EXPECT_EQ(now_at.since, kStart);
  EXPECT_EQ(now_at.opened, kStart + hours(24));
  EXPECT_EQ(now_at.opened_window, 2U);
  EXPECT_EQ(now_at.first_window, window);
  EXPECT_THAT(now_at.held, ::testing::ElementsAre(b.key()));
}

State full_state() {
  return {.phase = State::Phase::kKeeping,
          .streak = {.since = kStart, .observations = 3, .windows = 2, .last_window = 1ULL << 60U},
          .since = kStart - hours(1),
          .opened = kStart - minutes(30),
          .opened_window = 12,
          .first_window = EventSpan{kStart - hours(24), kStart},
          .severity = Severity::kCritical,
          .held = {"drift.psi{column=\"a\\\"b\"}", "drift.share"},
          .condition = "drift.share > 0.3"};
}

TEST(SavedStates, ComeBackAsTheyWere) {
  const States states{{"full", full_state()},
                      {"pending", {.phase = State::Phase::kPending, .condition = "x"}}};
  const auto again = parse_states(serialize(states));
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(*again, states);
}

TEST(SavedStates, LeaveOutRulesThatRest) {
  EXPECT_EQ(serialize({{"resting", State{}}}), R"({"version":1,"rules":{}})");
}

TEST(SavedStates, OfTheFirstVersionStillLoad) {
  // Written by version 1; this text must never change.
  const char* saved =
      R"({"version":1,"rules":{"column_drifted":{"phase":"firing","streak":{"since":980985600000000,)"
      R"("observations":2,"windows":2,"last_window":31},"since":980985600000000,)"
      R"("opened":981072000000000,"opened_window":32,"severity":"warning",)"
      R"("held":["drift.state{column=\"delay\",role=\"feature\"}"],)"
      R"("condition":"drift.state{role=feature} == 2",)"
      R"("first_window":[980899200000000,980985600000000]}}})";
  const auto states = parse_states(saved);
  ASSERT_TRUE(states) << states.error().message;
  const State& one = states->at("column_drifted");
  EXPECT_EQ(one.phase, State::Phase::kFiring);
  EXPECT_EQ(to_rfc3339(one.opened), "2001-02-02T00:00:00Z");
  EXPECT_EQ(one.opened_window, 32U);
  EXPECT_EQ(one.first_window->end, one.since);
  EXPECT_EQ(serialize(*states), saved);
}

TEST(SavedStates, ThatMakeNoSenseAreCorrupt) {
  for (const char* text :
       {"", "{", "[]", "null", R"({"version":2,"rules":{}})", R"({"rules":{}})", R"({"version":1})",
        R"({"version":1,"rules":{"r":{}}})", R"({"version":1,"rules":{"r":{"phase":"resting"}}})",
        R"({"version":"1","rules":{}})", R"({"version":1,"rules":{}} x)"}) {
    const auto states = parse_states(text);
    ASSERT_FALSE(states) << text;
    EXPECT_EQ(states.error().code, ErrorCode::kCorrupt) << text;
  }
}

TEST(SavedStates, DamagedAnywhereAreReadOrRefusedAndNothingElse) {
  const std::string saved = serialize({{"full", full_state()}});
  for (std::size_t i = 0; i < saved.size(); ++i) {
    std::string damaged = saved;
    damaged[i] = static_cast<char>(damaged[i] ^ 1);
    if (const auto states = parse_states(damaged)) {
      EXPECT_EQ(parse_states(serialize(*states)), *states) << damaged;
    }
  }
}

}  // namespace
}  // namespace leeway::rules
