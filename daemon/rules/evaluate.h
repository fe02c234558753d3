#pragma once

#include <set>
#include <string>
#include <vector>

#include "daemon/rules/expression.h"
#include "daemon/rules/facts.h"

namespace leeway::rules {

/// Three-valued: the order makes `and` the smaller and `or` the larger of two (Kleene 1938).
enum class Truth { kFalse = 0, kUnknown = 1, kTrue = 2 };

std::string_view to_string(Truth truth);  ///< "false", "unknown", "true"

struct Evaluation {
  Truth truth = Truth::kUnknown;
  std::vector<Fact> matching = {};  ///< if true: the facts that made it so, each once, in order
};

/// The value of a condition.
///
/// A fact without a value or with an unknown verdict is unknown, and so is a test that finds no
/// fact; but `any` with a selector that selects none of the path's facts is false. `any` and `all` are the `or` and `and` over the facts; `share` is the share of known facts
/// whose verdict is critical, unknown when fewer than half are known. Facts answer for truth by the
/// tests that are true where the condition wants truth and false under a `not`. O(facts of the
/// paths named).
Evaluation evaluate(const Expression& condition, const Facts& facts);

/// The same, but unknown facts whose key is not in `held` are left out as long as known ones
/// remain. With it a column that can never be judged does not keep an incident of another column
/// open.
Evaluation evaluate(const Expression& condition, const Facts& facts,
                    const std::set<std::string, std::less<>>& held);

}  // namespace leeway::rules
