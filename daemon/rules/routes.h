#pragma once

#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "daemon/rules/rule.h"

namespace leeway::rules {

/// Who is told: every key that is given must match; names may be globs.
struct Route {
  std::optional<Severity> severity = {};
  std::optional<std::string> team = {};
  std::optional<std::string> environment = {};
  std::optional<std::string> model = {};
  std::vector<std::string> to;
};

/// What routes look at.
struct Subject {
  std::string model;
  std::string environment = {};
  std::string team = {};  ///< may be empty
};

/// What comes of an incident.
struct Actions {
  std::vector<std::string> alert;  ///< targets, each once, in the order named
  bool retrain = false;

  bool operator==(const Actions&) const = default;
};

/// The first route that matches decides, so exceptions stand above the rule; empty if none matches.
std::vector<std::string> route(std::span<const Route> routes, const Subject& subject,
                               Severity severity);

/// `then` of the rule, and the routes where it leaves the targets open.
Actions actions_of(const Rule& rule, std::span<const Route> routes, const Subject& subject);

/// What targets there are.
struct TargetNames {
  std::set<std::string, std::less<>> alert;     ///< take alerts
  std::set<std::string, std::less<>> pipeline;  ///< start retrainings only
};

/// Whether an alert can go to `name`. kInvalidConfig with a sentence and the nearest name for an
/// unknown target, and for a pipeline target, which only the model's retraining may call.
Result<> check_alert_target(std::string_view name, const TargetNames& targets);

}  // namespace leeway::rules
