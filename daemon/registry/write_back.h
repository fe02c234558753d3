#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "collectors/registry/mlflow.h"
#include "daemon/monitor/intake.h"
#include "daemon/monitor/live_board.h"
#include "daemon/registry/write_back_state.h"
#include "daemon/store/windows.h"
#include "detectors/base/random.h"

namespace leeway::registry {

/// Logs what was judged of one model to a run of its registry, window by window in their order:
/// those that are judged from its first start on, once each, as they were judged; corrections and
/// mixed windows are left out. The store is the queue, so nothing is lost by a crash or while the
/// server is away, up to a week; and before it writes after a start or a failure it asks the run
/// what is there already, so that nothing is written twice.
class WriteBack : public monitor::LiveSource {
 public:
  /// The reference that windows are judged by now; null: there is none yet.
  using ReferenceOf = std::function<std::shared_ptr<const monitor::ActiveReference>()>;

  /// @param client  outlives it, as board and services do
  WriteBack(monitor::Services services, net::HttpClient& client, monitor::LiveBoard& board,
            const config::Model& model, ReferenceOf reference, std::uint64_t seed);

  Task<> run() override;
  bool busy() const override { return busy_; }

 private:
  Async<> restore();
  Async<> work();
  Async<std::vector<store::Window>> waiting();
  Async<> handle(store::Window window);
  Async<> write(store::Window window);
  Async<std::string> run_for(std::string version);
  Async<> save();
  void failed(const Error& error);
  void publish();
  Duration pause();

  monitor::Services services_;
  monitor::LiveBoard& board_;
  config::ModelRegistry configured_;
  std::string key_;
  ReferenceOf reference_;
  TimePoint since_;
  Random random_;
  Mlflow mlflow_;
  WriteBackState state_;
  bool restored_ = false;
  bool in_doubt_ = true;              // whether the newest window was written is not known
  std::optional<TimePoint> refused_;  // the window that was refused, once
  std::size_t pending_ = 0;
  std::size_t failures_ = 0;  // in a row
  std::string trouble_;
  std::optional<TimePoint> looked_;
  bool busy_ = true;
};

}  // namespace leeway::registry
