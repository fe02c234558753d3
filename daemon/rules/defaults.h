#pragma once

#include <span>
#include <tl/expected.hpp>
#include <vector>

#include "daemon/rules/rule.h"

namespace leeway::rules {

/// The rules that every model has until it changes or disables them by name. None of them asks for
/// a retraining.
const std::vector<Rule>& default_rules();

/// The rules of one model: the defaults with what the user wrote laid over them by name.
///
///   rules:
///     - { name: column_drifted, enabled: false }               # a default is switched off
///     - { name: dataset_drifted, severity: critical }          # the rest of it stays
///     - { name: mine, if: "drift.psi{column=delay} > 0.3" }    # a rule of one's own
///
/// The order is that of the defaults, then that of the user. All mistakes are reported at once.
tl::expected<std::vector<Rule>, std::vector<RuleError>> merge(std::span<const Rule> defaults,
                                                              std::span<const RuleChange> changes);

}  // namespace leeway::rules
