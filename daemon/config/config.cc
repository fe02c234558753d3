#include "daemon/config/config.h"

#include <algorithm>

namespace leeway::config {

std::string_view to_string(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return "debug";
    case LogLevel::kInfo:
      return "info";
    case LogLevel::kWarn:
      return "warn";
    case LogLevel::kError:
      return "error";
  }
  return "unknown";
}

std::string_view to_string(Severity severity) {
  return severity == Severity::kCritical ? "critical" : "warning";
}

std::string_view to_string(Environment environment) {
  switch (environment) {
    case Environment::kDevelopment:
      return "development";
    case Environment::kStaging:
      return "staging";
    case Environment::kProduction:
      return "production";
  }
  return "unknown";
}

std::string_view to_string(Notify notify) {
  return notify == Notify::kPrometheus ? "prometheus" : "leeway";
}

std::string_view to_string(Approval approval) {
  return approval == Approval::kRequired ? "required" : "none";
}

std::string Model::key() const { return std::string(to_string(environment)) + "/" + name; }

const Model* Config::find(std::string_view key) const {
  const auto found = std::find_if(models.begin(), models.end(),
                                  [key](const Model& model) { return model.key() == key; });
  return found == models.end() ? nullptr : &*found;
}

}  // namespace leeway::config
