#include "daemon/endpoints/endpoint_state.h"

#include <algorithm>
#include <utility>

namespace leeway::endpoint {
namespace {

/// "first byte" -> "first_byte": a label value.
std::string label_of(net::Phase phase) {
  std::string label(net::to_string(phase));
  std::ranges::replace(label, ' ', '_');
  return label;
}

/// An answer that is none of what the protocol asks for, or that a check refused.
constexpr std::string_view kAnswer = "answer";

/// What a counter that began anew in between has counted at least.
double grown(const std::optional<double>& before, const std::optional<double>& now) {
  if (!before || !now) return 0.0;
  return *now >= *before ? *now - *before : *now;
}

}  // namespace

void PhaseTimes::add(Duration time) {
  const double seconds = to_seconds(time);
  const auto cell = std::ranges::lower_bound(kBounds, seconds);
  if (cell != kBounds.end()) ++cells[static_cast<std::size_t>(cell - kBounds.begin())];
  ++count;
  sum += seconds;
}

EndpointState::EndpointState(const config::ModelEndpoint& endpoint, std::string model)
    : model_(std::move(model)) {
  if (endpoint.latency) latency.emplace(endpoint.latency->over, endpoint.latency->limit);
  if (endpoint.availability) availability.emplace(endpoint.availability->over, Duration{0});
}

void EndpointState::time(const endpoints::ProbeResult& result) {
  const net::Timings& seen = result.timings;
  const std::array<std::optional<Duration>, kPhases.size()> phases{
      seen.dns, seen.connect, seen.tls, seen.first_byte, seen.body, seen.total};
  for (std::size_t i = 0; i < phases.size(); ++i) {
    if (phases[i]) times[i].add(*phases[i]);
  }
}

std::vector<store::Event> EndpointState::take(const endpoints::ProbeResult& result) {
  ++requests;
  const bool answered = result.status != 0;
  if (answered) time(result);
  if (!result.up) {
    ++failures[result.failed_in ? label_of(*result.failed_in) : std::string(kAnswer)];
  }
  const std::optional<Duration> total =
      answered ? std::optional(result.timings.total) : std::nullopt;
  for (std::optional<ProbeWindow>* window : {&latency, &availability}) {
    if (*window) (*window)->add(result.at, result.up, total, result.deadline.has_value());
  }
  if (!result.golden.empty()) {
    golden = result.golden;
    golden_at = result.at;
  }
  last = result;
  if (!result.metadata) return {};
  return compare(*result.metadata, result.at);
}

std::vector<store::Event> EndpointState::compare(const endpoints::Metadata& now, TimePoint at) {
  std::vector<store::Event> events;
  endpoints::Metadata before = served.value_or(endpoints::Metadata{});
  const auto happened = [&](std::string kind, std::string from, std::string to, std::string note) {
    change = note;
    events.push_back({.model = model_,
                      .at = at,
                      .kind = std::move(kind),
                      .note = std::move(note),
                      .before = std::move(from),
                      .after = std::move(to),
                      .since = version_seen});
  };
  if (!before.version.empty() && !now.version.empty() && before.version != now.version) {
    version_changed = at;
    happened("endpoint.version", before.version, now.version,
             "the endpoint serves version " + now.version + ", it was " + before.version);
  }
  const bool had_schema = !before.inputs.empty() || !before.outputs.empty();
  const bool has_schema = !now.inputs.empty() || !now.outputs.empty();
  if (had_schema && has_schema && endpoints::schema_hash(before) != endpoints::schema_hash(now)) {
    std::string what;
    endpoints::Metadata same_version = before;
    same_version.version = now.version;  // that is an event of its own
    for (const std::string& each : endpoints::changes(same_version, now)) {
      what += (what.empty() ? "" : "; ") + each;
    }
    schema_changed = at;
    happened("endpoint.schema", std::to_string(endpoints::schema_hash(before)),
             std::to_string(endpoints::schema_hash(now)), what);
  }
  if (!now.version.empty()) version_seen = at;
  // What this answer does not say is as it was.
  endpoints::Metadata known = now;
  if (known.version.empty()) known.version = before.version;
  if (known.model.empty()) known.model = before.model;
  if (!has_schema) {
    known.inputs = before.inputs;
    known.outputs = before.outputs;
  }
  served = std::move(known);
  return events;
}

void EndpointState::take(const endpoints::ServingMetrics& now_metrics, TimePoint now) {
  if (metrics && metrics_at && now > *metrics_at) {
    const endpoints::ServingMetrics& before = *metrics;
    rates = endpoints::rates(before, now_metrics, now - *metrics_at);
    totals.requests += grown(before.requests, now_metrics.requests);
    totals.failures += grown(before.failures, now_metrics.failures);
    totals.latency_seconds += grown(before.latency_seconds, now_metrics.latency_seconds);
    totals.latency_count += grown(before.latency_count, now_metrics.latency_count);
    totals.prompt_tokens += grown(before.prompt_tokens, now_metrics.prompt_tokens);
    totals.completion_tokens += grown(before.completion_tokens, now_metrics.completion_tokens);
  }
  metrics = now_metrics;
  metrics_at = now;
  metrics_trouble.clear();
}

void EndpointState::metrics_failed(std::string reason) {
  rates.reset();
  metrics_trouble = std::move(reason);
}

}  // namespace leeway::endpoint
