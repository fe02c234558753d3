#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "detectors/base/time.h"

namespace leeway::rules {

enum class Quantifier { kAny, kAll, kShare };
enum class Comparison { kLess, kLessOrEqual, kEqual, kNotEqual, kGreaterOrEqual, kGreater };

/// The operand `benchmark` or `threshold`: each fact is compared with its own.
enum class Own { kBenchmark, kThreshold };

using Operand = std::variant<double, Duration, Own>;

/// `key=glob` of a selector.
struct Match {
  std::string label;
  std::string glob;

  bool operator==(const Match&) const = default;
};

/// `any(drift.psi{column=delay*}) > 0.2`.
struct Test {
  Quantifier quantifier = Quantifier::kAny;  ///< a bare path means any
  std::string path;
  std::vector<Match> selector = {};  ///< a fact is meant if every one matches
  Comparison comparison = Comparison::kGreater;
  Operand operand = 0.0;

  bool operator==(const Test&) const = default;
};

class Expression;

struct Not {
  std::shared_ptr<const Expression> operand;
};

/// `and` or `or` over two or more operands, in the order written.
struct Junction {
  enum class Kind { kAnd, kOr } kind;
  std::vector<Expression> operands;
};

/// The condition of a rule: an immutable tree, cheap to copy. Values are compared, not pointers.
class Expression {
 public:
  using Node = std::variant<Test, Not, Junction>;

  Expression(Test test);  // NOLINT(google-explicit-constructor): a test is an expression
  static Expression negation(Expression operand);
  /// At least two operands.
  static Expression all_of(std::vector<Expression> operands);
  static Expression any_of(std::vector<Expression> operands);

  const Node& node() const { return *node_; }

  bool operator==(const Expression& other) const;

 private:
  explicit Expression(std::shared_ptr<const Node> node) : node_(std::move(node)) {}

  std::shared_ptr<const Node> node_;
};

/// The canonical text: parse(to_string(e)) gives e back. Parentheses only where they are needed,
/// names and globs quoted only where they must be, numbers in their shortest exact form.
std::string to_string(const Expression& expression);
std::string_view to_string(Comparison comparison);

}  // namespace leeway::rules
