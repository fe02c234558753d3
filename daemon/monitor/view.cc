#include "daemon/monitor/view.h"

#include <algorithm>
#include <array>
#include <iterator>

#include "daemon/monitor/schema_findings.h"
#include "daemon/monitor/versions.h"
#include "daemon/rules/collect.h"
#include "detectors/drift/quality_measures.h"
#include "detectors/multivariate/measures.h"

namespace leeway::monitor {
namespace {

using exporter::Detail;
using exporter::Family;

constexpr std::array kStatuses = {Status::kStarting, Status::kLearning, Status::kOk,
                                  Status::kWarning,  Status::kCritical, Status::kUnknown,
                                  Status::kError};

constexpr std::string_view kSchema = "schema";
constexpr std::string_view kAnchor = "anchor.";
constexpr std::string_view kDuplicateRows = "duplicate_rows";

double state_of(Verdict verdict) {
  return is_unknown(verdict) ? -1.0 : static_cast<double>(verdict);
}

bool is_model_level(const Finding& finding) { return finding.column.empty(); }

bool is_quality(const Finding& finding) {
  return drift::is_quality_measure(finding.measure) || finding.measure == kSchema;
}

/// Collects the series of one model; every one carries environment and model.
class Writer {
 public:
  explicit Writer(const config::Model& model)
      : environment_(config::to_string(model.environment)), model_(model.name) {}

  using Labels = std::vector<std::pair<std::string_view, std::string>>;

  void add(Family family, double value, Labels labels = {}, Detail detail = Detail::kModel) {
    exporter::Series series{.family = family, .labels = {}, .value = value, .detail = detail};
    series.labels.emplace_back("environment", environment_);
    series.labels.emplace_back("model", model_);
    for (auto& label : labels) {
      if (!label.second.empty()) series.labels.push_back(std::move(label));
    }
    metrics_.series.push_back(std::move(series));
  }

  void add(exporter::Series series) {
    series.labels.insert(series.labels.begin(), {{"environment", environment_}, {"model", model_}});
    metrics_.series.push_back(std::move(series));
  }

  exporter::ModelMetrics take() && { return std::move(metrics_); }

 private:
  std::string environment_;
  std::string model_;
  exporter::ModelMetrics metrics_;
};

Detail detail_of(const Finding& finding) {
  if (!finding.segment.empty()) return Detail::kSegment;
  if (!finding.deciding) return Detail::kInforming;
  return finding.verdict == Verdict::kOk ? Detail::kOk : Detail::kColumn;
}

void add_drift_finding(Writer& out, const Finding& finding) {
  const bool of_anchor = finding.measure.starts_with(kAnchor);
  const Writer::Labels labels = {
      {"segment", finding.segment},
      {"column", finding.column},
      {"measure", of_anchor ? finding.measure.substr(kAnchor.size()) : finding.measure},
      {"against", of_anchor ? "anchor" : "reference"}};
  const Detail detail = detail_of(finding);
  if (finding.value) {
    out.add(Family::kDriftValue, *finding.value, labels, detail);
    out.add(Family::kDriftErrorBound, finding.error_bound, labels, Detail::kErrorBound);
  }
  if (finding.noise_floor) {
    out.add(Family::kDriftNoiseFloor, *finding.noise_floor, labels, Detail::kErrorBound);
  }
  for (const auto& [severity, limit] :
       {std::pair{"warning", finding.warning}, {"critical", finding.critical}}) {
    if (!limit) continue;
    Writer::Labels with_severity = labels;
    with_severity.emplace_back("severity", severity);
    out.add(Family::kDriftThreshold, *limit, std::move(with_severity), detail);
  }
  if (finding.alpha && finding.p_value) {
    out.add(Family::kDriftPValue, *finding.p_value, labels, detail);
    out.add(Family::kDriftAlpha, *finding.alpha, labels, detail);
  }
  if (finding.deciding) {
    out.add(Family::kFindingState, state_of(finding.verdict),
            {{"segment", finding.segment}, {"column", finding.column}}, detail);
  }
}

/// Of all columns at once: without the label `column`, and with a state for each measure.
void add_multivariate_finding(Writer& out, const Finding& finding) {
  Finding of_model = finding;
  of_model.deciding = false;
  add_drift_finding(out, of_model);
  out.add(Family::kFindingState, state_of(finding.verdict), {{"measure", finding.measure}});
}

/// No measure of quality decides for its column: what is not ok is kept as long as one that does.
void add_quality_finding(Writer& out, const View& view, const Finding& finding) {
  if (!finding.value || finding.measure == kSchema) return;
  Detail detail = finding.verdict == Verdict::kOk ? Detail::kOk : Detail::kColumn;
  if (!finding.segment.empty()) detail = Detail::kSegment;
  const bool missing = finding.measure == "missing";
  if (!missing && finding.measure != "unseen") {
    out.add(
        Family::kColumnQualityRatio, *finding.value,
        {{"segment", finding.segment}, {"column", finding.column}, {"measure", finding.measure}},
        detail);
    return;
  }
  const auto& shares = missing ? view.missing : view.unseen;
  if (finding.segment.empty() && shares.contains(finding.column)) return;
  out.add(missing ? Family::kColumnMissingRatio : Family::kColumnUnseenRatio, *finding.value,
          {{"segment", finding.segment}, {"column", finding.column}}, detail);
}

void add_window(Writer& out, const View& view) {
  if (!view.window) return;
  for (const Finding& finding : view.findings) {
    if (is_model_level(finding)) {
      if (multivariate::find_measure(finding.measure) != nullptr)
        add_multivariate_finding(out, finding);
      if (finding.measure == kDuplicateRows && finding.value)
        out.add(Family::kWindowDuplicateRows, *finding.value);
      continue;
    }
    if (is_quality(finding)) {
      add_quality_finding(out, view, finding);
    } else {
      add_drift_finding(out, finding);
    }
  }
  for (const auto& [column, share] : view.missing) {
    out.add(Family::kColumnMissingRatio, share, {{"column", column}}, Detail::kOk);
  }
  for (const auto& [column, share] : view.unseen) {
    out.add(Family::kColumnUnseenRatio, share, {{"column", column}}, Detail::kOk);
  }
  out.add(Family::kDriftedColumns, static_cast<double>(view.summary.drifted));
  out.add(Family::kJudgedColumns, static_cast<double>(view.summary.judged));
  out.add(Family::kUnknownColumns, static_cast<double>(view.summary.unknown));
  out.add(Family::kWindowRows, static_cast<double>(view.window->rows));
  out.add(Family::kWindowEnd, to_seconds(view.window->end.time_since_epoch()));
}

void add_live(Writer& out, const View& view) {
  for (const auto& [source, report] : view.live) {
    for (const LiveFinding& live : report->findings) {
      out.add(Family::kLiveFindingState, state_of(live.finding.verdict),
              {{"finding", live.finding.measure}, {"part", live.part}});
    }
    for (const exporter::Series& series : report->series) out.add(series);
    if (report->version_changed) {
      out.add(Family::kModelVersionChanged, to_seconds(report->version_changed->time_since_epoch()),
              {{"source", source}});
    }
  }
}

void add_counters(Writer& out, const View& view) {
  for (const auto& [key, total] : view.counters) {
    for (const exporter::FamilyDescription& family : exporter::kFamilies) {
      if (family.name != key.first) continue;
      out.add(family.family, total, {{family.labels, key.second}});
    }
  }
}

/// What is known of each column now: the newest window's findings and those of files of open ones.
/// A column of which nothing is said is as the reference has it, once a file has come.
std::vector<Finding> schema_of(const View& view, const profile::Schema* schema) {
  std::vector<Finding> findings = view.schema;
  std::ranges::copy_if(view.findings, std::back_inserter(findings),
                       [](const Finding& finding) { return finding.measure == kSchema; });
  if (schema != nullptr && view.last_arrival) {
    for (const profile::Column& column : schema->columns) {
      if (column.role == ColumnRole::kIgnored) continue;
      findings.push_back({.column = column.name, .measure = std::string(kSchema)});
    }
  }
  return worst_by_column(std::move(findings));
}

rules::Fact fact_of(const LiveFinding& live) {
  const Finding& finding = live.finding;
  return {.path = finding.measure,
          .labels = labels_of(live),
          .value = finding.value,
          .verdict = finding.verdict,
          .threshold = finding.critical ? finding.critical : finding.warning,
          .p_value = {},
          .alpha = {},
          .benchmark = {},
          .note = finding.note,
          .observed_at = live.observed_at};
}

}  // namespace

std::string_view to_string(Status status) {
  switch (status) {
    case Status::kStarting:
      return "starting";
    case Status::kLearning:
      return "learning";
    case Status::kOk:
      return "ok";
    case Status::kWarning:
      return "warning";
    case Status::kCritical:
      return "critical";
    case Status::kUnknown:
      return "unknown";
    case Status::kError:
      return "error";
  }
  return "unknown";
}

Status status_of(const View& view) {
  if (!view.trouble.empty()) return Status::kError;
  Verdict worst = Verdict::kOk;
  bool any_known = false;
  const auto look_at = [&](const Finding& finding) {
    if (is_unknown(finding.verdict)) return;
    any_known = true;
    worst = std::max(worst, finding.verdict);
  };
  for (const auto& [source, report] : view.live) {
    for (const LiveFinding& live : report->findings) look_at(live.finding);
  }
  const bool is_calm = worst == Verdict::kOk;
  if (view.learning && is_calm) return Status::kLearning;
  if (!view.window && (view.has_batches || view.live.empty()) && is_calm) return Status::kStarting;
  if (view.window && !view.learning) {
    std::ranges::for_each(view.findings, look_at);
    std::ranges::for_each(view.schema, look_at);
  }
  if (!any_known) return Status::kUnknown;
  if (worst == Verdict::kCritical) return Status::kCritical;
  return worst == Verdict::kWarning ? Status::kWarning : Status::kOk;
}

Finding judge_freshness(const View& view, Duration limit, TimePoint now) {
  Finding finding;
  finding.measure = "freshness";
  if (limit > Duration{0}) {
    finding.critical = to_seconds(limit);
    finding.basis = ThresholdBasis::kFixed;
  }
  if (!view.last_arrival) {
    finding.verdict = Verdict::kNoData;
    finding.note = "nothing has arrived yet";
    return finding;
  }
  finding.value = std::max(0.0, to_seconds(now - *view.last_arrival));
  if (finding.critical && *finding.value > *finding.critical) finding.verdict = Verdict::kCritical;
  return finding;
}

std::optional<Finding> source_finding(const View& view) {
  if (view.quarantined + view.refused == 0) return std::nullopt;
  Finding finding;
  finding.measure = "source";
  finding.value = static_cast<double>(view.quarantined + view.refused);
  finding.verdict = Verdict::kWarning;
  if (view.quarantined > 0) {
    finding.note =
        std::to_string(view.quarantined) + " files cannot be read, " + view.last_quarantine;
  }
  if (view.refused > 0) {
    if (!finding.note.empty()) finding.note += "; ";
    finding.note += std::to_string(view.refused) + " files changed too late, " + view.last_refusal;
  }
  return finding;
}

rules::Facts facts_of(const View& view, const profile::Schema* schema, const config::Model& model,
                      std::uint64_t dead_deliveries, TimePoint now) {
  rules::Facts facts;
  const auto add = [&facts](std::string_view path, const Finding& finding,
                            std::optional<double> value) {
    facts.add({.path = std::string(path),
               .labels = {},
               .value = value,
               .verdict = finding.verdict,
               .threshold = finding.critical ? finding.critical : finding.warning,
               .benchmark = {},
               .note = finding.note,
               .observed_at = {}});
  };
  const auto state = [](const Finding& finding) -> std::optional<double> {
    if (is_unknown(finding.verdict)) return std::nullopt;
    return static_cast<double>(finding.verdict);
  };
  const auto plain = [&add](std::string_view path, std::uint64_t value) {
    add(path, Finding{}, static_cast<double>(value));
  };

  const auto role_of = [schema](std::string_view column) -> std::optional<ColumnRole> {
    const profile::Column* found = schema == nullptr ? nullptr : schema->find(column);
    if (found == nullptr) return std::nullopt;
    return found->role;
  };
  std::vector<Finding> findings = schema_of(view, schema);
  if (view.window && !view.learning) {
    facts.window = rules::EventSpan{view.window->start, view.window->end};
    std::ranges::copy_if(view.findings, std::back_inserter(findings),
                         [](const Finding& finding) { return finding.measure != kSchema; });
    rules::add_drift_summary(facts, view.summary.drifted, view.summary.judged, view.summary.share);
    plain("volume.rows", view.window->rows);
    const bool none_usual = std::ranges::any_of(view.findings, [](const Finding& finding) {
      return finding.measure == "volume" && finding.verdict == Verdict::kOk;
    });
    plain("window.no_data", view.window->rows == 0 && !none_usual ? 1 : 0);
    for (const Finding& finding : view.findings) {
      if (finding.measure != "volume") continue;
      add("volume.state", finding, state(finding));
      add("volume.ratio", finding, finding.value);
    }
  }
  // Labels that are not in yet say nothing, so they must not make `all(...)` unknown.
  std::erase_if(findings,
                [](const Finding& finding) { return finding.verdict == Verdict::kImmature; });
  rules::add_findings(facts, findings, role_of);
  if (view.has_batches) {
    const Finding freshness = judge_freshness(view, model.quality.freshness, now);
    add("freshness.age", freshness, freshness.value);
    add("freshness.state", freshness, state(freshness));
  }
  for (const auto& [source, report] : view.live) {
    for (const LiveFinding& live : report->findings) facts.add(fact_of(live));
  }
  plain("source.errors", view.quarantined);
  plain("delivery.dead", dead_deliveries);
  return facts;
}

exporter::ModelMetrics metrics_of(const View& view, const config::Model& model) {
  Writer out(model);
  out.add(
      Family::kModelInfo, 1.0,
      {{"version", version_now(view.live, model)}, {"team", model.team}, {"owner", model.owner}});
  const Status status = status_of(view);
  for (const Status each : kStatuses) {
    out.add(Family::kModelStatus, each == status ? 1.0 : 0.0,
            {{"status", std::string(to_string(each))}});
  }
  add_window(out, view);
  for (const Finding& finding : schema_of(view, nullptr)) {
    if (finding.column.empty() || is_unknown(finding.verdict)) continue;
    out.add(Family::kColumnSchemaState, state_of(finding.verdict), {{"column", finding.column}},
            Detail::kColumn);
  }
  if (view.watermark) out.add(Family::kWatermark, to_seconds(view.watermark->time_since_epoch()));
  if (view.last_arrival)
    out.add(Family::kLastArrival, to_seconds(view.last_arrival->time_since_epoch()));
  if (view.windows_to_learn > 0) {
    out.add(Family::kLearningWindowsRemaining,
            static_cast<double>(view.windows_to_learn -
                                std::min(view.learned_windows, view.windows_to_learn)));
  }
  if (view.false_alarms_per_day)
    out.add(Family::kFalseAlarmsExpectedPerDay, *view.false_alarms_per_day);
  out.add(Family::kQuarantinedSources, static_cast<double>(view.quarantined));
  for (const auto& [rule, severity] : view.firing) {
    out.add(Family::kIncidentFiring, 1.0, {{"rule", rule}, {"severity", severity}});
  }
  if (!view.retraining.empty()) {
    out.add(Family::kRetrainingState, 1.0, {{"state", view.retraining}});
  }
  add_live(out, view);
  add_counters(out, view);
  return std::move(out).take();
}

}  // namespace leeway::monitor
