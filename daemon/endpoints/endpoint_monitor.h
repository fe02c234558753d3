#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "collectors/endpoints/prober.h"
#include "daemon/endpoints/endpoint_state.h"
#include "daemon/endpoints/rounds.h"
#include "daemon/monitor/intake.h"
#include "daemon/monitor/live_board.h"

namespace leeway::endpoint {

/// Watches the endpoint of one model: probes it in its period, one probe at a time, and puts what
/// follows on the model's board. Totals, windows and the version served last survive a restart to
/// within a minute; an event is on the disk with the state that knows of it.
///
/// A round whose probe was still running is left out (rounds.h).
class EndpointMonitor : public monitor::LiveSource {
 public:
  /// @param prober  outlives it, as board and services do
  EndpointMonitor(monitor::Services services, endpoints::Prober& prober, monitor::LiveBoard& board,
                  const config::Model& model, std::uint64_t seed);
  ~EndpointMonitor() override;

  Task<> run() override;
  bool busy() const override { return busy_; }

 private:
  Async<> restore();
  Async<> open();
  Async<> probe();
  Task<> scrape();
  Async<> save(std::vector<store::Event> events);
  void publish();

  monitor::Services services_;
  endpoints::Prober& prober_;
  monitor::LiveBoard& board_;
  config::ModelEndpoint configured_;
  std::string key_;
  std::string url_;  ///< as it may be shown
  Rounds rounds_;
  EndpointState state_;
  std::unique_ptr<endpoints::Endpoint> endpoint_;
  std::optional<endpoints::Mapping> mapping_;
  std::optional<Duration> saved_;    // when the state was, monotonic
  std::optional<Duration> scraped_;  // begin of the newest scrape, monotonic
  bool restored_ = false;
  bool busy_ = false;
};

}  // namespace leeway::endpoint
