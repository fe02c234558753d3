#include "daemon/endpoints/endpoint_monitor.h"

#include <algorithm>
#include <utility>

#include "collectors/async/on_pool.h"
#include "daemon/endpoints/endpoint_report.h"
#include "daemon/endpoints/target.h"
#include "daemon/log/log.h"

namespace leeway::endpoint {
namespace {

constexpr std::string_view kSource = "endpoint";
constexpr Duration kSaveEvery = std::chrono::minutes(1);

}  // namespace

EndpointMonitor::EndpointMonitor(monitor::Services services, endpoints::Prober& prober,
                                 monitor::LiveBoard& board, const config::Model& model,
                                 std::uint64_t seed)
    : services_(services),
      prober_(prober),
      board_(board),
      configured_(*model.endpoint),
      key_(model.key()),
      url_(config::to_string(configured_.server.url)),
      rounds_(services.clock, configured_.every, key_, seed),
      state_(configured_, key_),
      mapping_(own_mapping(configured_)) {}

EndpointMonitor::~EndpointMonitor() = default;

Task<> EndpointMonitor::run() {
  while (co_await rounds_.next()) {
    busy_ = true;
    Result<> done = co_await restore();
    if (done && !endpoint_) done = co_await open();
    if (done) done = co_await probe();
    if (!done && done.error().code == ErrorCode::kCancelled) break;
    if (!done) {
      log::error("endpoint not probed", {{"model", key_}, {"error", done.error().message}});
      board_.publish(kSource, report_of_trouble(configured_, url_, done.error().message,
                                                services_.clock.now()));
      busy_ = false;
      continue;
    }
    publish();
    co_await scrape();
    busy_ = false;
  }
  if (restored_) {
    // A write is not cancelled, so what was counted since the last minute is kept too.
    auto saved = co_await save({});
    if (!saved)
      log::warn("endpoint not saved", {{"model", key_}, {"error", saved.error().message}});
  }
}

Async<> EndpointMonitor::restore() {
  if (restored_) co_return Result<>{};
  auto read = [key = key_](store::Connection& connection) {
    return store::source_state(connection, key, kSource);
  };
  auto stored = co_await services_.store.read_async(std::move(read));
  if (!stored) co_return fail(std::move(stored.error()).in("reading the state of the endpoint"));
  if (*stored) {
    auto restored = state_.restore(**stored);
    if (!restored) {
      log::warn("endpoint begins anew", {{"model", key_}, {"error", restored.error().message}});
    }
  }
  restored_ = true;
  co_return Result<>{};
}

Async<> EndpointMonitor::open() {
  auto work = [configured = configured_, key = key_] { return target_of(configured, key); };
  auto target = co_await on_pool(services_.pool, std::move(work));
  if (!target) co_return fail(std::move(target.error()));
  auto opened = prober_.open(std::move(*target));
  if (!opened) co_return fail(std::move(opened.error()));
  endpoint_ = std::move(*opened);
  co_return Result<>{};
}

Async<> EndpointMonitor::probe() {
  const bool was_up = !state_.last || state_.last->up;
  const endpoints::ProbeResult result = co_await endpoint_->probe();
  if (result.error == ErrorCode::kCancelled) {
    co_return fail(ErrorCode::kCancelled, "told to stop while probing");
  }
  std::vector<store::Event> events = state_.take(result);
  if (result.up != was_up) {
    log::info("endpoint", {{"model", key_}, {"up", result.up}, {"reason", result.sentence}});
  }
  for (const store::Event& event : events) {
    log::info("endpoint changed", {{"model", key_}, {"kind", event.kind}, {"what", event.note}});
  }
  const Duration now = services_.clock.monotonic();
  if (events.empty() && saved_ && now - *saved_ < kSaveEvery) co_return Result<>{};
  saved_ = now;
  co_return co_await save(std::move(events));
}

Async<> EndpointMonitor::save(std::vector<store::Event> events) {
  auto write = [key = key_, text = state_.serialize(),
                events = std::move(events)](store::Connection& connection) -> Result<> {
    for (const store::Event& event : events) {
      if (auto added = store::add_event(connection, event); !added) return added;
    }
    return store::save_source_state(connection, key, kSource, text);
  };
  auto written = co_await services_.store.write(std::move(write));
  if (!written) co_return fail(std::move(written.error()).in("keeping the state of the endpoint"));
  co_return Result<>{};
}

/// The endpoint's own metrics, if they are due. What is wrong with them is no trouble of the probe.
Task<> EndpointMonitor::scrape() {
  if (!configured_.metrics) co_return;
  const Duration begun = services_.clock.monotonic();
  if (scraped_ && begun - *scraped_ < configured_.metrics->every) co_return;
  scraped_ = begun;
  auto page = co_await endpoint_->scrape(configured_.metrics->url);
  if (!page && page.error().code == ErrorCode::kCancelled) co_return;
  const endpoints::Mapping* mapping = mapping_ ? &*mapping_ : nullptr;
  if (page && mapping == nullptr) {
    mapping = configured_.metrics->mapping == "auto"
                  ? endpoints::detect_mapping(*page)
                  : endpoints::find_mapping(configured_.metrics->mapping);
  }
  if (!page) {
    state_.metrics_failed(page.error().message);
  } else if (mapping == nullptr) {
    state_.metrics_failed("the page has no metric of a server that is known; write 'series'");
  } else {
    state_.take(endpoints::read_metrics(*page, *mapping, configured_.server.model),
                services_.clock.now());
    if (page->rejected > 0) {
      const endpoints::RejectedLine& first = page->examples.front();
      state_.metrics_trouble = std::to_string(page->rejected) + " lines cannot be read, line " +
                               std::to_string(first.number) + ": " + first.reason;
    }
  }
  publish();
}

void EndpointMonitor::publish() {
  board_.publish(kSource, report_of(state_, configured_, url_, services_.clock.now()));
}

}  // namespace leeway::endpoint
