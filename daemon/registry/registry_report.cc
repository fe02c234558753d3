#include "daemon/registry/registry_report.h"

#include <utility>

namespace leeway::registry {
namespace {

using exporter::Family;

monitor::LiveFinding flag(std::string measure, bool value, Verdict verdict, std::string note) {
  monitor::LiveFinding live;
  live.finding.measure = std::move(measure);
  live.finding.value = value ? 1.0 : 0.0;
  live.finding.verdict = verdict;
  live.finding.note = std::move(note);
  return live;
}

boost::json::object details_of(const RegistryState& state, const config::ModelRegistry& registry) {
  boost::json::object details{
      {"mlflow", registry.mlflow}, {"model", registry.model}, {"alias", registry.alias}};
  if (state.current) {
    details["version"] = state.current->version;
    details["run_id"] = state.current->run_id;
    details["status"] = state.current->status;
    details["seen"] = to_rfc3339(*state.seen);
  }
  if (state.changed) {
    details["changed"] = to_rfc3339(*state.changed);
    details["change"] = state.change;
  }
  if (!state.trouble.empty()) details["sentence"] = state.trouble;
  if (!state.missing.empty()) details["sentence"] = state.missing;
  return details;
}

}  // namespace

monitor::LiveReport report_of(const RegistryState& state, const config::ModelRegistry& registry,
                              TimePoint now) {
  monitor::LiveReport report;
  report.details = details_of(state, registry);
  if (state.current) report.version = state.current->version;
  report.version_changed = state.changed;
  if (!state.answered) return report;

  const bool up = state.trouble.empty();
  report.findings.push_back(
      flag("registry.up", up, up ? Verdict::kOk : Verdict::kWarning, state.trouble));
  if (up) {
    const bool found = state.missing.empty();
    report.findings.push_back(
        flag("registry.alias", found, found ? Verdict::kOk : Verdict::kWarning, state.missing));
  }
  const bool is_new = state.changed && now >= *state.changed && now - *state.changed < kChangeLasts;
  report.findings.push_back(
      flag("registry.version", is_new, Verdict::kOk, is_new ? state.change : ""));
  for (monitor::LiveFinding& live : report.findings) {
    live.observed_at = *state.answered;
    live.good_until = *state.answered + 3 * registry.every + registry.timeout;
  }

  report.series.push_back({.family = Family::kRegistryUp, .labels = {}, .value = up ? 1.0 : 0.0});
  if (state.current) {
    report.series.push_back({.family = Family::kRegistryInfo,
                             .labels = {{"registered_model", registry.model},
                                        {"alias", registry.alias},
                                        {"version", state.current->version}},
                             .value = 1.0});
  }
  return report;
}

}  // namespace leeway::registry
