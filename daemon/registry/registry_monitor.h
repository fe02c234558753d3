#pragma once

#include <optional>
#include <string>
#include <vector>

#include "collectors/registry/mlflow.h"
#include "daemon/monitor/intake.h"
#include "daemon/monitor/live_board.h"
#include "daemon/registry/registry_state.h"
#include "detectors/base/random.h"

namespace leeway::registry {

/// Looks up which version the alias of one model names, at once and then in its period (and up to a
/// twentieth more, so that models spread), and puts what follows on the model's board. Another
/// version is an event, on the disk with the state that knows of it: a crash neither loses nor
/// repeats it. How long ago the old version was seen survives a restart to within a minute.
class RegistryMonitor : public monitor::LiveSource {
 public:
  /// @param client  outlives it, as board and services do
  RegistryMonitor(monitor::Services services, net::HttpClient& client, monitor::LiveBoard& board,
                  const config::Model& model, std::uint64_t seed);

  Task<> run() override;
  bool busy() const override { return busy_; }

 private:
  Async<> restore();
  Async<> look();
  Async<> save(std::vector<store::Event> events);

  monitor::Services services_;
  monitor::LiveBoard& board_;
  config::ModelRegistry configured_;
  std::string key_;
  Random random_;
  Mlflow mlflow_;
  RegistryState state_;
  std::optional<Duration> saved_;  // when the state was, monotonic
  bool restored_ = false;
  bool busy_ = true;
};

}  // namespace leeway::registry
