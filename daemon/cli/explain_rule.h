#pragma once

#include <string>

#include "daemon/config/config.h"
#include "daemon/rules/rule.h"
#include "detectors/base/result.h"

namespace leeway::cli {

/// What a rule asks, for a person: its condition, what each path in it means, when it opens and
/// what comes of it.
/// @param model  with it, the limits that its configuration sets and who is told; null without
std::string explain_rule(const rules::Rule& rule, const config::Config* config,
                         const config::Model* model);

/// All default rules, as every model has them.
std::string explain_default_rules();

/// The default rule `name`, or all that are meant by `name` in the models of `config` if that is
/// not null; `name` may be empty: all rules. kNotFound with the nearest name.
/// @param model  "NAME" or "ENVIRONMENT/NAME"; empty: every model
Result<std::string> explain_rules(const std::string& name, const config::Config* config,
                                  const std::string& model);

/// Everything that a rule can ask about, a line each.
std::string explain_paths();

/// The measures of drift, or one of them. kNotFound with the nearest name.
Result<std::string> explain_measures(const std::string& name);

}  // namespace leeway::cli
