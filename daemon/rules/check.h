#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "daemon/rules/expression.h"
#include "daemon/rules/paths.h"

namespace leeway::rules {

/// Why a test that is well written cannot mean anything.
struct Misfit {
  bool of_operand = false;  ///< the operand is at fault, else the whole test
  std::string message;
  std::string help = {};
};

/// Whether the quantifier and the operand fit what the path says: durations for times and nothing
/// else, `threshold` where there are thresholds, numbers that the value can reach.
std::optional<Misfit> check(const Test& test, const Path& path);

/// Whether a selector of `path` may name this label, once.
std::optional<Misfit> check_label(std::string_view label, const Test& test, const Path& path);

/// The nearest path, or those that begin alike.
std::string help_for_path(std::string_view name);

/// What could have been meant by an operand that is neither number nor duration.
std::string help_for_operand(std::string_view text, const Path& path);

}  // namespace leeway::rules
