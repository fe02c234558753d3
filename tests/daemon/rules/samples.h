#pragma once

#include <string>
#include <utility>
#include <vector>

#include "daemon/rules/facts.h"
#include "daemon/rules/parser.h"
#include "detectors/base/random.h"

namespace leeway::rules::tests {

inline Fact fact(std::string path, Labels labels, std::optional<double> value,
                 Verdict verdict = Verdict::kOk, std::optional<double> threshold = {}) {
  return {.path = std::move(path),
          .labels = std::move(labels),
          .value = value,
          .verdict = verdict,
          .threshold = threshold};
}

/// drift.state of a feature; an unknown verdict has no value.
inline Fact state(const std::string& column, Verdict verdict) {
  std::optional<double> value;
  if (!is_unknown(verdict)) value = static_cast<double>(static_cast<int>(verdict));
  return fact("drift.state", {{"column", column}, {"role", "feature"}}, value, verdict);
}

inline Facts facts_of(std::vector<Fact> list) {
  Facts facts;
  for (Fact& one : list) facts.add(std::move(one));
  return facts;
}

/// The condition; a mistake in a test's own text ends the test program.
inline Expression condition(std::string_view text) {
  auto parsed = parse(text);
  LEEWAY_ASSERT(parsed, "the conditions of tests are well written");
  return std::move(*parsed);
}

/// Trees of every shape over few names, so that facts made by random_facts() meet them.
class RandomExpressions {
 public:
  explicit RandomExpressions(std::uint64_t seed) : random_(seed) {}

  Expression next(int depth) {
    const std::uint64_t shape = depth == 0 ? 0 : random_.below(4);
    if (shape == 0) return test();
    if (shape == 1) return Expression::negation(next(depth - 1));
    std::vector<Expression> operands;
    const std::uint64_t count = 2 + random_.below(3);
    for (std::uint64_t i = 0; i < count; ++i) operands.push_back(next(depth - 1));
    return shape == 2 ? Expression::all_of(std::move(operands))
                      : Expression::any_of(std::move(operands));
  }

  Facts facts() {
    Facts facts;
    for (const char* column : {"a", "b", "delay by air", "x,y"}) {
      if (random_.below(4) > 0) facts.add(state(column, static_cast<Verdict>(random_.below(9))));
    }
    facts.add(fact("drift.psi", {{"column", "a"}}, 0.1 * static_cast<double>(random_.below(5)),
                   random_.below(3) == 0 ? Verdict::kTooFew : Verdict::kOk, 0.2));
    if (random_.below(2) == 0) facts.add(fact("freshness.age", {}, 3600.0));
    return facts;
  }

  std::uint64_t below(std::uint64_t bound) { return random_.below(bound); }

 private:
  Expression test() {
    Test test;
    test.comparison = static_cast<Comparison>(random_.below(6));
    switch (random_.below(3)) {
      case 0:
        test.path = "drift.state";
        test.quantifier = static_cast<Quantifier>(random_.below(3));
        test.operand = test.quantifier == Quantifier::kShare
                           ? random_.uniform()
                           : static_cast<double>(random_.below(3));
        test.selector = selector();
        break;
      case 1:
        test.path = "drift.psi";
        test.quantifier = static_cast<Quantifier>(random_.below(2));
        test.operand = 1e-7 + random_.uniform();
        if (random_.below(2) == 0) test.operand = Own::kThreshold;
        break;
      default:
        test.path = "freshness.age";
        test.operand = Duration(static_cast<std::int64_t>(random_.below(10'000'000'000)));
    }
    return test;
  }

  std::vector<Match> selector() {
    const std::vector<std::string> globs{"*", "a", "delay by*", "x,y", "", "it's \"so\" \\ }", "?"};
    std::vector<Match> selector;
    if (random_.below(2) == 0) selector.push_back({"column", globs[random_.below(globs.size())]});
    if (random_.below(3) == 0) selector.push_back({"segment", globs[random_.below(globs.size())]});
    return selector;
  }

  Random random_;
};

}  // namespace leeway::rules::tests
