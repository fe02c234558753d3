#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/store/sqlite.h"

namespace leeway::store {

/// Where the rules of a model stand (rules::serialize), written together with what came of it.
Result<> save_rule_states(Connection& connection, std::string_view model, std::string_view states);
Result<std::optional<std::string>> rule_states(Connection& connection, std::string_view model);

/// The numbers are saved; never reuse one.
enum class IncidentState { kFiring = 0, kResolved = 1 };

std::string_view to_string(IncidentState state);  ///< "firing", "resolved"

struct Incident {
  std::string id;  ///< stable: rules::incident_id
  std::string model;
  std::string environment;
  std::string rule;
  std::string severity;  ///< "warning", "critical"
  IncidentState state = IncidentState::kFiring;
  TimePoint opened_at;
  std::optional<TimePoint> resolved_at;
  std::string summary;
  std::string details = "{}";  ///< JSON
  bool retraining_asked = false;
  std::string annotation;  ///< corrections that came later

  bool operator==(const Incident&) const = default;
};

/// Inserts the incident, or replaces the one with this id.
Result<> save_incident(Connection& connection, const Incident& incident);

Result<std::optional<Incident>> incident(Connection& connection, std::string_view id);

struct IncidentFilter {
  std::optional<std::string> model = {};
  std::optional<IncidentState> state = {};
  std::size_t limit = 1000;
};

/// Newest first.
Result<std::vector<Incident>> incidents(Connection& connection, const IncidentFilter& filter);

}  // namespace leeway::store
