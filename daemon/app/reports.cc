#include "daemon/app/reports.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <cmath>
#include <cstdio>
#include <utility>

#include "collectors/async/on_pool.h"
#include "daemon/monitor/versions.h"
#include "daemon/store/history.h"
#include "daemon/store/incidents.h"
#include "daemon/store/ledger.h"
#include "daemon/store/live.h"
#include "daemon/store/windows.h"
#include "detectors/base/bytes.h"

namespace leeway::app {
namespace {

namespace json = boost::json;

json::value number(const std::optional<double>& value) {
  if (!value || !std::isfinite(*value)) return nullptr;
  return *value;
}

json::value time(const std::optional<TimePoint>& value) {
  if (!value) return nullptr;
  return json::value(to_rfc3339(*value));
}

json::array shifts_json(const std::vector<Shift>& shifts) {
  json::array out;
  for (const Shift& shift : shifts) {
    out.push_back(json::object{{"what", shift.what},
                               {"reference_share", shift.reference},
                               {"current_share", shift.current}});
  }
  return out;
}

json::object finding_json(const Finding& finding) {
  return {{"segment", finding.segment},
          {"column", finding.column},
          {"measure", finding.measure},
          {"value", number(finding.value)},
          {"warning", number(finding.warning)},
          {"critical", number(finding.critical)},
          {"error_bound", finding.error_bound},
          {"noise_floor", number(finding.noise_floor)},
          {"p_value", number(finding.p_value)},
          {"alpha", number(finding.alpha)},
          {"verdict", to_string(finding.verdict)},
          {"basis", to_string(finding.basis)},
          {"deciding", finding.deciding},
          {"note", finding.note},
          {"shifts", shifts_json(finding.shifts)}};
}

json::object live_json(const monitor::LiveReport& report) {
  json::array findings;
  for (const monitor::LiveFinding& live : report.findings) {
    json::object finding = finding_json(live.finding);
    finding["part"] = live.part;
    finding["observed_at"] = to_rfc3339(live.observed_at);
    findings.push_back(std::move(finding));
  }
  return {{"findings", std::move(findings)}, {"details", report.details}};
}

json::object sample_json(const store::LiveSample& sample) {
  return {{"model", sample.model},
          {"finding", sample.path},
          {"part", sample.part},
          {"at", to_rfc3339(sample.at)},
          {"value", number(sample.value)},
          {"threshold", number(sample.threshold)},
          {"verdict", to_string(sample.verdict)},
          {"note", sample.note}};
}

store::LiveSample sample_of(const std::string& model, const monitor::LiveFinding& live) {
  const Finding& finding = live.finding;
  return {.model = model,
          .path = finding.measure,
          .part = live.part,
          .at = live.observed_at,
          .value = finding.value,
          .threshold = finding.critical ? finding.critical : finding.warning,
          .verdict = finding.verdict,
          .note = finding.note};
}

json::object event_json(const store::Event& event) {
  return {{"model", event.model}, {"since", time(event.since)}, {"at", to_rfc3339(event.at)},
          {"kind", event.kind},   {"note", event.note},         {"before", event.before},
          {"after", event.after}};
}

json::object model_json(const monitor::ModelMonitor& monitor) {
  const monitor::View& view = monitor.view();
  json::array findings;
  for (const Finding& finding : view.findings) findings.push_back(finding_json(finding));
  json::array firing;
  for (const auto& [rule, severity] : view.firing) {
    firing.push_back(json::object{{"rule", rule}, {"severity", severity}});
  }
  json::array schema;
  for (const Finding& finding : view.schema) schema.push_back(finding_json(finding));
  json::object model = {{"model", monitor.model().name},
                        {"environment", config::to_string(monitor.model().environment)},
                        {"key", monitor.model().key()},
                        {"status", monitor::to_string(monitor::status_of(view))},
                        {"idle", monitor.idle()},
                        {"version", monitor::version_now(view.live, monitor.model())},
                        {"trouble", view.trouble},
                        {"reference", view.reference_id},
                        {"learning", view.learning},
                        {"closed_windows", view.closed_windows},
                        {"watermark", time(view.watermark)},
                        {"last_arrival", time(view.last_arrival)},
                        {"quarantined", view.quarantined},
                        {"last_quarantine", view.quarantined > 0 ? view.last_quarantine : ""},
                        {"refused", view.refused},
                        {"last_refusal", view.refused > 0 ? view.last_refusal : ""},
                        {"drifted_columns", view.summary.drifted},
                        {"judged_columns", view.summary.judged},
                        {"unknown_columns", view.summary.unknown},
                        {"drift_share", number(view.summary.share)},
                        {"firing", std::move(firing)},
                        {"findings", std::move(findings)},
                        {"schema", std::move(schema)}};
  json::object live;
  for (const auto& [source, report] : view.live) live[source] = live_json(*report);
  model["live"] = std::move(live);
  model["window"] = nullptr;
  if (view.window) {
    model["window"] = json::object{{"start", to_rfc3339(view.window->start)},
                                   {"end", to_rfc3339(view.window->end)},
                                   {"rows", view.window->rows},
                                   {"version", view.window->version},
                                   {"note", view.window->note}};
  }
  return model;
}

json::object column_json(const profile::Column& described, const profile::ColumnProfile& column) {
  json::object out = {{"column", described.name},
                      {"type", to_string(described.type)},
                      {"role", to_string(described.role)},
                      {"rows", column.rows},
                      {"missing", column.missing},
                      {"empty_texts", column.empty_texts},
                      {"configured_missing", column.configured_missing},
                      {"not_a_number", column.not_a_number},
                      {"positive_infinite", column.positive_infinite},
                      {"negative_infinite", column.negative_infinite},
                      {"type_errors", column.type_errors},
                      {"unseen", column.unseen},
                      {"distinct", column.distinct.estimate()},
                      {"distinct_standard_error", profile::Distinct::kStandardError}};
  if (const auto found = column.keys.duplicates()) {
    out["duplicates"] =
        json::object{{"share", found->share}, {"standard_error", found->standard_error}};
  }
  const bool is_shown = described.type == ColumnType::kNumeric && !described.is_private;
  if (is_shown && column.moments.count > 0) {
    out["min"] = column.min;
    out["max"] = column.max;
    out["mean"] = column.moments.mean;
    out["std"] = std::sqrt(column.moments.variance_population());
  }
  return out;
}

std::string hex(std::uint64_t value) {
  std::array<char, 17> text{};
  std::snprintf(text.data(), text.size(), "%016llx", static_cast<unsigned long long>(value));
  return text.data();
}

/// The rows of [start, end) as the ledger has them now. On the pool.
Result<json::object> rows_json(store::Connection& connection, const store::Window& window,
                               const profile::Schema& schema) {
  auto contributions = store::contributions(
      connection, window.model, {.begin = window.start, .end = window.end, .segment = ""});
  if (!contributions) return fail(std::move(contributions.error()));
  profile::Profile merged = profile::Profile::empty_for(schema);
  for (const store::Contribution& contribution : *contributions) {
    if (contribution.schema_id != schema.id()) continue;
    auto part = profile::Profile::deserialize(contribution.profile);
    if (!part) return fail(std::move(part.error()));
    if (Result<> done = merged.merge(*part); !done) return fail(std::move(done.error()));
  }
  json::array columns;
  for (std::size_t i = 0; i < schema.columns.size(); ++i) {
    columns.push_back(column_json(schema.columns[i], merged.columns[i]));
  }
  return json::object{{"rows", merged.rows},
                      {"profile", hex(hash64(merged.serialize()))},
                      {"columns", std::move(columns)}};
}

Result<json::object> window_json(store::Connection& connection, const store::Window& window) {
  auto findings = store::findings(connection, window.model, window.start);
  if (!findings) return fail(std::move(findings.error()));
  json::array list;
  for (const Finding& finding : *findings) list.push_back(finding_json(finding));
  auto happened = store::events(
      connection, {.model = window.model, .from = window.start, .to = window.end, .limit = 100});
  if (!happened) return fail(std::move(happened.error()));
  json::array events;
  for (const store::Event& event : *happened) events.push_back(event_json(event));
  return json::object{{"model", window.model},
                      {"start", to_rfc3339(window.start)},
                      {"end", to_rfc3339(window.end)},
                      {"state", store::to_string(window.state)},
                      {"rows", window.rows},
                      {"corrections", window.corrections},
                      {"reference", window.reference_id},
                      {"version", window.version},
                      {"extended_from", to_rfc3339(window.extended_from)},
                      {"judged_at", time(window.judged_at)},
                      {"corrected_at", time(window.corrected_at)},
                      {"note", window.note},
                      {"findings", std::move(list)},
                      {"events", std::move(events)}};
}

json::object incident_json(const store::Incident& incident) {
  boost::system::error_code error;
  json::value details = json::parse(incident.details, error);
  return {{"id", incident.id},
          {"model", incident.model},
          {"environment", incident.environment},
          {"rule", incident.rule},
          {"severity", incident.severity},
          {"state", store::to_string(incident.state)},
          {"opened_at", to_rfc3339(incident.opened_at)},
          {"resolved_at", time(incident.resolved_at)},
          {"summary", incident.summary},
          {"retraining_asked", incident.retraining_asked},
          {"details", error ? json::value(nullptr) : std::move(details)}};
}

json::object delivery_object(const store::Delivery& delivery) {
  return {{"id", delivery.id},
          {"target", delivery.target},
          {"kind", delivery.kind},
          {"subject", delivery.subject},
          {"state", store::to_string(delivery.state)},
          {"attempts", delivery.attempts},
          {"created_at", to_rfc3339(delivery.created_at)},
          {"next_attempt_at", to_rfc3339(delivery.next_attempt_at)},
          {"last_status", delivery.last_status},
          {"last_error", delivery.last_error},
          {"ended_at", time(delivery.ended_at)}};
}

json::object retraining_object(const store::Retraining& retraining) {
  return {{"id", retraining.id},
          {"model", retraining.model},
          {"target", retraining.target},
          {"state", store::to_string(retraining.state)},
          {"cause", store::to_string(retraining.cause)},
          {"hold", store::to_string(retraining.hold)},
          {"asked_by", retraining.asked_by},
          {"incident", retraining.incident_id},
          {"reason", retraining.reason},
          {"requested_at", to_rfc3339(retraining.requested_at)},
          {"approved_by", retraining.approved_by},
          {"sent_at", time(retraining.sent_at)},
          {"run_id", retraining.run_id},
          {"ended_at", time(retraining.ended_at)}};
}

/// The state of that name, if `names` has one.
template <class Enum>
Result<std::optional<Enum>> state_named(const std::optional<std::string>& name,
                                        std::initializer_list<Enum> states) {
  if (!name) return std::optional<Enum>{};
  std::string known;
  for (const Enum state : states) {
    if (store::to_string(state) == *name) return std::optional<Enum>{state};
    known += (known.empty() ? "" : ", ") + std::string(store::to_string(state));
  }
  return fail(ErrorCode::kInvalidArgument, "unknown state '" + *name + "'; there are " + known);
}

template <class Items, class ToJson>
std::string list_json(std::string_view name, const Items& items, ToJson to_json) {
  json::array list;
  for (const auto& item : items) list.push_back(to_json(item));
  return json::serialize(json::object{{name, std::move(list)}}) + "\n";
}

}  // namespace

std::string delivery_json(const store::Delivery& delivery) {
  return json::serialize(delivery_object(delivery)) + "\n";
}
std::string retraining_json(const store::Retraining& retraining) {
  return json::serialize(retraining_object(retraining)) + "\n";
}

Result<std::string> status_report(const Models& models, const Query& query, TimePoint now) {
  json::array list;
  for (const monitor::ModelMonitor* monitor : models.all()) {
    if (!query.model || *query.model == monitor->model().key()) {
      list.push_back(model_json(*monitor));
    }
  }
  return json::serialize(json::object{
             {"now", to_rfc3339(now)}, {"idle", models.idle()}, {"models", std::move(list)}}) +
         "\n";
}

Async<std::string> windows_report(store::Store& store, asio::thread_pool&, const Models& models,
                                  Query query) {
  std::map<std::string, std::shared_ptr<const monitor::ActiveReference>> references;
  if (query.columns) {
    for (const monitor::ModelMonitor* monitor : models.all()) {
      references.emplace(monitor->model().key(), monitor->reference());
    }
  }
  auto read = [query, references](store::Connection& connection) -> Result<std::string> {
    store::WindowFilter filter;
    filter.model = query.model;
    filter.newest_first = true;
    filter.limit = query.limit;
    auto windows = store::windows(connection, filter);
    if (!windows) return fail(std::move(windows.error()));
    json::array list;
    for (auto window = windows->rbegin(); window != windows->rend(); ++window) {
      auto object = window_json(connection, *window);
      if (!object) return fail(std::move(object.error()));
      const auto reference = references.find(window->model);
      if (reference != references.end() && reference->second) {
        auto rows = rows_json(connection, *window, reference->second->reference.schema);
        if (!rows) return fail(std::move(rows.error()));
        (*object)["data"] = std::move(*rows);
      }
      list.push_back(std::move(*object));
    }
    return json::serialize(json::object{{"windows", std::move(list)}}) + "\n";
  };
  co_return co_await store.read_async(std::move(read));
}

Result<std::string> incidents_report(store::Store& store, const Query& query) {
  auto state =
      state_named(query.state, {store::IncidentState::kFiring, store::IncidentState::kResolved});
  if (!state) return fail(std::move(state.error()));
  const store::IncidentFilter filter{.model = query.model, .state = *state, .limit = query.limit};
  auto found = store.read(
      [&filter](store::Connection& connection) { return store::incidents(connection, filter); });
  if (!found) return fail(std::move(found.error()));
  return list_json("incidents", *found, incident_json);
}

Result<std::string> deliveries_report(store::Store& store, const Query& query) {
  using enum store::DeliveryState;
  auto state = state_named(query.state, {kPending, kDelivered, kDead, kDropped});
  if (!state) return fail(std::move(state.error()));
  const store::DeliveryFilter filter{
      .target = {}, .state = *state, .subject = {}, .limit = query.limit};
  auto found = store.read(
      [&filter](store::Connection& connection) { return store::deliveries(connection, filter); });
  if (!found) return fail(std::move(found.error()));
  return list_json("deliveries", *found, delivery_object);
}

Result<std::string> retrainings_report(store::Store& store, const Query& query) {
  const store::RetrainingFilter filter{.model = query.model, .state = {}, .limit = query.limit};
  auto found = store.read(
      [&filter](store::Connection& connection) { return store::retrainings(connection, filter); });
  if (!found) return fail(std::move(found.error()));
  return list_json("retrainings", *found, retraining_object);
}

Result<std::string> live_report(store::Store& store, const Models& models, const Query& query) {
  const store::LiveFilter filter{.model = query.model, .from = {}, .to = {}, .limit = query.limit};
  auto found = store.read(
      [&filter](store::Connection& connection) { return store::live_samples(connection, filter); });
  if (!found) return fail(std::move(found.error()));
  json::array now;
  for (const monitor::ModelMonitor* monitor : models.all()) {
    if (query.model && *query.model != monitor->model().key()) continue;
    for (const auto& [source, report] : monitor->view().live) {
      for (const monitor::LiveFinding& live : report->findings) {
        now.push_back(sample_json(sample_of(monitor->model().key(), live)));
      }
    }
  }
  json::array history;
  for (const store::LiveSample& sample : *found) history.push_back(sample_json(sample));
  return json::serialize(json::object{{"now", std::move(now)}, {"live", std::move(history)}}) +
         "\n";
}

Result<std::string> events_report(store::Store& store, const Query& query) {
  const store::LiveFilter filter{.model = query.model, .from = {}, .to = {}, .limit = query.limit};
  auto found = store.read(
      [&filter](store::Connection& connection) { return store::events(connection, filter); });
  if (!found) return fail(std::move(found.error()));
  return list_json("events", *found, event_json);
}

}  // namespace leeway::app
