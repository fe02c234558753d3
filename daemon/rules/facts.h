#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "detectors/base/finding.h"
#include "detectors/base/time.h"

namespace leeway::rules {

/// "column" -> "distance", "role" -> "feature", ...: names from the configuration and from the
/// schema. A label that is absent counts as empty.
using Labels = std::map<std::string, std::string, std::less<>>;

/// One number that is known of a model now, as rules see it.
struct Fact {
  std::string path;  ///< a name of paths.h
  Labels labels = {};
  std::optional<double> value = {};  ///< without one the fact is unknown
  Verdict verdict = Verdict::kOk;
  std::optional<double> threshold =
      {};  ///< the critical threshold, the warning one where there is no other
  std::optional<double> p_value = {};  ///< with `alpha`, of what is judged by it
  std::optional<double> alpha = {};
  std::optional<double> benchmark = {};
  std::string note = {};  ///< one sentence for a person, without values of private columns
  /// When it was observed, of a fact that is not made anew at every look: two looks at one
  /// observation are one for `for: 1m`.
  std::optional<TimePoint> observed_at = {};

  bool is_known() const { return value.has_value() && !is_unknown(verdict); }
  std::string_view label(std::string_view name) const;  ///< empty if absent

  /// drift.psi{column="delay",role="feature"}: path and labels, the same in every window; so
  /// without the label `measure` of a column's state, which says why it is what it is.
  std::string key() const;

  bool operator==(const Fact&) const = default;
};

/// The span of event time of the newest closed window.
struct EventSpan {
  TimePoint begin;
  TimePoint end;

  bool operator==(const EventSpan&) const = default;
};

/// Everything known of one model at one moment. Build it, hand it to step(), throw it away.
class Facts {
 public:
  /// The path must be one of paths.h: another is a mistake of ours and ends the process.
  void add(Fact fact);

  /// The facts of one path in the order they were added; empty if there are none.
  std::span<const Fact> at(std::string_view path) const;

  /// All facts, by path.
  const std::map<std::string, std::vector<Fact>, std::less<>>& by_path() const { return by_path_; }

  std::optional<EventSpan> window;  ///< nothing if no window has closed or windows have no time

 private:
  std::map<std::string, std::vector<Fact>, std::less<>> by_path_;
};

}  // namespace leeway::rules
