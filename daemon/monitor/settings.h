#pragma once

#include "collectors/tables/plan.h"
#include "daemon/config/config.h"
#include "daemon/monitor/timeline.h"
#include "detectors/drift/compare.h"

namespace leeway::monitor {

/// A reference of at most this many rows is kept sorted (8 bytes a value) and judged exactly.
inline constexpr std::uint64_t kReferenceRows = 4'000'000;

/// What the rooms below need of a model's configuration, in their own words. Each is pure.
WindowRules window_rules(const config::Model& model);
tables::PaneRule pane_rule(const config::Model& model, bool has_timestamp);
tables::ColumnRules column_rules(const config::Model& model);
/// What the values of each column are held against while a source is folded: the user's rules and
/// the range that the reference shows.
std::map<std::string, tables::ValueRules> value_rules(const config::Model& model,
                                                      const profile::Reference& reference);
drift::CompareOptions compare_options(const config::Model& model);
threshold::Policy threshold_policy(const config::Model& model);

/// How many rows are drawn of a pane for measures of several columns; 0 where none is asked for.
std::uint64_t sample_rows(const config::Model& model);

/// "january.parquet and 2 more files"; paths are not empty.
std::string source_of(const std::vector<std::filesystem::path>& paths);

/// Hash of what a learned reference depends on besides its files: column rules, panes, budget.
std::uint64_t learning_hash(const config::Model& model);

}  // namespace leeway::monitor
