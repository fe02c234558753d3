#include "daemon/registry/results.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "detectors/drift/compare.h"
#include "detectors/drift/quality_measures.h"

namespace leeway::registry {
namespace {

/// The worst known verdict; nothing if none is known.
std::optional<Verdict> status_of(const std::vector<Finding>& findings) {
  std::optional<Verdict> worst;
  for (const Finding& finding : findings) {
    if (!is_unknown(finding.verdict))
      worst = std::max(worst.value_or(Verdict::kOk), finding.verdict);
  }
  return worst;
}

class Writer {
 public:
  explicit Writer(TimePoint end) : end_(end) {}

  void add(const std::string& measure, double value, const std::string& column = "") {
    std::string key = metric_key(measure, column);
    if (!std::isfinite(value) || !known_.insert(key).second) return;
    metrics_.push_back(
        {.key = std::move(key), .value = value, .time = end_, .step = to_micros(end_) / 1000});
  }

  std::vector<Metric> take() && { return std::move(metrics_); }

 private:
  TimePoint end_;
  std::set<std::string> known_;
  std::vector<Metric> metrics_;
};

}  // namespace

Results results_of(const store::Window& window, const std::vector<Finding>& findings,
                   const profile::Schema* schema) {
  Writer out(window.end);
  const auto status = status_of(findings);
  out.add("rows", static_cast<double>(window.rows));
  out.add("status", status ? static_cast<double>(*status) : -1.0);
  if (schema != nullptr) {
    const drift::DriftSummary summary = drift::summarize(*schema, findings);
    out.add("drift.judged_columns", static_cast<double>(summary.judged));
    if (summary.share) {
      out.add("drift.share", *summary.share);
      out.add("drift.drifted_columns", static_cast<double>(summary.drifted));
    }
  }
  for (const Finding& finding : findings) {
    if (!finding.value || !finding.segment.empty() || is_unknown(finding.verdict)) continue;
    const bool is_written =
        finding.deciding || finding.column.empty() || drift::is_quality_measure(finding.measure);
    if (is_written) out.add(finding.measure, *finding.value, finding.column);
  }
  return {.metrics = std::move(out).take(),
          .tags = {{"leeway.status", status ? std::string(to_string(*status)) : "unknown"},
                   {"leeway.window_end", to_rfc3339(window.end)},
                   {"leeway.reference", window.reference_id}}};
}

}  // namespace leeway::registry
