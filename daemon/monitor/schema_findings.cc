#include "daemon/monitor/schema_findings.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "collectors/tables/infer.h"

namespace leeway::monitor {
namespace {

constexpr std::size_t kNamedColumns = 50;

Finding schema_finding(std::string column, Verdict verdict, std::string note) {
  Finding finding;
  finding.column = std::move(column);
  finding.measure = "schema";
  finding.verdict = verdict;
  finding.note = std::move(note);
  return finding;
}

/// A column that the reference need not have: it has a role of its own, or is none of the features.
bool is_expected(const std::string& name, const config::Columns& columns) {
  const std::array named = {columns.id,    columns.timestamp, columns.prediction,
                            columns.score, columns.weight,    columns.version};
  const bool has_role =
      std::ranges::any_of(named, [&name](const auto& each) { return each == name; });
  if (has_role || (columns.label && columns.label->name == name)) return true;
  const config::Features& features = columns.features;
  const bool only = features.only.empty() || tables::matches_any(features.only, name);
  return !only || tables::matches_any(features.except, name);
}

Verdict verdict_of(const profile::Column* known) {
  if (known != nullptr && known->role == ColumnRole::kLabel) return Verdict::kImmature;
  return known != nullptr && is_judged(known->role) ? Verdict::kCritical : Verdict::kWarning;
}

/// The order of verdicts for a person: what is unknown could be worse than ok.
int badness(Verdict verdict) {
  if (verdict == Verdict::kCritical) return 3;
  if (verdict == Verdict::kWarning) return 2;
  return is_unknown(verdict) ? 1 : 0;
}

}  // namespace

std::vector<Finding> schema_findings(const tables::FoldAnswer& answer,
                                     const profile::Schema& schema,
                                     const config::Columns& columns) {
  std::vector<Finding> findings;
  std::size_t more = 0;
  for (const std::string& name : answer.new_columns) {
    if (is_expected(name, columns)) continue;
    if (findings.size() == kNamedColumns) {
      ++more;
      continue;
    }
    findings.push_back(schema_finding(name, Verdict::kWarning, "new column, not in the reference"));
  }
  if (more > 0) {
    findings.push_back(
        schema_finding("", Verdict::kWarning, std::to_string(more) + " more new columns"));
  }
  for (const std::string& name : answer.vanished_columns) {
    const Verdict verdict = verdict_of(schema.find(name));
    findings.push_back(schema_finding(name, verdict,
                                      verdict == Verdict::kImmature
                                          ? "labels are not in yet"
                                          : "column of the reference is not in the file"));
  }
  for (const tables::ObservedColumn& column : answer.retyped_columns) {
    const profile::Column* known = schema.find(column.name);
    const bool judged = known == nullptr || is_judged(known->role);
    findings.push_back(schema_finding(column.name, judged ? Verdict::kCritical : Verdict::kWarning,
                                      "type changed, the file has " + column.file_type));
  }
  return worst_by_column(std::move(findings));
}

std::vector<Finding> worst_by_column(std::vector<Finding> findings) {
  std::map<std::string, Finding> worst;
  for (Finding& finding : findings) {
    Finding& known = worst.try_emplace(finding.column, finding).first->second;
    if (badness(finding.verdict) > badness(known.verdict)) known = std::move(finding);
  }
  findings.clear();
  for (auto& [column, finding] : worst) findings.push_back(std::move(finding));
  return findings;
}

}  // namespace leeway::monitor
