#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/rules/facts.h"
#include "daemon/rules/rule.h"
#include "daemon/rules/state.h"

namespace leeway::rules {

/// The compiled rules of one model; immutable. Made from merge() in defaults.h.
class RuleSet {
 public:
  RuleSet() = default;
  /// Names must differ.
  explicit RuleSet(std::vector<Rule> rules);

  const std::vector<Rule>& rules() const { return rules_; }
  const Rule* find(std::string_view name) const;

 private:
  std::vector<Rule> rules_;
};

/// An incident opens or resolves.
struct Transition {
  enum class Kind { kOpened, kResolved };
  enum class Reason {
    kCondition,    ///< it held for long enough, or has not held for long enough
    kRuleRemoved,  ///< the configuration no longer has the rule, or disables it
  };

  Kind kind = Kind::kOpened;
  Reason reason = Reason::kCondition;
  std::string rule;
  Severity severity = Severity::kWarning;
  TimePoint at;
  TimePoint opened;  ///< with the next, the rule and the model this names the incident
  std::uint64_t opened_window = 0;             ///< Moment::closed_windows then
  TimePoint since;                             ///< when the condition first held
  std::optional<EventSpan> first_window = {};  ///< event time of the window in which it first held
  std::vector<Fact> evidence =
      {};  ///< opened: what made it true and why; resolved: the same facts now
};

/// Looks at every rule once. Call it after each closed window, on each tick of the clock in between
/// and after a reload; store `states` together with what is made of the transitions.
/// An incident whose rule is gone resolves; so step(RuleSet{}, ...) ends those of a removed model.
/// No I/O, no clock: `moment` is all the time there is.
std::vector<Transition> step(const RuleSet& rules, States& states, const Facts& facts,
                             const Moment& moment);

}  // namespace leeway::rules
