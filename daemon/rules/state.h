#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "daemon/rules/evaluate.h"
#include "daemon/rules/rule.h"
#include "detectors/base/result.h"
#include "detectors/base/time.h"

namespace leeway::rules {

/// When a condition was looked at.
struct Moment {
  TimePoint now;
  /// How many windows of this model have closed so far; only that it changes matters.
  std::uint64_t closed_windows = 0;
};

/// How long a condition has held, or not held, so far: what `for` and `keep_firing` are measured
/// on.
struct Streak {
  TimePoint since;
  std::uint64_t observations =
      0;  ///< 2 stands for two and more, so that a state at rest does not change
  std::uint64_t windows = 0;      ///< closed windows among the observations
  std::uint64_t last_window = 0;  ///< Moment::closed_windows of the newest observation
  std::optional<TimePoint> last_observed =
      {};  ///< newest Fact::observed_at; nothing if some fact has none, until there are 2

  bool operator==(const Streak&) const = default;
};

/// Where one rule of one model stands. What is not inactive is kept on disk, so that `for`,
/// incidents and their ends survive restart and reload.
///
///            true                 true for long enough          false
///   inactive ----> pending ----------------------------> firing ------> keeping ---> inactive
///      ^              | false                              ^   true        |  false for long
///      enough
///      +--------------+                                    +---------------+
///
/// Unknown moves nothing, in no phase.
struct State {
  enum class Phase { kInactive = 0, kPending = 1, kFiring = 2, kKeeping = 3 };

  Phase phase = Phase::kInactive;
  Streak streak = {};    ///< pending: of truth; keeping: of falsehood
  TimePoint since = {};  ///< when the condition first held
  TimePoint opened =
      {};  ///< firing, keeping: when the incident opened = {}; names it within the rule
  std::uint64_t opened_window = 0;               ///< Moment::closed_windows then
  std::optional<EventSpan> first_window = {};    ///< the newest closed window when it first held
  Severity severity = Severity::kWarning;        ///< that the incident was opened with
  std::set<std::string, std::less<>> held = {};  ///< keys of the facts that made it true
  std::string condition = {};  ///< canonical text; another condition starts `for` anew

  bool is_open() const { return phase == Phase::kFiring || phase == Phase::kKeeping; }
  bool operator==(const State&) const = default;
};

std::string_view to_string(State::Phase phase);  ///< "inactive", "pending", "firing", "keeping"

/// The states of one model's rules by name. Inactive rules have none.
using States = std::map<std::string, State, std::less<>>;

enum class Change { kNone, kOpened, kResolved };

/// One look at one condition. Pure: the same arguments give the same state.
/// A clock that jumped back restarts the time of a streak rather than waiting for the old hour.
Change advance(State& state, const Rule& rule, const Evaluation& seen, const Moment& moment,
               const std::optional<EventSpan>& window);

/// Whether a streak has lasted for `span`: that many closed windows, or that much time with at
/// least two observations. A span of zero is over at the first observation.
bool has_lasted(const Streak& streak, const Span& span, TimePoint now);

/// One line of JSON with a version, for the store.
std::string serialize(const States& states);

/// Reads what serialize() wrote, also in earlier versions. kCorrupt for anything else.
Result<States> parse_states(std::string_view text);

}  // namespace leeway::rules
