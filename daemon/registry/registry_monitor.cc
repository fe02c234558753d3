#include "daemon/registry/registry_monitor.h"

#include <utility>

#include "daemon/log/log.h"
#include "daemon/registry/registry_report.h"
#include "daemon/registry/server.h"

namespace leeway::registry {
namespace {

constexpr std::string_view kSource = "registry";
constexpr Duration kSaveEvery = std::chrono::minutes(1);
constexpr double kJitter = 0.05;

}  // namespace

RegistryMonitor::RegistryMonitor(monitor::Services services, net::HttpClient& client,
                                 monitor::LiveBoard& board, const config::Model& model,
                                 std::uint64_t seed)
    : services_(services),
      board_(board),
      configured_(*model.registry),
      key_(model.key()),
      random_(seed),
      mlflow_(client, server_of(configured_)),
      state_(configured_, key_) {}

Task<> RegistryMonitor::run() {
  while (true) {
    busy_ = true;
    Result<> done = co_await restore();
    if (done) done = co_await look();
    busy_ = false;
    if (!done && done.error().code == ErrorCode::kCancelled) co_return;
    if (!done)
      log::error("registry not watched", {{"model", key_}, {"error", done.error().message}});
    const double every = static_cast<double>(configured_.every.count());
    const auto jitter = static_cast<std::int64_t>(random_.uniform() * kJitter * every);
    auto slept = co_await services_.clock.sleep(configured_.every + Duration(jitter));
    if (!slept) co_return;
  }
}

Async<> RegistryMonitor::restore() {
  if (restored_) co_return Result<>{};
  auto read = [key = key_](store::Connection& connection) {
    return store::source_state(connection, key, kSource);
  };
  auto stored = co_await services_.store.read_async(std::move(read));
  if (!stored) co_return fail(std::move(stored.error()).in("reading the state of the registry"));
  if (*stored) {
    auto restored = state_.restore(**stored);
    if (!restored) {
      log::warn("registry begins anew", {{"model", key_}, {"error", restored.error().message}});
    }
  }
  restored_ = true;
  co_return Result<>{};
}

Async<> RegistryMonitor::look() {
  const TimePoint asked_at = services_.clock.now();
  const auto answer = co_await mlflow_.version_of(configured_.model, configured_.alias);
  if (!answer && answer.error().code == ErrorCode::kCancelled) {
    co_return fail(ErrorCode::kCancelled, "told to stop while asking the registry");
  }
  const std::string known = state_.trouble + state_.missing;
  RegistryState next = state_;
  std::vector<store::Event> events = next.take(answer, asked_at, services_.clock.now());
  for (const store::Event& event : events) {
    log::info("version changed", {{"model", key_}, {"kind", event.kind}, {"what", event.note}});
  }
  if (next.trouble + next.missing != known) {
    log::info("registry", {{"model", key_},
                           {"answered", next.trouble.empty()},
                           {"reason", next.trouble + next.missing}});
  }
  std::swap(state_, next);
  const Duration now = services_.clock.monotonic();
  if (!events.empty() || !saved_ || now - *saved_ >= kSaveEvery) {
    if (auto saved = co_await save(std::move(events)); !saved) {
      std::swap(state_, next);  // the next look finds the same event again
      co_return saved;
    }
    saved_ = now;
  }
  board_.publish(kSource, report_of(state_, configured_, services_.clock.now()));
  co_return Result<>{};
}

Async<> RegistryMonitor::save(std::vector<store::Event> events) {
  auto write = [key = key_, text = state_.serialize(),
                events = std::move(events)](store::Connection& connection) -> Result<> {
    for (const store::Event& event : events) {
      if (auto added = store::add_event(connection, event); !added) return added;
    }
    return store::save_source_state(connection, key, kSource, text);
  };
  auto written = co_await services_.store.write(std::move(write));
  if (!written) co_return fail(std::move(written.error()).in("keeping the state of the registry"));
  co_return Result<>{};
}

}  // namespace leeway::registry
