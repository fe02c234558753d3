#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace leeway::rules {

/// What the number behind a path means, and so what a rule may compare it with.
enum class Unit {
  kStatistic,  ///< a measure's own scale
  kRatio,      ///< 0 to 1
  kCount,
  kSeconds,  ///< compared with durations only
  kState,    ///< 0 ok, 1 warning, 2 critical
  kFlag,     ///< 0 or 1
};

std::string_view to_string(Unit unit);  ///< "statistic", "ratio", "count", ...

/// One name that a rule can ask about.
struct Path {
  std::string_view name;
  Unit unit;
  bool judged;  ///< its facts carry verdicts, so `share(...)` says something of them
  std::span<const std::string_view> labels;  ///< what a selector may name
  std::string_view noun;                     ///< what a message calls it: "psi" of a column
  std::string_view sentence;   ///< for `leeway explain rule --paths` and the reference
  bool has_benchmark = false;  ///< its facts carry one

  bool has_threshold() const { return judged && unit != Unit::kState; }
};

/// Every path there is. The parser accepts no other, so a typo is an error and not a rule that
/// never fires.
std::span<const Path> paths();

const Path* find_path(std::string_view name);

/// The names of all paths, in the order of the table.
std::vector<std::string_view> path_names();

}  // namespace leeway::rules
