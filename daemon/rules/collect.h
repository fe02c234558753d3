#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "daemon/rules/facts.h"
#include "detectors/base/columns.h"
#include "detectors/base/finding.h"

namespace leeway::rules {

/// The role of a column; nothing for one that the schema does not have.
using RoleOf = std::function<std::optional<ColumnRole>(std::string_view column)>;

/// Adds the facts of the findings of one judged window:
/// drift.<measure> and, from the deciding one, drift.state for each column and segment;
/// quality.missing, .unseen, .type_errors and the others of the table, .schema and, from the worst
/// of all quality findings (also those that have no path of their own), quality.state;
/// quality.duplicate_rows and, without a column, its quality.state;
/// embedding.<measure> of embedding columns, whose deciding measure is their drift.state;
/// multivariate.<measure> and multivariate.state of measures of all columns at once.
/// Other findings without a column are left to the caller.
void add_findings(Facts& facts, std::span<const Finding> findings, const RoleOf& role_of);

/// A fact that says a verdict as 0, 1 or 2: "volume.state", "freshness.state".
Fact state_fact(std::string_view path, Verdict verdict, std::string note = {});

/// drift.share, drift.drifted_columns and drift.judged_columns.
/// @param share  nothing if fewer than half of the columns are judged
void add_drift_summary(Facts& facts, std::uint64_t drifted, std::uint64_t judged,
                       std::optional<double> share);

}  // namespace leeway::rules
