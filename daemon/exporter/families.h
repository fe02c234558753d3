#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace leeway::exporter {

enum class MetricType : std::uint8_t { kGauge, kCounter, kInfo, kHistogram };

/// The metrics of a model, in the order of their names. Those of the process are in the registry.
enum class Family : std::uint8_t {
  kBatches,
  kCarbonGrams,
  kCollectorErrors,
  kColumnMissingRatio,
  kColumnQualityRatio,
  kColumnSchemaState,
  kColumnUnseenRatio,
  kComputeCpuLimitCores,
  kComputeCpuSeconds,
  kComputeCpuThrottledSeconds,
  kComputeGpuEnergyJoules,
  kComputeGpuMemoryBytes,
  kComputeGpuMemoryTotalBytes,
  kComputeGpuPowerWatts,
  kComputeGpuUtilizationRatio,
  kComputeMemoryBytes,
  kComputeMemoryLimitBytes,
  kComputeOomKills,
  kCostBudgetPerDay,
  kCostForecast,
  kCostIdle,
  kCost,
  kDriftAlpha,
  kDriftErrorBound,
  kDriftNoiseFloor,
  kDriftPValue,
  kDriftThreshold,
  kDriftValue,
  kDriftedColumns,
  kEndpointCertificateExpiry,
  kEndpointInfo,
  kEndpointReady,
  kEndpointRequestDuration,
  kEndpointRequestFailures,
  kEndpointRequests,
  kEndpointRunningRequests,
  kEndpointServedFailures,
  kEndpointServedSeconds,
  kEndpointUp,
  kEndpointWaitingRequests,
  kFalseAlarmsExpectedPerDay,
  kFindingState,
  kIncidentFiring,
  kJudgedColumns,
  kLastArrival,
  kLearningWindowsRemaining,
  kLiveFindingState,
  kModelInfo,
  kModelStatus,
  kPredictions,
  kQuarantinedSources,
  kRetrainingState,
  kRetrainings,
  kRows,
  kTokens,
  kUnknownColumns,
  kWatermark,
  kWindowCorrections,
  kWindowDuplicateRows,
  kWindowEnd,
  kWindowRows,
};

struct FamilyDescription {
  Family family;
  std::string_view name;  ///< as in the text format: a counter ends in _total, an info in _info
  MetricType type;
  std::string_view labels;  ///< after environment and model, in this order
  std::string_view help;
};

/// Every metric of a model, once. `segment` is left out for all rows, `against` is "reference",
/// "anchor" or "previous".
inline constexpr std::array kFamilies = {
    FamilyDescription{Family::kBatches, "leeway_batches_total", MetricType::kCounter, "outcome",
                      "Batches taken in, by outcome (folded, unchanged, quarantined, late)."},
    FamilyDescription{Family::kCarbonGrams, "leeway_carbon_grams_total", MetricType::kCounter, "",
                      "Carbon, as CO2 equivalent, of the energy that GPUs used."},
    FamilyDescription{Family::kCollectorErrors, "leeway_collector_errors_total",
                      MetricType::kCounter, "source", "Attempts to read a source that failed."},
    FamilyDescription{Family::kColumnMissingRatio, "leeway_column_missing_ratio",
                      MetricType::kGauge, "segment, column",
                      "Share of missing values in the newest judged window."},
    FamilyDescription{Family::kColumnQualityRatio, "leeway_column_quality_ratio",
                      MetricType::kGauge, "segment, column, measure",
                      "Share of values in the newest judged window that are out of range or set, "
                      "match no pattern, repeat, are infinite or unreadable; absent where "
                      "there is nothing to check, 1 for a column that has become constant."},
    FamilyDescription{Family::kColumnSchemaState, "leeway_column_schema_state", MetricType::kGauge,
                      "column",
                      "1 for a new column, 2 for one that vanished or changed its type; absent "
                      "for the others."},
    FamilyDescription{
        Family::kColumnUnseenRatio, "leeway_column_unseen_ratio", MetricType::kGauge,
        "segment, column",
        "Share of values in the newest judged window that the reference does not know."},
    FamilyDescription{Family::kComputeCpuLimitCores, "leeway_compute_cpu_limit_cores",
                      MetricType::kGauge, "", "CPUs that the model may use."},
    FamilyDescription{Family::kComputeCpuSeconds, "leeway_compute_cpu_seconds_total",
                      MetricType::kCounter, "", "CPU time that the model used."},
    FamilyDescription{
        Family::kComputeCpuThrottledSeconds, "leeway_compute_cpu_throttled_seconds_total",
        MetricType::kCounter, "",
        "Time that the model stood still because of its CPU limit, summed over CPUs."},
    FamilyDescription{Family::kComputeGpuEnergyJoules, "leeway_compute_gpu_energy_joules_total",
                      MetricType::kCounter, "gpu", "Energy that a GPU of the model used."},
    FamilyDescription{Family::kComputeGpuMemoryBytes, "leeway_compute_gpu_memory_bytes",
                      MetricType::kGauge, "gpu", "Memory of a GPU in use."},
    FamilyDescription{Family::kComputeGpuMemoryTotalBytes, "leeway_compute_gpu_memory_size_bytes",
                      MetricType::kGauge, "gpu", "Memory of a GPU."},
    FamilyDescription{Family::kComputeGpuPowerWatts, "leeway_compute_gpu_power_watts",
                      MetricType::kGauge, "gpu", "Power that a GPU draws."},
    FamilyDescription{Family::kComputeGpuUtilizationRatio, "leeway_compute_gpu_utilization_ratio",
                      MetricType::kGauge, "gpu", "Share of the time in which a GPU ran something."},
    FamilyDescription{Family::kComputeMemoryBytes, "leeway_compute_memory_bytes",
                      MetricType::kGauge, "", "Memory that the model uses."},
    FamilyDescription{Family::kComputeMemoryLimitBytes, "leeway_compute_memory_limit_bytes",
                      MetricType::kGauge, "", "Memory that the model may use."},
    FamilyDescription{Family::kComputeOomKills, "leeway_compute_oom_kills_total",
                      MetricType::kCounter, "",
                      "Processes of the model that were ended for lack of memory."},
    FamilyDescription{Family::kCostBudgetPerDay, "leeway_cost_budget_per_day", MetricType::kGauge,
                      "currency", "What the model may cost a day."},
    FamilyDescription{
        Family::kCostForecast, "leeway_cost_forecast_month", MetricType::kGauge, "currency, bound",
        "What the month will have cost: expected, and the lower and upper end of a 90 % interval."},
    FamilyDescription{Family::kCostIdle, "leeway_cost_idle_total", MetricType::kCounter, "currency",
                      "Of leeway_cost_total, what was for time in which nothing was done."},
    FamilyDescription{Family::kCost, "leeway_cost_total", MetricType::kCounter, "currency",
                      "What the compute of the model cost."},
    FamilyDescription{
        Family::kDriftAlpha, "leeway_drift_alpha", MetricType::kGauge,
        "segment, column, measure, against",
        "Significance level that leeway_drift_p_value is judged by, of measures that are."},
    FamilyDescription{
        Family::kDriftErrorBound, "leeway_drift_error_bound", MetricType::kGauge,
        "segment, column, measure, against",
        "By how much the exact statistic may exceed leeway_drift_value; 0 if that is exact."},
    FamilyDescription{Family::kDriftNoiseFloor, "leeway_drift_noise_floor", MetricType::kGauge,
                      "segment, column, measure, against",
                      "Mean of the statistic without drift at these numbers of rows."},
    FamilyDescription{Family::kDriftPValue, "leeway_drift_p_value", MetricType::kGauge,
                      "segment, column, measure, against",
                      "P-value of the statistic, of measures that are judged by it."},
    FamilyDescription{Family::kDriftThreshold, "leeway_drift_threshold", MetricType::kGauge,
                      "segment, column, measure, against, severity",
                      "Value of the statistic from which the verdict is warning or critical."},
    FamilyDescription{Family::kDriftValue, "leeway_drift_value", MetricType::kGauge,
                      "segment, column, measure, against",
                      "Statistic of the newest judged window against the reference."},
    FamilyDescription{Family::kDriftedColumns, "leeway_drifted_columns", MetricType::kGauge, "",
                      "Columns whose deciding measure is critical in the newest judged window."},
    FamilyDescription{Family::kEndpointCertificateExpiry,
                      "leeway_endpoint_certificate_expiry_timestamp_seconds", MetricType::kGauge,
                      "", "When the first certificate of the endpoint's chain expires."},
    FamilyDescription{Family::kEndpointInfo, "leeway_endpoint_info", MetricType::kInfo,
                      "served_model, version, platform",
                      "What the endpoint says of the model that it serves."},
    FamilyDescription{Family::kEndpointReady, "leeway_endpoint_ready", MetricType::kGauge, "",
                      "Whether the endpoint says that the model is ready."},
    FamilyDescription{Family::kEndpointRequestDuration, "leeway_endpoint_request_duration_seconds",
                      MetricType::kHistogram, "phase",
                      "Time of probes that were answered, by phase and in total."},
    FamilyDescription{Family::kEndpointRequestFailures, "leeway_endpoint_request_failures_total",
                      MetricType::kCounter, "phase",
                      "Probes that failed, by the phase that they ended in; 'answer': answered, "
                      "and not as it should be."},
    FamilyDescription{Family::kEndpointRequests, "leeway_endpoint_requests_total",
                      MetricType::kCounter, "", "Probes of the endpoint."},
    FamilyDescription{Family::kEndpointRunningRequests, "leeway_endpoint_running_requests",
                      MetricType::kGauge, "",
                      "Requests that the endpoint works on, by its own metrics."},
    FamilyDescription{Family::kEndpointServedFailures, "leeway_endpoint_served_failures_total",
                      MetricType::kCounter, "",
                      "Requests that the endpoint failed, by its own metrics, over its restarts."},
    FamilyDescription{Family::kEndpointServedSeconds, "leeway_endpoint_served_seconds_total",
                      MetricType::kCounter, "",
                      "Time that requests took, by the endpoint's own metrics."},
    FamilyDescription{Family::kEndpointUp, "leeway_endpoint_up", MetricType::kGauge, "",
                      "Whether the newest probe was answered as it should be."},
    FamilyDescription{Family::kEndpointWaitingRequests, "leeway_endpoint_waiting_requests",
                      MetricType::kGauge, "",
                      "Requests that wait at the endpoint, by its own metrics."},
    FamilyDescription{Family::kFalseAlarmsExpectedPerDay, "leeway_false_alarms_expected_per_day",
                      MetricType::kGauge, "",
                      "Expected number of judged windows a day with a false critical finding."},
    FamilyDescription{Family::kFindingState, "leeway_finding_state", MetricType::kGauge,
                      "segment, column",
                      "Verdict of the deciding measure: 0 ok, 1 warning, 2 critical, -1 unknown."},
    FamilyDescription{Family::kIncidentFiring, "leeway_incident_firing", MetricType::kGauge,
                      "rule, severity", "1 for each open incident."},
    FamilyDescription{Family::kJudgedColumns, "leeway_judged_columns", MetricType::kGauge, "",
                      "Columns with a verdict in the newest judged window."},
    FamilyDescription{Family::kLastArrival, "leeway_last_arrival_timestamp_seconds",
                      MetricType::kGauge, "", "When the last batch arrived."},
    FamilyDescription{Family::kLearningWindowsRemaining, "leeway_learning_windows_remaining",
                      MetricType::kGauge, "",
                      "Windows still to be learned from before the reference is complete."},
    FamilyDescription{Family::kLiveFindingState, "leeway_live_finding_state", MetricType::kGauge,
                      "finding, part",
                      "Verdict on what endpoint and compute show now: 0 ok, 1 warning, 2 critical, "
                      "-1 unknown."},
    FamilyDescription{Family::kModelInfo, "leeway_model_info", MetricType::kInfo,
                      "version, team, owner", "What the configuration says of the model."},
    FamilyDescription{Family::kModelStatus, "leeway_model_status", MetricType::kGauge, "status",
                      "1 for the status that the model has, 0 for the others."},
    FamilyDescription{
        Family::kPredictions, "leeway_predictions_total", MetricType::kCounter, "",
        "Predictions that the model made, as its endpoint's own metrics or the sources "
        "of its compute count them, over restarts."},
    FamilyDescription{Family::kQuarantinedSources, "leeway_quarantined_sources", MetricType::kGauge,
                      "", "Sources that could not be read and are set aside."},
    FamilyDescription{Family::kRetrainingState, "leeway_retraining_state", MetricType::kGauge,
                      "state", "1 for the state that the retraining is in, 0 for the others."},
    FamilyDescription{Family::kRetrainings, "leeway_retrainings_total", MetricType::kCounter,
                      "outcome", "Retraining requests, by outcome."},
    FamilyDescription{Family::kRows, "leeway_rows_total", MetricType::kCounter, "outcome",
                      "Rows read, by outcome (judged, late, future, unreadable)."},
    FamilyDescription{Family::kTokens, "leeway_tokens_total", MetricType::kCounter, "kind",
                      "Tokens that the endpoint took and gave, by its own metrics."},
    FamilyDescription{Family::kUnknownColumns, "leeway_unknown_columns", MetricType::kGauge, "",
                      "Columns whose verdict is unknown in the newest judged window."},
    FamilyDescription{Family::kWatermark, "leeway_watermark_timestamp_seconds", MetricType::kGauge,
                      "", "Largest plausible event time seen."},
    FamilyDescription{Family::kWindowCorrections, "leeway_window_corrections_total",
                      MetricType::kCounter, "", "Judged windows whose rows changed afterwards."},
    FamilyDescription{Family::kWindowDuplicateRows, "leeway_window_duplicate_rows_ratio",
                      MetricType::kGauge, "",
                      "Share of rows in the newest judged window that repeat another one, "
                      "estimated; absent unless quality.duplicates.rows asks for it."},
    FamilyDescription{Family::kWindowEnd, "leeway_window_end_timestamp_seconds", MetricType::kGauge,
                      "", "End of the newest judged window."},
    FamilyDescription{Family::kWindowRows, "leeway_window_rows", MetricType::kGauge, "segment",
                      "Rows in the newest judged window."},
};

constexpr const FamilyDescription& describe(Family family) {
  return kFamilies[static_cast<std::size_t>(family)];
}

/// Both orders are the same, so that describe() may index and the page is sorted.
consteval bool families_are_in_order() {
  for (std::size_t i = 0; i < kFamilies.size(); ++i) {
    if (static_cast<std::size_t>(kFamilies[i].family) != i) return false;
    if (i != 0 && kFamilies[i - 1].name >= kFamilies[i].name) return false;
  }
  return true;
}
static_assert(families_are_in_order());

}  // namespace leeway::exporter
