#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "collectors/async/async.h"
#include "collectors/async/clock.h"

namespace leeway::endpoints {

struct ScheduleOptions {
  std::size_t max_in_flight = 256;  ///< over all targets; those due beyond it wait their turn
  double jitter = 0.05;             ///< share of a period by which one round may be late
  std::uint64_t seed = 1;
};

struct ScheduleStatistics {
  std::uint64_t runs = 0;
  std::uint64_t skipped = 0;  ///< rounds that came while the one before was still running
  std::size_t in_flight = 0;
  std::size_t waiting = 0;  ///< due, and held back by max_in_flight
};

/// Runs work for many targets, each in its own period. Target k's rounds are at offset + n * every
/// plus a fresh jitter each, so that they never drift, whatever a round takes; offsets come from
/// the names, so that targets are spread over the period, and the same after a restart. Never more
/// than one run of a target at a time: a round that comes while one runs is skipped and counted.
class Schedule {
 public:
  using Work = std::function<Task<>()>;

  /// `clock` outlives it.
  Schedule(asio::any_io_executor executor, Clock& clock, ScheduleOptions options = {});
  /// After stop() and join().
  ~Schedule();
  Schedule(const Schedule&) = delete;
  Schedule& operator=(const Schedule&) = delete;

  /// A target of that name that exists gets the new period and work from its next round on.
  void add(std::string name, Duration every, Work work);
  /// A run of it that is under way is left to end.
  void remove(const std::string& name);
  bool contains(const std::string& name) const;

  ScheduleStatistics statistics() const;

  void stop();
  /// kTimeout, with names, if runs are left after `deadline`.
  Async<> join(Duration deadline);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace leeway::endpoints
