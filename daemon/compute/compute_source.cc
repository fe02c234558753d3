#include "daemon/compute/compute_source.h"

#include <algorithm>
#include <utility>

#include "daemon/log/log.h"
#include "daemon/store/live.h"
#include "detectors/base/bytes.h"

namespace leeway::compute {
namespace {

constexpr std::string_view kName = "compute";
constexpr std::string_view kWeek = "compute.week";
constexpr std::int64_t kHourMicros = std::int64_t{3600} * 1'000'000;
constexpr Duration kHour = std::chrono::hours(1);
/// OpenCost is made of what Prometheus has scraped, and the last of an hour comes late.
constexpr Duration kAllocationLag = std::chrono::minutes(15);
/// An hour that OpenCost has nothing of after this time never comes.
constexpr Duration kAllocationPatience = std::chrono::hours(24);
constexpr std::string_view kLatencyPath = "endpoint.latency";
constexpr std::string_view kEndpoint = "endpoint";

struct Saved {
  std::optional<std::string> account;
  std::optional<std::string> week;
};

TimePoint whole_hour(TimePoint time) {
  return from_micros(to_micros(time) / kHourMicros * kHourMicros);
}

}  // namespace

ComputeSource::ComputeSource(Surroundings surroundings, Options options, monitor::LiveBoard& board)
    : surroundings_(surroundings),
      key_(std::move(options.key)),
      settings_(std::move(options.compute)),
      zone_(options.zone),
      board_(board),
      week_(zone_) {
  if (settings_.price) price_ = price_of(*settings_.price);
  for (SourceOptions& source : sources_of(settings_)) {
    const std::string_view kind = source_kinds()[source.index()].name;
    watched_.push_back(
        {.source = make_source(std::move(source), surroundings_.http, surroundings_.pool),
         .state = {.kind = std::string(kind), .error = {}, .absent = {}, .present = {}}});
  }
}

/// Models do not all ask at once; the same one keeps its place.
Duration ComputeSource::first_pause() const {
  return Duration{static_cast<Duration::rep>(
      hash64(key_) % static_cast<std::uint64_t>(settings_.every.count()) / 4)};
}

Task<> ComputeSource::run() {
  Clock& clock = surroundings_.clock;
  busy_ = true;
  if (const auto restored = co_await restore(); !restored) {
    log::error("compute usage begins anew", {{"model", key_}, {"error", restored.error().message}});
  }
  busy_ = false;
  if (!co_await clock.sleep(first_pause())) co_return;
  Duration next = clock.monotonic();
  for (;;) {
    busy_ = true;
    const auto done = co_await round();
    busy_ = false;
    if (!done) {
      if (done.error().code == ErrorCode::kCancelled) co_return;
      log::error("compute usage not kept", {{"model", key_}, {"error", done.error().message}});
    }
    // Rounds keep their beat; those that a slow one ran over are left out.
    const Duration now = clock.monotonic();
    next += settings_.every * (1 + std::max<Duration::rep>(0, (now - next) / settings_.every));
    if (!co_await clock.sleep(next - now)) co_return;
  }
}

Async<> ComputeSource::restore() {
  auto look = [key = key_](store::Connection& connection) -> Result<Saved> {
    auto account = store::source_state(connection, key, kName);
    if (!account) return fail(std::move(account.error()));
    auto week = store::source_state(connection, key, kWeek);
    if (!week) return fail(std::move(week.error()));
    return Saved{.account = std::move(*account), .week = std::move(*week)};
  };
  const auto saved = co_await surroundings_.store.read_async(std::move(look));
  if (!saved) co_return fail(saved.error());
  if (saved->account) {
    auto account = Account::deserialize(*saved->account);
    if (!account) co_return fail(std::move(account.error()));
    account_ = std::move(*account);
  }
  if (saved->week) {
    auto week = Week::deserialize(*saved->week, zone_);
    if (!week) co_return fail(std::move(week.error()));
    week_ = std::move(*week);
  }
  co_return Result<>{};
}

Async<> ComputeSource::round() {
  const TimePoint now = surroundings_.clock.now();
  auto readings = co_await read_all(now);
  if (!readings) co_return fail(std::move(readings.error()));
  Known known{.now = now,
              .good_until = now + 3 * settings_.every + settings_.timeout,
              .step = account_.add(now, *readings, price_),
              .sources = {},
              .opencost_error = {},
              .endpoint_counts = false};
  // An average over the time in which Leeway was down is of no hour.
  if (known.step.usage.span <= kHour) {
    week_.need.add(now, known.step.usage, known.step.cost);
    if (settings_.drift) week_.observe(now, values_of(known.step));
  }
  if (settings_.price && settings_.price->opencost) {
    if (auto asked = co_await allocate(now); !asked) co_return fail(std::move(asked.error()));
  }
  if (auto saved = co_await save(now); !saved) co_return fail(std::move(saved.error()));
  for (const Watched& watched : watched_) known.sources.push_back(watched.state);
  known.opencost_error = opencost_error_;
  known.endpoint_counts = of_endpoint().value(Metric::kPredictions).has_value();
  board_.publish(kName, report(known, account_, week_, settings_));
  co_return Result<>{};
}

/// What the model's endpoint counts by its own metrics, if it is watched as well.
Reading ComputeSource::of_endpoint() const {
  Reading reading;
  const auto found = board_.reports().find(kEndpoint);
  if (found == board_.reports().end()) return reading;
  std::optional<double> tokens;
  for (const exporter::Series& series : found->second->series) {
    if (series.family == exporter::Family::kPredictions) {
      reading.add(Metric::kPredictions, series.value);
    }
    if (series.family == exporter::Family::kTokens) tokens = tokens.value_or(0.0) + series.value;
  }
  if (tokens) reading.add(Metric::kTokens, *tokens);
  return reading;
}

Async<Account::Readings> ComputeSource::read_all(TimePoint now) {
  Account::Readings readings;
  for (Watched& watched : watched_) {
    auto reading = co_await watched.source->read(now);
    if (!reading && reading.error().code == ErrorCode::kCancelled) {
      co_return fail(std::move(reading.error()));
    }
    note(watched, reading);
    if (reading) readings.emplace_back(watched.state.kind, std::move(*reading));
  }
  if (Reading own = of_endpoint(); !own.samples.empty()) {
    readings.emplace_back(std::string(kEndpoint), std::move(own));
  }
  co_return readings;
}

void ComputeSource::note(Watched& watched, const Result<Reading>& reading) {
  SourceState& state = watched.state;
  if (!reading) {
    state.error = reading.error().message;
    state.present.clear();
    // Said once, and again after it has worked in between.
    if (!std::exchange(watched.was_said, true)) {
      log::warn("no compute usage",
                {{"model", key_}, {"source", state.kind}, {"error", state.error}});
    }
    return;
  }
  watched.was_said = false;
  state.error.clear();
  state.absent = reading->absent;
  state.present.clear();
  for (const Sample& sample : reading->samples) {
    if (std::ranges::find(state.present, sample.metric) == state.present.end()) {
      state.present.push_back(sample.metric);
    }
  }
}

/// The next hour that is over and not asked for yet; one a round, so that a long absence is caught
/// up with bit by bit.
Async<> ComputeSource::allocate(TimePoint now) {
  if (!account_.allocated_until) account_.allocated_until = whole_hour(now);
  const TimePoint from = *account_.allocated_until;
  if (now < from + kHour + kAllocationLag) co_return Result<>{};
  auto cost = co_await allocation(surroundings_.http,
                                  opencost_of(*settings_.price->opencost, settings_.timeout), from,
                                  from + kHour);
  if (cost) {
    account_.add_cost(from, from + kHour, cost->total);
    account_.allocated_until = from + kHour;
    opencost_error_.clear();
    co_return Result<>{};
  }
  if (cost.error().code == ErrorCode::kCancelled) co_return fail(std::move(cost.error()));
  opencost_error_ = cost.error().message;
  if (now > from + kAllocationPatience) account_.allocated_until = from + kHour;
  co_return Result<>{};
}

std::optional<double> ComputeSource::latency(const Usage& usage) const {
  if (const auto measured = usage.gauge(Metric::kLatencySeconds)) return measured;
  for (const auto& [source, report] : board_.reports()) {
    for (const monitor::LiveFinding& live : report->findings) {
      if (live.finding.measure == kLatencyPath && live.finding.value) return live.finding.value;
    }
  }
  return std::nullopt;
}

Week::Values ComputeSource::values_of(const Account::Step& step) const {
  const Usage& usage = step.usage;
  const auto working_set = usage.gauge(Metric::kMemoryWorkingSetBytes);
  const double hours = to_seconds(usage.span) / to_seconds(kHour);
  const bool costs = hours > 0.0 && step.cost.total > 0.0;
  return {usage.cores(), working_set ? working_set : usage.gauge(Metric::kMemoryBytes),
          usage.gpu_ratio(), latency(usage),
          costs ? std::optional(step.cost.total / hours) : std::nullopt};
}

Async<> ComputeSource::save(TimePoint now) {
  const std::int64_t hour = to_micros(now) / kHourMicros;
  std::optional<std::string> week;
  if (hour != saved_hour_) week = week_.serialize();
  auto keep = [key = key_, account = account_.serialize(),
               week = std::move(week)](store::Connection& connection) -> Result<> {
    if (auto saved = store::save_source_state(connection, key, kName, account); !saved)
      return saved;
    if (week) return store::save_source_state(connection, key, kWeek, *week);
    return {};
  };
  auto saved = co_await surroundings_.store.write(std::move(keep));
  if (!saved) co_return fail(std::move(saved.error()));
  saved_hour_ = hour;
  co_return Result<>{};
}

}  // namespace leeway::compute
