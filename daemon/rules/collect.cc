#include "daemon/rules/collect.h"

#include <map>
#include <utility>

#include "daemon/rules/paths.h"
#include "detectors/multivariate/measures.h"

namespace leeway::rules {
namespace {

Labels labels_of(const Finding& finding, const RoleOf& role_of) {
  Labels labels{{"column", finding.column}};
  if (!finding.segment.empty()) labels["segment"] = finding.segment;
  if (const auto role = role_of(finding.column)) labels["role"] = to_string(*role);
  return labels;
}

/// Critical before warning before unknown before ok: unknown could be worse than ok.
int badness(Verdict verdict) {
  if (verdict == Verdict::kCritical) return 3;
  if (verdict == Verdict::kWarning) return 2;
  return is_unknown(verdict) ? 1 : 0;
}

Fact state_of(std::string_view path, const Finding& finding, Labels labels) {
  Fact fact = state_fact(path, finding.verdict, finding.note);
  labels["measure"] = finding.measure;
  fact.labels = std::move(labels);
  return fact;
}

void add_value(Facts& facts, std::string path, const Finding& finding, Labels labels) {
  if (find_path(path) == nullptr) return;
  facts.add({.path = std::move(path),
             .labels = std::move(labels),
             .value = finding.value,
             .verdict = finding.verdict,
             .threshold = finding.critical ? finding.critical : finding.warning,
             .p_value = finding.p_value,
             .alpha = finding.alpha,
             .note = finding.note});
}

/// A measure of all columns at once, which each decide for themselves.
void add_multivariate(Facts& facts, const Finding& finding) {
  if (multivariate::find_measure(finding.measure) == nullptr) return;
  facts.add(state_of("multivariate.state", finding, {}));
  add_value(facts, "multivariate." + finding.measure, finding, {});
}

/// Whole rows have no column: their quality is a state of its own.
void add_rows(Facts& facts, const Finding& finding) {
  if (finding.measure != "duplicate_rows") return;
  facts.add(state_of("quality.state", finding, {}));
  add_value(facts, "quality.duplicate_rows", finding, {});
}

}  // namespace

void add_findings(Facts& facts, std::span<const Finding> findings, const RoleOf& role_of) {
  std::map<std::pair<std::string_view, std::string_view>, const Finding*> worst;
  for (const Finding& finding : findings) {
    if (finding.column.empty()) {
      add_multivariate(facts, finding);
      add_rows(facts, finding);
      continue;
    }
    Labels labels = labels_of(finding, role_of);
    if (finding.measure.starts_with("anchor.")) {
      add_value(facts, "drift.anchor", finding, std::move(labels));
      continue;
    }
    const bool embedding = multivariate::find_embedding_measure(finding.measure) != nullptr;
    const std::string path = (embedding ? "embedding." : "drift.") + finding.measure;
    if (finding.deciding || find_path(path) != nullptr) {
      if (finding.deciding) facts.add(state_of("drift.state", finding, labels));
      add_value(facts, path, finding, std::move(labels));
      continue;
    }
    const Finding*& known = worst[{finding.segment, finding.column}];
    if (known == nullptr || badness(finding.verdict) > badness(known->verdict)) known = &finding;
    if (finding.measure == "schema") {
      Fact fact = state_fact("quality.schema", finding.verdict, finding.note);
      fact.labels = std::move(labels);
      facts.add(std::move(fact));
      continue;
    }
    add_value(facts, "quality." + finding.measure, finding, std::move(labels));
  }
  for (const auto& [place, finding] : worst) {
    facts.add(state_of("quality.state", *finding, labels_of(*finding, role_of)));
  }
}

Fact state_fact(std::string_view path, Verdict verdict, std::string note) {
  Fact fact{.path = std::string(path),
            .value = std::nullopt,
            .verdict = verdict,
            .note = std::move(note)};
  if (!is_unknown(verdict)) fact.value = static_cast<double>(static_cast<int>(verdict));
  return fact;
}

void add_drift_summary(Facts& facts, std::uint64_t drifted, std::uint64_t judged,
                       std::optional<double> share) {
  const auto add = [&facts](std::string path, std::optional<double> value) {
    facts.add({.path = std::move(path),
               .value = value,
               .verdict = value ? Verdict::kOk : Verdict::kTooFew});
  };
  add("drift.share", share);
  // When most columns are unknown, few drifted ones are no sign of calm.
  add("drift.drifted_columns", share ? std::optional(static_cast<double>(drifted)) : std::nullopt);
  add("drift.judged_columns", static_cast<double>(judged));
}

}  // namespace leeway::rules
