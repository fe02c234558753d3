#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/endpoints/probe.h"
#include "collectors/endpoints/scrape.h"
#include "daemon/config/model_endpoint.h"
#include "daemon/endpoints/probe_window.h"
#include "daemon/store/live.h"

namespace leeway::endpoint {

/// The phases of a request whose times are exported; the last is all of it.
inline constexpr std::array<std::string_view, 6> kPhases{"dns",        "connect", "tls",
                                                         "first_byte", "body",    "total"};

/// Bounds of the exported histograms, in seconds.
inline constexpr std::array kBounds{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
                                    0.25,  0.5,    1.0,   2.5,  5.0,   10.0};

/// Times of one phase since the first probe ever.
struct PhaseTimes {
  std::array<std::uint64_t, kBounds.size()> cells{};  ///< at most this bound and above the last
  std::uint64_t count = 0;
  double sum = 0.0;  ///< seconds

  void add(Duration time);
};

/// What an endpoint's own counters added up to since we first looked, over its restarts.
struct ServedTotals {
  double requests = 0.0;
  double failures = 0.0;
  double latency_seconds = 0.0;
  double latency_count = 0.0;
  double prompt_tokens = 0.0;
  double completion_tokens = 0.0;

  bool operator==(const ServedTotals&) const = default;
};

/// Everything that is known of one endpoint, from what its probes said. Pure: no clock, no I/O.
/// What must survive a restart (totals, windows, the version and schema that were served last) is
/// in serialize().
class EndpointState {
 public:
  /// @param model  its key, for events
  EndpointState(const config::ModelEndpoint& endpoint, std::string model);

  /// One probe. Gives the events that follow, at most one of the version and one of the schema:
  /// an unknown version or schema changes nothing, neither does the first that is seen.
  std::vector<store::Event> take(const endpoints::ProbeResult& result);

  /// A reading of the endpoint's own metrics; rates are those since the reading before.
  void take(const endpoints::ServingMetrics& metrics, TimePoint now);
  void metrics_failed(std::string reason);

  std::string serialize() const;
  /// Of an earlier life. kCorrupt leaves the state as new.
  Result<> restore(std::string_view text);

  // What findings and series are made of.
  std::optional<endpoints::ProbeResult> last;   ///< the newest probe
  std::vector<endpoints::GoldenResult> golden;  ///< of the newest probe that asked for them
  std::optional<TimePoint> golden_at;
  std::optional<endpoints::Metadata> served;
  std::optional<TimePoint> version_seen;  ///< when the endpoint last said its version
  std::optional<TimePoint> version_changed;
  std::optional<TimePoint> schema_changed;
  std::string change;  ///< the newest change, in words
  std::uint64_t requests = 0;
  std::map<std::string, std::uint64_t, std::less<>> failures;  ///< by phase
  std::array<PhaseTimes, kPhases.size()> times;
  std::optional<ProbeWindow> latency;
  std::optional<ProbeWindow> availability;
  std::optional<endpoints::ServingMetrics> metrics;
  std::optional<endpoints::ServingRates> rates;
  std::optional<TimePoint> metrics_at;
  std::string metrics_trouble;
  ServedTotals totals;

 private:
  void time(const endpoints::ProbeResult& result);
  std::vector<store::Event> compare(const endpoints::Metadata& now, TimePoint at);

  std::string model_;
};

}  // namespace leeway::endpoint
