#include "daemon/rules/evaluate.h"

#include <algorithm>

#include "detectors/base/names.h"
#include "detectors/base/result.h"

namespace leeway::rules {
namespace {

using Keys = std::set<std::string, std::less<>>;

Truth truth_of(bool value) { return value ? Truth::kTrue : Truth::kFalse; }
Truth negated(Truth truth) { return static_cast<Truth>(2 - static_cast<int>(truth)); }

bool compare(double value, Comparison comparison, double operand) {
  switch (comparison) {
    case Comparison::kLess:
      return value < operand;
    case Comparison::kLessOrEqual:
      return value <= operand;
    case Comparison::kEqual:
      return value == operand;
    case Comparison::kNotEqual:
      return value != operand;
    case Comparison::kGreaterOrEqual:
      return value >= operand;
    case Comparison::kGreater:
      return value > operand;
  }
  return false;
}

std::optional<double> operand_for(const Fact& fact, const Operand& operand) {
  if (const auto* number = std::get_if<double>(&operand)) return *number;
  if (const auto* duration = std::get_if<Duration>(&operand)) return to_seconds(*duration);
  return std::get<Own>(operand) == Own::kBenchmark ? fact.benchmark : fact.threshold;
}

Truth test_one(const Fact& fact, const Test& test) {
  const auto operand = operand_for(fact, test.operand);
  if (!fact.value || is_unknown(fact.verdict) || !operand) return Truth::kUnknown;
  return truth_of(compare(*fact.value, test.comparison, *operand));
}

bool is_selected(const Fact& fact, const std::vector<Match>& selector) {
  return std::ranges::all_of(selector, [&fact](const Match& match) {
    return matches_glob(match.glob, fact.label(match.label));
  });
}

/// Walks the tree once. A part that is wanted false (under a `not`) answers with the facts that
/// make it false, so that every fact named speaks for the whole being true.
class Evaluator {
 public:
  Evaluator(const Facts& facts, const Keys* held) : facts_(facts), held_(held) {}

  Truth value(const Expression& expression, Truth wanted, std::vector<Fact>& matching) const {
    const auto& node = expression.node();
    if (const auto* test = std::get_if<Test>(&node)) return value(*test, wanted, matching);
    if (const auto* negation = std::get_if<Not>(&node)) {
      return negated(value(*negation->operand, negated(wanted), matching));
    }
    return value(std::get<Junction>(node), wanted, matching);
  }

 private:
  Truth value(const Junction& junction, Truth wanted, std::vector<Fact>& matching) const {
    const bool is_and = junction.kind == Junction::Kind::kAnd;
    Truth truth = is_and ? Truth::kTrue : Truth::kFalse;
    std::vector<Fact> speaking;
    for (const Expression& operand : junction.operands) {
      std::vector<Fact> of_operand;
      const Truth one = value(operand, wanted, of_operand);
      truth = is_and ? std::min(truth, one) : std::max(truth, one);
      if (one == wanted) std::ranges::move(of_operand, std::back_inserter(speaking));
    }
    if (truth == wanted) std::ranges::move(speaking, std::back_inserter(matching));
    return truth;
  }

  Truth value(const Test& test, Truth wanted, std::vector<Fact>& matching) const {
    const std::vector<const Fact*> selected = select(test);
    if (selected.empty()) return without_facts(test);
    if (test.quantifier == Quantifier::kShare) return share(test, wanted, selected, matching);
    const bool is_all = test.quantifier == Quantifier::kAll;
    Truth truth = is_all ? Truth::kTrue : Truth::kFalse;
    for (const Fact* fact : selected) {
      const Truth one = test_one(*fact, test);
      truth = is_all ? std::min(truth, one) : std::max(truth, one);
    }
    if (truth != wanted) return truth;
    for (const Fact* fact : selected) {
      if (test_one(*fact, test) == wanted) matching.push_back(*fact);
    }
    return truth;
  }

  /// A model without labels has no column of that role that could have drifted; nothing at all under
  /// the path means that nothing is known yet.
  Truth without_facts(const Test& test) const {
    const bool is_absent = test.quantifier == Quantifier::kAny && !facts_.at(test.path).empty();
    return is_absent ? Truth::kFalse : Truth::kUnknown;
  }

  static Truth share(const Test& test, Truth wanted, const std::vector<const Fact*>& selected,
                     std::vector<Fact>& matching) {
    const auto known = std::ranges::count_if(selected, &Fact::is_known);
    const auto is_critical = [](const Fact* fact) {
      return fact->is_known() && fact->verdict == Verdict::kCritical;
    };
    if (2 * known < std::ssize(selected)) return Truth::kUnknown;
    const auto critical = std::ranges::count_if(selected, is_critical);
    const double value = static_cast<double>(critical) / static_cast<double>(known);
    const Truth truth = truth_of(compare(value, test.comparison, std::get<double>(test.operand)));
    if (truth != wanted) return truth;
    for (const Fact* fact : selected) {
      if (is_critical(fact)) matching.push_back(*fact);
    }
    return truth;
  }

  std::vector<const Fact*> select(const Test& test) const {
    std::vector<const Fact*> selected;
    for (const Fact& fact : facts_.at(test.path)) {
      if (is_selected(fact, test.selector)) selected.push_back(&fact);
    }
    if (held_ == nullptr) return selected;
    const auto counts = [this, &test](const Fact* fact) {
      const bool is_known = test.quantifier == Quantifier::kShare
                                ? fact->is_known()
                                : test_one(*fact, test) != Truth::kUnknown;
      return is_known || held_->contains(fact->key());
    };
    if (std::ranges::any_of(selected, counts)) {
      std::erase_if(selected, [&counts](const Fact* fact) { return !counts(fact); });
    }
    return selected;
  }

  const Facts& facts_;
  const Keys* held_;
};

Evaluation evaluated(const Expression& condition, const Facts& facts, const Keys* held) {
  Evaluation evaluation;
  std::vector<Fact> matching;
  evaluation.truth = Evaluator(facts, held).value(condition, Truth::kTrue, matching);
  if (evaluation.truth != Truth::kTrue) return evaluation;
  Keys seen;
  for (Fact& fact : matching) {
    if (seen.insert(fact.key()).second) evaluation.matching.push_back(std::move(fact));
  }
  return evaluation;
}

}  // namespace

std::string_view to_string(Truth truth) {
  switch (truth) {
    case Truth::kFalse:
      return "false";
    case Truth::kUnknown:
      return "unknown";
    case Truth::kTrue:
      return "true";
  }
  return "unknown";
}

Evaluation evaluate(const Expression& condition, const Facts& facts) {
  return evaluated(condition, facts, nullptr);
}

Evaluation evaluate(const Expression& condition, const Facts& facts, const Keys& held) {
  return evaluated(condition, facts, &held);
}

}  // namespace leeway::rules
