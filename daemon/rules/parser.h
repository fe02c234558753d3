#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "daemon/rules/expression.h"

namespace leeway::rules {

/// What is wrong with the text of a condition, and where.
struct ParseError {
  std::size_t column = 1;  ///< of the byte at fault, from 1; one past the end if text is missing
  std::string message;     ///< "unknown path 'drift.shar'"
  std::string help;        ///< "did you mean 'drift.share'?"; may be empty

  bool operator==(const ParseError&) const = default;
};

/// "column 1: unknown path 'drift.shar'; did you mean 'drift.share'?"
std::string to_string(const ParseError& error);

inline constexpr int kMaxDepth = 16;

/// Reads the condition of a rule:
///
///   expr     := or          or := and {"or" and}          and := unary {"and" unary}
///   unary    := ["not"] ( "(" expr ")" | test )
///   test     := [("any"|"all"|"share") "("] path [selector] [")"] op operand
///   operand  := number | duration | "benchmark" | "threshold"
///   selector := "{" label "=" glob {"," label "=" glob} "}"         op := < <= == != >= >
///
/// A glob is a run of characters other than blanks and , { } ( ) = " ' or a text in quotes, single
/// or double, in which \ takes the next character as it is; an empty one (`segment=""`) asks for
/// the absence of the label. Paths, labels and kinds of operand are checked against paths.h:
/// durations for times and nothing else, `threshold` where there are thresholds, `share` with 0
/// to 1. Parentheses and `not` nest at most kMaxDepth deep.
tl::expected<Expression, ParseError> parse(std::string_view text);

}  // namespace leeway::rules
