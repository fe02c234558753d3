#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "collectors/async/async.h"
#include "collectors/async/clock.h"
#include "collectors/tables/worker_pool.h"
#include "daemon/config/load.h"

namespace leeway::app {

struct Options {
  std::string config_file;
  tables::WorkerOptions workers;
  std::uint64_t seed = 0;       ///< of ids and jitter
  std::function<void()> alive;  ///< called while everything makes progress, for a watchdog
  Duration alive_every{0};      ///< zero: never
};

/// The daemon in one object: composes the rooms and owns their lives. Two fit into one process.
/// Belongs to the thread of its io_context; `clock` outlives it.
class App {
 public:
  /// Reads the configuration and opens the store; nothing runs yet. kInvalidConfig with all errors
  /// of the file.
  static Result<std::unique_ptr<App>> create(asio::any_io_executor executor, Clock& clock,
                                             Options options);
  ~App();  ///< after stop()
  App(const App&) = delete;
  App& operator=(const App&) = delete;

  /// Listens, then starts the models. After an error call stop().
  Async<> start();

  /// Applies the file whole or not at all. Models whose configuration is the same go on
  /// undisturbed.
  Async<> reload();

  /// No new work, drain until `deadline`, cancel, commit, close. May be called twice and after half
  /// a start.
  Async<> stop(Duration deadline);

  std::uint16_t port() const;  ///< where the API listens; 0 before start()
  bool idle() const;           ///< every model has taken in all there is
  bool busy() const;           ///< an endpoint or registry was asked and has not answered yet
  std::string status_line() const;

 private:
  class Impl;
  explicit App(std::shared_ptr<Impl> impl);
  std::shared_ptr<Impl> impl_;
};

/// What the configuration reader asks other rooms about.
config::Checkers checkers();

}  // namespace leeway::app
