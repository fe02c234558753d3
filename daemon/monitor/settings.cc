#include "daemon/monitor/settings.h"

#include <algorithm>

#include "daemon/config/load.h"
#include "detectors/base/bytes.h"

namespace leeway::monitor {
namespace {

threshold::Fixed fixed(const config::Limits& limits) {
  return {.warning = limits.warning, .critical = limits.critical};
}

/// Columns that the configuration calls embeddings; others are never inferred.
std::size_t embeddings(const config::Model& model) {
  return static_cast<std::size_t>(std::ranges::count(model.columns.types, ColumnType::kEmbedding,
                                                     [](const auto& each) { return each.second; }));
}

Verdict verdict_of(const std::optional<config::Severity>& severity) {
  if (!severity) return Verdict::kOk;
  return *severity == config::Severity::kCritical ? Verdict::kCritical : Verdict::kWarning;
}

}  // namespace

std::map<std::string, tables::ValueRules> value_rules(const config::Model& model,
                                                      const profile::Reference& reference) {
  std::map<std::string, tables::ValueRules> all;
  for (const auto& [column, rules] : model.quality.columns) {
    all[column] = {.min = rules.min,
                   .max = rules.max,
                   .one_of = rules.one_of,
                   .pattern = rules.pattern,
                   .shown = {}};
  }
  for (std::size_t i = 0; i < reference.schema.columns.size(); ++i) {
    const profile::Column& column = reference.schema.columns[i];
    const profile::ColumnProfile& shown = reference.profile.columns[i];
    if (!column.grid || shown.min > shown.max) continue;  // a reference that is learned is empty
    all[column.name].shown = profile::Interval{.min = shown.min, .max = shown.max};
  }
  return all;
}

WindowRules window_rules(const config::Model& model) {
  return {.size = model.window.size,
          .slide = model.window.slide,
          .grace = model.window.grace,
          .late = model.window.late,
          .extend = model.window.extend,
          .min_rows = model.window.min_rows,
          .every = model.batches.every,
          .freshness = model.quality.freshness};
}

tables::PaneRule pane_rule(const config::Model& model, bool has_timestamp) {
  if (!has_timestamp) return {};
  return {.size = model.window.slide, .time_zone = model.window.time_zone};
}

tables::ColumnRules column_rules(const config::Model& model) {
  const config::Columns& columns = model.columns;
  tables::ColumnRules rules;
  rules.id = columns.id.value_or("");
  rules.timestamp = columns.timestamp.value_or("");
  rules.label = columns.label ? columns.label->name : "";
  rules.score = columns.score.value_or("");
  rules.prediction = columns.prediction.value_or("");
  rules.weight = columns.weight.value_or("");
  rules.version = columns.version.value_or("");
  rules.only = columns.features.only;
  rules.except = columns.features.except;
  for (const auto& [name, type] : columns.types) rules.types.emplace(name, type);
  rules.missing_values = columns.missing_values;
  rules.segments = columns.segments;
  rules.private_columns = columns.private_columns.value_or(std::vector<std::string>{});
  return rules;
}

drift::CompareOptions compare_options(const config::Model& model) {
  drift::CompareOptions options;
  options.dialect = model.drift.dialect;
  options.numeric_measures = model.drift.numeric;
  options.categorical_measures = model.drift.categorical;
  options.min_rows = model.window.min_rows;
  options.quality.missing = fixed(model.quality.missing);
  options.quality.unseen = fixed(model.quality.unseen);
  options.quality.type_errors = fixed(model.quality.type_errors);
  options.quality.non_finite = fixed(model.quality.non_finite);
  options.quality.range = fixed(model.quality.range);
  options.quality.violations = fixed(model.quality.violations);
  options.quality.duplicate_ids = fixed(model.quality.duplicate_ids);
  options.quality.duplicate_rows = fixed(model.quality.duplicate_rows);
  options.quality.constant = verdict_of(model.quality.constant);
  for (const auto& [column, rules] : model.quality.columns) {
    options.quality.rules.emplace(
        column, drift::RuleTexts{.range = config::range_text(rules), .pattern = rules.pattern});
  }
  for (const auto& [column, exception] : model.columns.overrides) {
    for (const auto& [measure, limits] : exception.thresholds)
      options.column_limits[column].emplace(measure, fixed(limits));
  }
  return options;
}

threshold::Policy threshold_policy(const config::Model& model) {
  threshold::Policy policy;
  for (const auto& [measure, limits] : model.drift.thresholds) {
    policy.fixed.emplace(measure, fixed(limits));
  }
  policy.false_alarms = model.drift.false_alarms.count;
  policy.per = model.drift.false_alarms.per;
  policy.window_size = model.window.slide;
  policy.min_rows = model.window.min_rows;
  policy.dialect = model.drift.dialect;
  policy.multivariate_tests = model.drift.multivariate.size() + embeddings(model);
  return policy;
}

std::uint64_t sample_rows(const config::Model& model) {
  constexpr std::uint64_t kRows = 1000;  // tells a correlation of 0.2 from one of 0
  return model.drift.multivariate.empty() && embeddings(model) == 0 ? 0 : kRows;
}

std::string source_of(const std::vector<std::filesystem::path>& paths) {
  std::string source = paths.front().string();
  if (paths.size() > 1) source += " and " + std::to_string(paths.size() - 1) + " more files";
  return source;
}

std::uint64_t learning_hash(const config::Model& model) {
  tables::LearnPlan plan;
  plan.rules = column_rules(model);
  plan.panes = {.size = model.window.slide, .time_zone = model.window.time_zone};
  plan.scratch.sample_rows = sample_rows(model);
  return hash64(plan.encode());
}

}  // namespace leeway::monitor
