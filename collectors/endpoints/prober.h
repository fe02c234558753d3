#pragma once

#include <memory>
#include <string>
#include <vector>

#include "collectors/async/async.h"
#include "collectors/async/clock.h"
#include "collectors/endpoints/probe.h"
#include "collectors/endpoints/scrape.h"

namespace leeway::endpoints {

/// One endpoint, opened: its requests are prepared once. Everything it does is bounded by the
/// target's limits. Belongs to the thread of its io_context, and must not be destroyed while one of
/// its coroutines runs. At most one probe at a time; score, metadata and
/// scrape may run beside it.
class Endpoint {
 public:
  virtual ~Endpoint() = default;

  virtual const ProbeTarget& target() const = 0;

  /// Never fails: what went wrong is in the result.
  virtual Task<ProbeResult> probe() = 0;

  /// kNotFound if the protocol has no metadata.
  virtual Async<Metadata> metadata() = 0;

  /// What the model says to these rows, for canary, shadow and recording golden rows. The request
  /// carries `x-leeway-probe: 1`, so that it can be left out of captured traffic.
  /// kInvalidArgument if the protocol does not score rows or a cell cannot be written in it; else
  /// what the server or the network said.
  virtual Async<Scores> score(Rows rows) = 0;

  /// As score(), with a body as the server takes it.
  virtual Async<Scores> score_body(std::string body) = 0;

  /// The endpoint's own metrics at `url`: absolute, or a path of the same server. The target's
  /// authorization goes to the same host only. A line that cannot be read is counted, not fatal.
  virtual Async<Scrape> scrape(std::string url) = 0;
};

struct ProberOptions {
  std::string user_agent = "leeway";
  std::size_t idle_connections = 8192;  ///< kept open at most, over all targets
  /// Requests at a time over all targets; the others wait their turn, which counts as no latency.
  std::size_t max_in_flight = 1024;
  Duration idle_timeout = std::chrono::seconds(75);
};

/// Opens endpoints; they share its connections and its tokens.
class Prober {
 public:
  virtual ~Prober() = default;

  /// kInvalidConfig, with the target's name, for what can never work: an unknown protocol, a URL
  /// that it does not understand, an expression, a header. Asks nobody. The prober outlives it.
  virtual Result<std::unique_ptr<Endpoint>> open(ProbeTarget target) = 0;
};

/// `clock` outlives the prober.
std::unique_ptr<Prober> make_prober(Clock& clock, ProberOptions options = {});

}  // namespace leeway::endpoints
