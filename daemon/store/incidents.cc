#include "daemon/store/incidents.h"

namespace leeway::store {
namespace {

Incident read_incident(Row& row) {
  Incident incident;
  row.read(incident.id, incident.model, incident.environment, incident.rule, incident.severity,
           incident.state, incident.opened_at, incident.resolved_at, incident.summary,
           incident.details, incident.retraining_asked, incident.annotation);
  return incident;
}

std::string select_incident(std::string_view rest) {
  return "SELECT id, model, environment, rule, severity, state, opened_at, resolved_at, summary, "
         "details, retraining_asked, annotation FROM incident " +
         std::string(rest);
}

}  // namespace

Result<> save_rule_states(Connection& connection, std::string_view model, std::string_view states) {
  auto done = connection.run("INSERT OR REPLACE INTO rule_states (model, states) VALUES (?, ?)",
                             model, states);
  if (!done) return fail(std::move(done.error()));
  return {};
}

Result<std::optional<std::string>> rule_states(Connection& connection, std::string_view model) {
  return connection.value<std::string>("SELECT states FROM rule_states WHERE model = ?", model);
}

std::string_view to_string(IncidentState state) {
  switch (state) {
    case IncidentState::kFiring:
      return "firing";
    case IncidentState::kResolved:
      return "resolved";
  }
  return "unknown";
}

Result<> save_incident(Connection& connection, const Incident& incident) {
  auto done = connection.run(
      "INSERT OR REPLACE INTO incident (id, model, environment, rule, severity, state, opened_at, "
      "resolved_at, summary, details, retraining_asked, annotation) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      incident.id, incident.model, incident.environment, incident.rule, incident.severity,
      incident.state, incident.opened_at, incident.resolved_at, incident.summary, incident.details,
      incident.retraining_asked, incident.annotation);
  if (!done) return fail(std::move(done.error()));
  return {};
}

Result<std::optional<Incident>> incident(Connection& connection, std::string_view id) {
  return connection.first(select_incident("WHERE id = ?"), read_incident, id);
}

Result<std::vector<Incident>> incidents(Connection& connection, const IncidentFilter& filter) {
  return connection.all(
      select_incident("WHERE (?1 IS NULL OR model = ?1) AND (?2 IS NULL OR state = ?2) "
                      "ORDER BY opened_at DESC, id DESC LIMIT ?3"),
      read_incident, filter.model, filter.state, filter.limit);
}

}  // namespace leeway::store
