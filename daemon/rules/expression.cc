#include "daemon/rules/expression.h"

#include <array>
#include <charconv>
#include <utility>

#include "daemon/rules/quote.h"
#include "detectors/base/result.h"

namespace leeway::rules {
namespace {

template <class... Functions>
struct Overloaded : Functions... {
  using Functions::operator()...;
};
template <class... Functions>
Overloaded(Functions...) -> Overloaded<Functions...>;

std::string number_text(double number) {
  std::array<char, 32> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
  return {text.data(), end};
}

std::string operand_text(const Operand& operand) {
  return std::visit(
      Overloaded{
          [](double number) { return number_text(number); },
          [](Duration duration) { return leeway::to_string(duration); },
          [](Own own) { return std::string(own == Own::kBenchmark ? "benchmark" : "threshold"); },
      },
      operand);
}

std::string selector_text(const std::vector<Match>& selector) {
  if (selector.empty()) return {};
  std::string text;
  for (const Match& match : selector) {
    text += (text.empty() ? '{' : ',') + match.label + '=';
    text += is_bare(match.glob) ? match.glob : quoted(match.glob);
  }
  return text + '}';
}

std::string test_text(const Test& test) {
  std::string facts = test.path + selector_text(test.selector);
  if (test.quantifier == Quantifier::kAll) facts = "all(" + facts + ')';
  if (test.quantifier == Quantifier::kShare) facts = "share(" + facts + ')';
  return facts + ' ' + std::string(to_string(test.comparison)) + ' ' + operand_text(test.operand);
}

/// `tight`: what stands around it binds closer than `or`.
std::string text_of(const Expression& expression, bool tight);

std::string junction_text(const Junction& junction, bool tight) {
  const bool is_and = junction.kind == Junction::Kind::kAnd;
  std::string text;
  for (const Expression& operand : junction.operands) {
    if (!text.empty()) text += is_and ? " and " : " or ";
    text += text_of(operand, is_and);
  }
  return tight && !is_and ? '(' + text + ')' : text;
}

std::string text_of(const Expression& expression, bool tight) {
  return std::visit(Overloaded{
                        [](const Test& test) { return test_text(test); },
                        [](const Not& negation) {
                          const Expression& inner = *negation.operand;
                          const bool is_test = std::holds_alternative<Test>(inner.node());
                          const std::string text = text_of(inner, false);
                          return "not " + (is_test ? text : '(' + text + ')');
                        },
                        [tight](const Junction& all) { return junction_text(all, tight); },
                    },
                    expression.node());
}

/// Operands of the same kind are taken in: a and (b and c) is a and b and c.
Junction flattened(Junction::Kind kind, std::vector<Expression> operands) {
  LEEWAY_ASSERT(operands.size() >= 2, "one operand alone is no junction");
  Junction junction{.kind = kind, .operands = {}};
  for (Expression& operand : operands) {
    const auto* inner = std::get_if<Junction>(&operand.node());
    if (inner != nullptr && inner->kind == kind) {
      junction.operands.insert(junction.operands.end(), inner->operands.begin(),
                               inner->operands.end());
    } else {
      junction.operands.push_back(std::move(operand));
    }
  }
  return junction;
}

}  // namespace

Expression::Expression(Test test) : node_(std::make_shared<const Node>(std::move(test))) {}

Expression Expression::negation(Expression operand) {
  auto inner = std::make_shared<const Expression>(std::move(operand));
  return Expression(std::make_shared<const Node>(Not{std::move(inner)}));
}

Expression Expression::all_of(std::vector<Expression> operands) {
  return Expression(
      std::make_shared<const Node>(flattened(Junction::Kind::kAnd, std::move(operands))));
}

Expression Expression::any_of(std::vector<Expression> operands) {
  return Expression(
      std::make_shared<const Node>(flattened(Junction::Kind::kOr, std::move(operands))));
}

bool Expression::operator==(const Expression& other) const {
  if (node_ == other.node_) return true;
  return std::visit(Overloaded{
                        [](const Test& a, const Test& b) { return a == b; },
                        [](const Not& a, const Not& b) { return *a.operand == *b.operand; },
                        [](const Junction& a, const Junction& b) {
                          return a.kind == b.kind && a.operands == b.operands;
                        },
                        [](const auto&, const auto&) { return false; },
                    },
                    *node_, *other.node_);
}

std::string to_string(const Expression& expression) { return text_of(expression, false); }

std::string_view to_string(Comparison comparison) {
  switch (comparison) {
    case Comparison::kLess:
      return "<";
    case Comparison::kLessOrEqual:
      return "<=";
    case Comparison::kEqual:
      return "==";
    case Comparison::kNotEqual:
      return "!=";
    case Comparison::kGreaterOrEqual:
      return ">=";
    case Comparison::kGreater:
      return ">";
  }
  return "==";
}

}  // namespace leeway::rules
