#include "daemon/rules/defaults.h"

#include <algorithm>
#include <string>
#include <utility>

#include "daemon/rules/parser.h"
#include "detectors/base/names.h"
#include "detectors/base/result.h"

namespace leeway::rules {
namespace {

struct Default {
  std::string_view name;
  std::string_view condition;
  Span hold;
  Severity severity;
  std::string_view sentence;
};

const Default kDefaults[] = {
    {"prediction_drifted", "drift.state{role=prediction} == 2 or drift.state{role=score} == 2",
     Windows{2}, Severity::kWarning,
     "The model's predictions or scores are no longer distributed as in the reference."},
    {"column_broken", "quality.state == 2", Duration{0}, Severity::kCritical,
     "A column has vanished, changed its type, become constant, has far more missing, unreadable "
     "or unseen values than the reference or breaks the rules for its values, or ids or rows "
     "repeat."},
    {"column_drifted", "drift.state{role=feature} == 2 or drift.state{role=label} == 2", Windows{2},
     Severity::kWarning, "A column is no longer distributed as in the reference."},
    {"dataset_drifted", "drift.share >= 0.3 and drift.drifted_columns >= 2", Windows{2},
     Severity::kWarning, "A large part of the features has drifted together."},
    {"dependence_drifted", "multivariate.state == 2", Windows{2}, Severity::kWarning,
     "The columns are no longer distributed together as in the reference."},
    {"volume_changed", "volume.state == 2 and window.no_data == 0", Duration{0}, Severity::kWarning,
     "A window has far more or far fewer rows than those of the reference."},
    {"no_data", "window.no_data == 1", Duration{0}, Severity::kWarning,
     "A window has closed without a single row."},
    {"stale", "freshness.age > threshold", Duration{0}, Severity::kWarning,
     "No data has arrived for longer than usual or allowed."},
    {"endpoint_down", "endpoint.up == 0", std::chrono::minutes(1), Severity::kCritical,
     "The model's endpoint does not answer as it should."},
    {"endpoint_slow", "endpoint.latency > threshold", Duration{0}, Severity::kWarning,
     "The endpoint answers more slowly than its limit allows."},
    {"endpoint_unavailable", "endpoint.availability < threshold", Duration{0}, Severity::kWarning,
     "More probes of the endpoint failed than its objective allows."},
    {"golden_failed", "endpoint.golden > threshold", Duration{0}, Severity::kCritical,
     "The endpoint no longer gives the stored answers to its golden rows: another model, or one "
     "that computes differently."},
    {"certificate_expires", "endpoint.certificate < threshold", Duration{0}, Severity::kWarning,
     "The endpoint's certificate expires soon."},
    {"endpoint_changed", "endpoint.schema == 1", Duration{0}, Severity::kWarning,
     "The endpoint takes or gives other fields than before."},
    {"canary_disagrees", "canary.disagreement > threshold", Duration{0}, Severity::kCritical,
     "The endpoint answers the newest rows otherwise than was recorded when they were predicted: "
     "another model, or one that computes differently."},
    {"canary_unanswered", "canary.answered == 0", std::chrono::minutes(15), Severity::kWarning,
     "The endpoint does not answer the newest rows of the batches."},
    {"out_of_memory", "compute.oom_kills > 0", Duration{0}, Severity::kWarning,
     "A process of the model was ended for lack of memory."},
    {"over_budget", "cost.budget > threshold", Duration{0}, Severity::kWarning,
     "The model has cost more today than a day may cost."},
    {"delivery_failed", "delivery.dead > 0", Duration{0}, Severity::kCritical,
     "A message could not be delivered and waits among the dead letters."},
};

Rule compiled(const Default& text) {
  auto condition = parse(text.condition);
  LEEWAY_ASSERT(condition, "the conditions of the default rules are tested");
  return Rule{.name = std::string(text.name),
              .condition = std::move(*condition),
              .hold = text.hold,
              .keep_firing = Duration{0},
              .severity = text.severity,
              .sentence = std::string(text.sentence),
              .is_default = true};
}

bool is_name(std::string_view name) {
  constexpr std::size_t kLongest = 100;
  return !name.empty() && name.size() <= kLongest && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.';
  });
}

/// Lays the changes over the defaults and collects what is wrong with them.
class Merger {
 public:
  Merger(std::span<const Rule> defaults, std::span<const RuleChange> changes)
      : defaults_(defaults), changes_(changes), rules_(defaults.begin(), defaults.end()) {}

  tl::expected<std::vector<Rule>, std::vector<RuleError>> run() {
    for (at_ = 0; at_ < changes_.size(); ++at_) lay_over(changes_[at_]);
    if (!errors_.empty()) return tl::unexpected(std::move(errors_));
    std::erase_if(rules_, [this](const Rule& rule) {
      const auto change = std::ranges::find(changes_, rule.name, &RuleChange::name);
      return change != changes_.end() && !change->enabled;
    });
    return std::move(rules_);
  }

 private:
  void lay_over(const RuleChange& change) {
    if (!is_name(change.name)) {
      return refuse("name", "'" + change.name + "' cannot name a rule",
                    "names are of letters, digits, '_', '-' and '.', at most 100");
    }
    const auto earlier = changes_.first(at_);
    if (std::ranges::find(earlier, change.name, &RuleChange::name) != earlier.end()) {
      return refuse("name", "rule '" + change.name + "' is written twice", {});
    }
    Rule* rule = place_for(change);
    if (rule == nullptr) return;
    if (change.hold) rule->hold = *change.hold;
    if (change.keep_firing) rule->keep_firing = *change.keep_firing;
    if (change.severity) rule->severity = *change.severity;
    if (change.then) rule->then = change.then;
  }

  /// The rule to change: the default of that name, or a new one with the condition written.
  /// Null if that cannot be, which is then among the errors.
  Rule* place_for(const RuleChange& change) {
    const auto known = std::ranges::find(rules_, change.name, &Rule::name);
    if (!change.condition) {
      if (known != rules_.end()) return &*known;
      refuse("if", "rule '" + change.name + "' has no condition", help_for(change.name));
      return nullptr;
    }
    auto condition = parse(*change.condition);
    if (!condition) {
      ParseError& error = condition.error();
      errors_.push_back({at_, "if", error.column, std::move(error.message), std::move(error.help)});
      return nullptr;
    }
    Rule own{.name = change.name, .condition = std::move(*condition)};
    if (known == rules_.end()) return &rules_.emplace_back(std::move(own));
    if (known->condition == own.condition) return &*known;
    // The sentence and the name "default" belong to the condition; the rest is inherited.
    known->condition = std::move(own.condition);
    known->sentence.clear();
    known->is_default = false;
    return &*known;
  }

  std::string help_for(std::string_view name) const {
    std::vector<std::string_view> names;
    for (const Rule& rule : defaults_) names.push_back(rule.name);
    const auto nearest = nearest_name(name, names);
    return nearest ? "did you mean the default rule '" + *nearest + "'?" : "write its 'if'";
  }

  void refuse(std::string_view key, std::string message, std::string help) {
    errors_.push_back({at_, std::string(key), 0, std::move(message), std::move(help)});
  }

  std::span<const Rule> defaults_;
  std::span<const RuleChange> changes_;
  std::vector<Rule> rules_;
  std::vector<RuleError> errors_;
  std::size_t at_ = 0;
};

}  // namespace

const std::vector<Rule>& default_rules() {
  static const std::vector<Rule> rules = [] {
    std::vector<Rule> made;
    for (const Default& text : kDefaults) made.push_back(compiled(text));
    return made;
  }();
  return rules;
}

tl::expected<std::vector<Rule>, std::vector<RuleError>> merge(std::span<const Rule> defaults,
                                                              std::span<const RuleChange> changes) {
  return Merger(defaults, changes).run();
}

}  // namespace leeway::rules
