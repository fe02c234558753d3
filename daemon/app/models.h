#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "collectors/async/task_group.h"
#include "daemon/monitor/live_board.h"
#include "daemon/monitor/model_monitor.h"

namespace leeway::app {

/// The monitors of all models, each in a task group of its own, so that one can be replaced without
/// disturbing the others. On the io_context's thread.
class Models {
 public:
  using MakeHooks = std::function<monitor::Hooks(const std::string& key)>;

  /// The sources of a model beside its batches; none for most.
  using MakeSources = std::function<std::vector<std::unique_ptr<monitor::LiveSource>>(
      const config::Model& model, monitor::ModelMonitor& monitor)>;

  Models(asio::any_io_executor executor, monitor::Services services, MakeHooks hooks,
         MakeSources sources, std::uint64_t seed);

  /// Starts what is new, replaces what changed, ends what is gone. Waits for the ends.
  Async<> apply(std::shared_ptr<const config::Config> config);

  Async<> stop(Duration deadline);

  const monitor::ModelMonitor* find(std::string_view key) const;
  monitor::ModelMonitor* find(std::string_view key);
  std::vector<const monitor::ModelMonitor*> all() const;
  bool idle() const;
  bool busy() const;  ///< some source waits for an answer

 private:
  struct Running {
    std::unique_ptr<monitor::ModelMonitor> monitor;
    std::vector<std::unique_ptr<monitor::LiveSource>> sources;
    std::unique_ptr<TaskGroup> group;
  };

  void start(const std::shared_ptr<const config::Config>& config, const config::Model& model);
  Async<> end(Running running, Duration deadline);

  asio::any_io_executor executor_;
  monitor::Services services_;
  MakeHooks hooks_;
  MakeSources sources_;
  std::uint64_t seed_;
  std::map<std::string, Running, std::less<>> running_;
};

}  // namespace leeway::app
