#include "daemon/rules/routes.h"

#include <algorithm>

#include "detectors/base/names.h"

namespace leeway::rules {
namespace {

bool matches(const std::optional<std::string>& glob, std::string_view text) {
  return !glob || matches_glob(*glob, text);
}

void add_once(std::vector<std::string>& names, const std::string& name) {
  if (std::ranges::find(names, name) == names.end()) names.push_back(name);
}

}  // namespace

std::vector<std::string> route(std::span<const Route> routes, const Subject& subject,
                               Severity severity) {
  for (const Route& route : routes) {
    if (route.severity.value_or(severity) != severity) continue;
    if (!matches(route.team, subject.team)) continue;
    if (!matches(route.environment, subject.environment)) continue;
    if (!matches(route.model, subject.model)) continue;
    std::vector<std::string> targets;
    for (const std::string& name : route.to) add_once(targets, name);
    return targets;
  }
  return {};
}

Actions actions_of(const Rule& rule, std::span<const Route> routes, const Subject& subject) {
  Actions actions;
  for (const std::string& name : rule.then.value_or(std::vector<std::string>{})) {
    if (name == kRetraining) {
      actions.retrain = true;
    } else {
      add_once(actions.alert, name);
    }
  }
  const bool says_nobody = rule.then && rule.then->empty();
  if (actions.alert.empty() && !says_nobody) actions.alert = route(routes, subject, rule.severity);
  return actions;
}

Result<> check_alert_target(std::string_view name, const TargetNames& targets) {
  if (targets.alert.contains(name)) return {};
  const std::string quoted = "'" + std::string(name) + "'";
  if (targets.pipeline.contains(name)) {
    return fail(ErrorCode::kInvalidConfig,
                quoted +
                    " starts retrainings and takes no alerts; write 'retraining', which keeps "
                    "the model's limits");
  }
  std::vector<std::string_view> names(targets.alert.begin(), targets.alert.end());
  names.push_back(kRetraining);
  const auto nearest = nearest_name(name, names);
  return fail(ErrorCode::kInvalidConfig,
              "unknown target " + quoted + (nearest ? "; did you mean '" + *nearest + "'?" : ""));
}

}  // namespace leeway::rules
