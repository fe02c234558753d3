#include "daemon/rules/evaluate.h"

#include <gmock/gmock.h>

#include "samples.h"

namespace leeway::rules {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using tests::condition;
using tests::fact;
using tests::facts_of;
using tests::RandomExpressions;
using tests::state;

constexpr Truth kF = Truth::kFalse;
constexpr Truth kU = Truth::kUnknown;
constexpr Truth kT = Truth::kTrue;

/// Columns t, u and f: `drift.state{column=t} == 2` is true, of u unknown, of f false.
Facts one_of_each() {
  return facts_of(
      {state("t", Verdict::kCritical), state("u", Verdict::kTooFew), state("f", Verdict::kOk)});
}

Expression is(Truth truth) {
  const std::string column = truth == kT ? "t" : truth == kU ? "u" : "f";
  return condition("drift.state{column=" + column + "} == 2");
}

Truth truth(const Expression& expression) { return evaluate(expression, one_of_each()).truth; }
Truth truth(std::string_view text, const Facts& facts) {
  return evaluate(condition(text), facts).truth;
}

TEST(Kleene, AndOrAndNotFollowTheTables) {
  const std::vector<Truth> values{kF, kU, kT};
  const Truth conjunction[3][3] = {{kF, kF, kF}, {kF, kU, kU}, {kF, kU, kT}};
  const Truth disjunction[3][3] = {{kF, kU, kT}, {kU, kU, kT}, {kT, kT, kT}};
  const Truth negation[3] = {kT, kU, kF};
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(truth(is(values[i])), values[i]);
    EXPECT_EQ(truth(Expression::negation(is(values[i]))), negation[i]);
    for (std::size_t j = 0; j < 3; ++j) {
      EXPECT_EQ(truth(Expression::all_of({is(values[i]), is(values[j])})), conjunction[i][j]);
      EXPECT_EQ(truth(Expression::any_of({is(values[i]), is(values[j])})), disjunction[i][j]);
    }
  }
}

TEST(Kleene, DoubleNegationChangesNothing) {
  RandomExpressions random(3);
  for (int i = 0; i < 1000; ++i) {
    const Expression a = random.next(3);
    const Facts facts = random.facts();
    const Expression twice = Expression::negation(Expression::negation(a));
    ASSERT_EQ(evaluate(twice, facts).truth, evaluate(a, facts).truth) << to_string(a);
    ASSERT_EQ(evaluate(twice, facts).matching, evaluate(a, facts).matching) << to_string(a);
  }
}

TEST(Kleene, DeMorganHoldsWithTheUnknown) {
  RandomExpressions random(4);
  for (int i = 0; i < 1000; ++i) {
    const Expression a = random.next(2);
    const Expression b = random.next(2);
    const Facts facts = random.facts();
    const Expression left = Expression::negation(Expression::all_of({a, b}));
    const Expression right = Expression::any_of({Expression::negation(a), Expression::negation(b)});
    ASSERT_EQ(evaluate(left, facts).truth, evaluate(right, facts).truth) << to_string(left);
    ASSERT_EQ(evaluate(left, facts).matching, evaluate(right, facts).matching) << to_string(left);
  }
}

TEST(Kleene, TheFactsThatMatchAreEnoughToMakeItTrue) {
  // With every other fact unknown it must still be true; a share counts all, so none here.
  RandomExpressions random(5);
  int seen = 0;
  for (int i = 0; i < 3000; ++i) {
    const Expression expression = random.next(3);
    const std::string text = to_string(expression);
    if (text.find("share(") != std::string::npos || text.find("all(") != std::string::npos)
      continue;
    if (text.find("not") != std::string::npos) continue;
    const Facts facts = random.facts();
    const Evaluation whole = evaluate(expression, facts);
    if (whole.truth != kT) continue;
    ++seen;
    EXPECT_EQ(evaluate(expression, facts_of(whole.matching)).truth, kT) << text;
  }
  EXPECT_GT(seen, 50);
}

struct Quantified {
  const char* text;
  std::vector<Verdict> columns;
  Truth want;
};

constexpr Verdict kOk = Verdict::kOk;
constexpr Verdict kBad = Verdict::kCritical;
constexpr Verdict kFew = Verdict::kTooFew;

TEST(Kleene, QuantifiersReadSeveralFindings) {
  const std::vector<Quantified> table{{"drift.state == 2", {kOk, kBad}, kT},
                                      {"any(drift.state) == 2", {kOk, kBad}, kT},
                                      {"drift.state == 2", {kFew, kBad}, kT},
                                      {"drift.state == 2", {kFew, kOk}, kU},
                                      {"drift.state == 2", {kOk, kOk}, kF},
                                      {"drift.state == 2", {}, kU},
                                      {"all(drift.state) == 2", {kBad, kBad}, kT},
                                      {"all(drift.state) == 2", {kBad, kFew}, kU},
                                      {"all(drift.state) == 2", {kOk, kFew}, kF},
                                      {"all(drift.state) == 2", {}, kU},
                                      {"share(drift.state) >= 0.5", {kBad, kOk}, kT},
                                      {"share(drift.state) >= 0.5", {kBad, kOk, kOk}, kF},
                                      {"share(drift.state) >= 0.5", {kBad, kOk, kFew, kFew}, kT},
                                      {"share(drift.state) >= 0.5", {kBad, kFew, kFew}, kU},
                                      {"share(drift.state) < 0.5", {}, kU}};
  for (const Quantified& row : table) {
    SCOPED_TRACE(row.text);
    Facts facts;
    for (std::size_t i = 0; i < row.columns.size(); ++i) {
      facts.add(state("c" + std::to_string(i), row.columns[i]));
    }
    EXPECT_EQ(truth(row.text, facts), row.want) << row.text;
  }
}

TEST(Evaluate, ComparesWithTheFactsOwnThreshold) {
  const Facts facts = facts_of({fact("drift.psi", {{"column", "a"}}, 0.3, kOk, 0.4),
                                fact("drift.psi", {{"column", "b"}}, 0.2, kBad, 0.1)});
  const Evaluation seen = evaluate(condition("drift.psi > threshold"), facts);
  EXPECT_EQ(seen.truth, kT);
  ASSERT_EQ(seen.matching.size(), 1U);
  EXPECT_EQ(seen.matching[0].label("column"), "b");
}

TEST(Evaluate, ComparesWithTheFactsOwnBenchmark) {
  Fact own = fact("drift.psi", {}, 0.3);
  own.benchmark = 0.3;
  const Expression at_most(rules::Test{
      .path = "drift.psi", .comparison = Comparison::kLessOrEqual, .operand = Own::kBenchmark});
  EXPECT_EQ(evaluate(at_most, facts_of({own})).truth, kT);
}

TEST(Evaluate, KnowsNothingWithoutAThreshold) {
  EXPECT_EQ(truth("drift.psi > threshold", facts_of({fact("drift.psi", {}, 0.3)})), kU);
}

TEST(Evaluate, ComparesTimesInSeconds) {
  const Facts facts = facts_of({fact("freshness.age", {}, 7200.0)});
  EXPECT_EQ(truth("freshness.age >= 2h", facts), kT);
  EXPECT_EQ(truth("freshness.age > 2h", facts), kF);
}

TEST(Evaluate, EveryComparisonMeansWhatItSays) {
  const Facts facts = facts_of({fact("volume.rows", {}, 5.0)});
  EXPECT_EQ(truth("volume.rows < 5", facts), kF);
  EXPECT_EQ(truth("volume.rows <= 5", facts), kT);
  EXPECT_EQ(truth("volume.rows == 5", facts), kT);
  EXPECT_EQ(truth("volume.rows != 5", facts), kF);
  EXPECT_EQ(truth("volume.rows >= 5", facts), kT);
  EXPECT_EQ(truth("volume.rows > 5", facts), kF);
}

TEST(Evaluate, SelectsByEveryLabelNamed) {
  Fact of_segment = state("delay", kBad);
  of_segment.labels["segment"] = "JFK";
  const Facts facts = facts_of({of_segment, state("delay_by_air", kOk), state("distance", kOk)});
  EXPECT_EQ(truth("drift.state{column=delay*} == 2", facts), kT);
  EXPECT_EQ(truth("drift.state{column=delay*,segment=\"\"} == 2", facts), kF);
  EXPECT_EQ(truth("drift.state{column=d?stance} == 0", facts), kT);
  EXPECT_EQ(truth("drift.state{column=nothing} == 0", facts), kF);
  EXPECT_EQ(truth("drift.state{segment=*} == 2", facts), kT);
}

TEST(Evaluate, NamesEachFactThatMadeItTrueOnce) {
  const auto columns = [](const Evaluation& seen) {
    std::vector<std::string> names;
    for (const Fact& one : seen.matching) names.emplace_back(one.label("column"));
    return names;
  };
  const Facts facts = one_of_each();
  EXPECT_THAT(columns(evaluate(condition("drift.state == 2 or drift.state > 1"), facts)),
              ElementsAre("t"));
  EXPECT_THAT(columns(evaluate(condition("not drift.state{column=f} == 2"), facts)),
              ElementsAre("f"));
  EXPECT_THAT(columns(evaluate(condition("drift.state{column=f} == 2 or drift.state == 2"), facts)),
              ElementsAre("t"));
  EXPECT_THAT(columns(evaluate(condition("drift.state{column=f} == 2"), facts)), IsEmpty());
}

TEST(Evaluate, LeavesOutTheUnknownThatIsNotHeld) {
  const Expression drifted = condition("drift.state == 2");
  const Facts facts = facts_of({state("a", kOk), state("b", kFew)});
  EXPECT_EQ(evaluate(drifted, facts).truth, kU);
  EXPECT_EQ(evaluate(drifted, facts, {}).truth, kF);
  EXPECT_EQ(evaluate(drifted, facts, {state("b", kBad).key()}).truth, kU);
  EXPECT_EQ(evaluate(drifted, facts_of({state("b", kFew)}), {}).truth, kU);
}

TEST(Fact, KeysOfDifferentLabelsDiffer) {
  const Fact tricky = fact("drift.psi", {{"column", "a\",role=\"b"}}, 1.0);
  const Fact plain = fact("drift.psi", {{"column", "a"}, {"role", "b"}}, 1.0);
  EXPECT_NE(tricky.key(), plain.key());
  EXPECT_EQ(plain.key(), R"(drift.psi{column="a",role="b"})");
  EXPECT_EQ(fact("drift.share", {}, 1.0).key(), "drift.share");
}

}  // namespace
}  // namespace leeway::rules
