#include "daemon/rules/rule.h"

namespace leeway::rules {
std::string_view to_string(Severity severity) {
  return severity == Severity::kCritical ? "critical" : "warning";
}

std::optional<Severity> severity(std::string_view name) {
  if (name == "warning") return Severity::kWarning;
  if (name == "critical") return Severity::kCritical;
  return std::nullopt;
}

std::string to_string(const Span& span) {
  if (const auto* duration = std::get_if<Duration>(&span)) return leeway::to_string(*duration);
  const std::uint32_t count = std::get<Windows>(span).count;
  return std::to_string(count) + (count == 1 ? " window" : " windows");
}

}  // namespace leeway::rules
