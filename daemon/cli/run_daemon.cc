#include "daemon/cli/run_daemon.h"

#include <malloc.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <random>
#include <utility>

#include "collectors/async/clock.h"
#include "collectors/async/task_group.h"
#include "daemon/app/app.h"
#include "daemon/app/notify.h"
#include "daemon/log/log.h"

namespace leeway::cli {
namespace {

constexpr Duration kStopDeadline = std::chrono::seconds(4);

std::uint64_t fresh_seed() {
  std::random_device device;
  return (std::uint64_t{device()} << 32U) | device();
}

/// Memory that a burst of work took goes back to the system instead of staying in arenas.
void tame_allocator() {
  ::mallopt(M_ARENA_MAX, 1);
  ::mallopt(M_TRIM_THRESHOLD, 256 << 10);
  ::mallopt(M_MMAP_THRESHOLD, 256 << 10);
}

Task<> serve(app::App& app, app::ServiceManager& manager, asio::io_context& context, Clock& clock,
             Result<>& outcome) {
  asio::signal_set signals(context, SIGTERM, SIGINT, SIGHUP);
  outcome = co_await app.start();
  if (outcome) {
    manager.ready(app.status_line());
    while (true) {
      const auto [error, signal] = co_await signals.async_wait(kAsTuple);
      if (error || signal != SIGHUP) break;
      manager.reloading();
      // A refused reload is logged and exported; the daemon goes on with what it has.
      static_cast<void>(co_await app.reload());
      manager.ready(app.status_line());
    }
    log::info("stopping");
  }
  manager.stopping();
  Result<> stopped = co_await app.stop(kStopDeadline);
  if (outcome) outcome = std::move(stopped);
  static_cast<void>(clock);
}

}  // namespace

Result<> run_daemon(const std::string& config_file) {
  tame_allocator();
  std::signal(SIGPIPE, SIG_IGN);
  asio::io_context context(1);
  const std::unique_ptr<Clock> clock = make_real_clock(context.get_executor());
  app::ServiceManager manager;
  app::Options options;
  options.config_file = config_file;
  options.seed = fresh_seed();
  if (manager.watchdog()) {
    options.alive_every = *manager.watchdog() / 2;
    options.alive = [&manager] { manager.alive(); };
  }
  auto app = app::App::create(context.get_executor(), *clock, std::move(options));
  if (!app) return fail(std::move(app.error()));

  Result<> outcome;
  TaskGroup tasks(context.get_executor());
  tasks.spawn(serve(**app, manager, context, *clock, outcome), "daemon");
  context.run();
  return outcome;
}

}  // namespace leeway::cli
