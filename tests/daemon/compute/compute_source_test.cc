#include "daemon/compute/compute_source.h"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>

#include "collectors/async/task_group.h"
#include "daemon/store/live.h"
#include "tests/support/coroutines.h"
#include "tests/support/temp_folder.h"

namespace leeway::compute {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr std::string_view kStart = "2026-03-02T00:00:00Z";

/// A Prometheus whose two counters and one gauge are what the test says, and an OpenCost.
class World final : public net::HttpClient {
 public:
  World() {
    store::Options options;
    options.durable = false;
    auto opened = store::Store::open(folder.path(), options);
    EXPECT_TRUE(opened);
    store = std::move(*opened);
  }

  Task<net::HttpOutcome> send(net::HttpRequest request) override {
    if (!answers) {
      net::HttpFailure failure;
      failure.error = {ErrorCode::kUnavailable, "connect: refused"};
      co_return net::HttpOutcome(tl::unexpect, std::move(failure));
    }
    net::HttpResponse response;
    response.status = 200;
    response.body = body_of(request);
    co_return response;
  }

  config::Compute settings() const {
    config::Compute compute;
    compute.every = minutes(1);
    compute.timeout = std::chrono::seconds(5);
    compute.prometheus = config::ComputePrometheus{};
    compute.prometheus->peer.url = "http://prometheus:9090/";
    compute.prometheus->queries = {
        {"cpu_seconds", "cpu"}, {"predictions", "predictions"}, {"memory_bytes", "memory"}};
    compute.price = config::ComputePrice{};
    compute.price->currency = "USD";
    compute.price->per_hour = 6.0;
    compute.budget_per_day = 12.0;
    return compute;
  }

  /// Runs the source of a model for that long, then stops it, as a restart does.
  void watch(const config::Compute& compute, Duration duration,
             const retraining::TimeZone& zone = {}) {
    TaskGroup group(io.get_executor());
    ComputeSource source({.clock = clock, .store = *store, .pool = pool, .http = *this},
                         {.key = "production/flights", .compute = compute, .zone = zone}, board);
    group.spawn(source.run(), "compute");
    clock.advance(duration);
    group.stop();
    auto ended = tests::Started(io, group.join(clock, std::chrono::seconds(1)));
    clock.settle();
    EXPECT_TRUE(ended.done());
  }

  const monitor::LiveReport& report() const { return *board.reports().find("compute")->second; }
  std::optional<double> series(exporter::Family family) const {
    for (const exporter::Series& one : report().series) {
      if (one.family == family) return one.value;
    }
    return std::nullopt;
  }
  const Finding* finding(std::string_view path, std::string_view part = {}) const {
    for (const monitor::LiveFinding& live : report().findings) {
      if (live.finding.measure == path && live.part == part) return &live.finding;
    }
    return nullptr;
  }

  asio::io_context io;
  VirtualClock clock{io.get_executor(), *parse_time(kStart)};
  tests::TempFolder folder;
  std::unique_ptr<store::Store> store;
  asio::thread_pool pool{1};
  monitor::LiveBoard board;
  bool answers = true;
  double cores = 0.5;
  double memory = 1000.0;
  double served = 0.0;
  std::vector<std::string> allocations;

 private:
  std::string body_of(const net::HttpRequest& request) {
    if (request.url.find("/allocation") != std::string::npos) {
      allocations.push_back(request.url);
      return R"({"data":[{"flights":{"totalCost":2.5}}]})";
    }
    const double seconds = to_seconds(clock.now() - *parse_time(kStart));
    const double value = request.body == "query=cpu"      ? 5000.0 + cores * seconds
                         : request.body == "query=memory" ? memory
                         : request.body == "query=served" ? served
                                                          : 10.0 * seconds;
    return R"({"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1,")" +
           std::to_string(value) + R"("]}]}})";
  }
};

TEST(ComputeSource, CountsWhatIsUsedAndWhatItCosts) {
  World world;
  world.watch(world.settings(), hours(1));
  EXPECT_NEAR(*world.series(exporter::Family::kComputeCpuSeconds), 1800.0, 31.0);
  EXPECT_NEAR(*world.series(exporter::Family::kPredictions), 36'000.0, 620.0);
  EXPECT_NEAR(*world.series(exporter::Family::kCost), 6.0, 0.11);
  EXPECT_NEAR(*world.finding("cost.budget")->value, 0.5, 0.01);
  EXPECT_EQ(world.finding("compute.source", "prometheus")->value, 1.0);
}

TEST(ComputeSource, TotalsGoOnAfterARestartAndCountTheTimeBetween) {
  World world;
  world.watch(world.settings(), hours(1));
  const double before = *world.series(exporter::Family::kComputeCpuSeconds);
  world.board.publish("compute", {});
  world.clock.advance(hours(1));
  world.watch(world.settings(), minutes(10));
  const double after = *world.series(exporter::Family::kComputeCpuSeconds);
  EXPECT_NEAR(after - before, 0.5 * 70 * 60, 31.0) << "the counter went on while nobody looked";
  EXPECT_NEAR(*world.series(exporter::Family::kCost), 6.0 / 60.0 * 130.0, 0.21);
}

TEST(ComputeSource, AServerThatDoesNotAnswerIsAFindingAndTheTotalsStay) {
  World world;
  world.watch(world.settings(), hours(1));
  const double before = *world.series(exporter::Family::kComputeCpuSeconds);
  world.answers = false;
  world.watch(world.settings(), minutes(10));
  EXPECT_EQ(world.finding("compute.source", "prometheus")->verdict, Verdict::kWarning);
  EXPECT_EQ(world.finding("compute.source", "prometheus")->note, "connect: refused");
  EXPECT_EQ(world.series(exporter::Family::kComputeCpuSeconds), before);
  EXPECT_FALSE(world.series(exporter::Family::kComputeMemoryBytes)) << "an old value is no value";
}

TEST(ComputeSource, TheBudgetIsReachedAfterTwoHoursAndADayLaterItIsNotAnyMore) {
  World world;
  world.watch(world.settings(), hours(2) + minutes(5));
  EXPECT_EQ(world.finding("cost.budget")->verdict, Verdict::kCritical);
  auto free_of_charge = world.settings();
  free_of_charge.price->per_hour = 0.01;
  world.watch(free_of_charge, hours(23));
  EXPECT_EQ(world.finding("cost.budget")->verdict, Verdict::kOk);
}

TEST(ComputeSource, AnHourOfOpenCostIsAskedForOnceItIsOver) {
  World world;
  auto compute = world.settings();
  compute.price->per_hour.reset();
  compute.price->opencost = config::ComputeOpenCost{};
  compute.price->opencost->peer.url = "http://opencost:9003";
  compute.price->opencost->aggregate = "deployment";
  compute.price->opencost->name = "flights";
  world.watch(compute, hours(3) + minutes(20));
  ASSERT_EQ(world.allocations.size(), 3U);
  EXPECT_NE(world.allocations[0].find("window=2026-03-02T00%3A00%3A00Z%2C2026-03-02T01%3A00%3A00Z"),
            std::string::npos);
  EXPECT_NE(world.allocations[2].find("2026-03-02T03%3A00%3A00Z"), std::string::npos);
  EXPECT_DOUBLE_EQ(*world.series(exporter::Family::kCost), 7.5);
}

TEST(ComputeSource, MemoryThatDoublesForGoodIsUsageDriftForADay) {
  World world;
  auto compute = world.settings();
  compute.every = minutes(20);
  world.watch(compute, std::chrono::days(10));
  EXPECT_EQ(world.finding("compute.drift", "memory")->verdict, Verdict::kOk);
  world.memory = 2000.0;
  world.watch(compute, hours(6));
  const Finding* drift = world.finding("compute.drift", "memory");
  EXPECT_EQ(drift->verdict, Verdict::kWarning);
  EXPECT_TRUE(
      drift->note.starts_with("memory in use: 1.95 KiB where 1000 B is usual at that "
                              "hour of the week, since 2026-03-12T"))
      << drift->note;
  EXPECT_EQ(world.finding("compute.drift", "cpu")->verdict, Verdict::kOk);
  world.watch(compute, hours(30));
  EXPECT_EQ(world.finding("compute.drift", "memory")->verdict, Verdict::kOk);
}

TEST(ComputeSource, AModelWithoutAPredictionIsIdleAlsoWhereNothingElseIsKnown) {
  World world;
  auto compute = world.settings();
  compute.prometheus->queries = {{"predictions", "served"}};
  compute.every = minutes(30);
  world.served = 7.0;
  world.watch(compute, hours(20));
  EXPECT_EQ(world.finding("cost.saving", "idle")->verdict, Verdict::kOk);
  world.watch(compute, hours(7));
  const Finding* idle = world.finding("cost.saving", "idle");
  EXPECT_EQ(idle->verdict, Verdict::kWarning);
  EXPECT_NEAR(*idle->value, 144.0, 1e-6);
  EXPECT_EQ(idle->note, "not one prediction in the last 25 hours; that saves 144 USD a day");
  EXPECT_EQ(world.finding("cost.saving", "over_provisioned")->value, 0.0);
  world.served = 8.0;
  world.watch(compute, hours(1));
  EXPECT_EQ(world.finding("cost.saving", "idle")->verdict, Verdict::kOk);
}

TEST(ComputeSource, WhatCouldBeSavedIsNoWarningWhereThatIsNotWanted) {
  World world;
  auto compute = world.settings();
  compute.prometheus->queries = {{"predictions", "served"}};
  compute.every = minutes(30);
  compute.savings = false;
  world.watch(compute, hours(27));
  const Finding* idle = world.finding("cost.saving", "idle");
  EXPECT_EQ(idle->verdict, Verdict::kOk);
  EXPECT_NEAR(*idle->value, 144.0, 1e-6) << "rules may still ask for it";
}

TEST(ComputeSource, AWeekOfAnotherTimeZoneIsLearnedAnewAndTheAccountGoesOn) {
  World world;
  auto compute = world.settings();
  compute.every = minutes(20);
  const auto berlin = retraining::TimeZone::find("Europe/Berlin");
  ASSERT_TRUE(berlin);
  world.watch(compute, std::chrono::days(8), *berlin);
  const double before = *world.series(exporter::Family::kComputeCpuSeconds);
  world.watch(compute, hours(1), *berlin);
  EXPECT_EQ(world.finding("compute.drift", "memory")->verdict, Verdict::kOk);
  world.watch(compute, hours(1));
  EXPECT_EQ(world.finding("compute.drift", "memory")->verdict, Verdict::kLearning);
  EXPECT_GT(*world.series(exporter::Family::kComputeCpuSeconds), before);
}

TEST(ComputeSource, PredictionsAndTokensThatTheEndpointCountsAreTaken) {
  World world;
  auto compute = world.settings();
  compute.prometheus.reset();
  compute.price->per_hour.reset();
  compute.price->per_1k_tokens = 2.0;
  const auto endpoint = [](double predictions, double in, double out) {
    monitor::LiveReport report;
    report.series.push_back(
        {.family = exporter::Family::kPredictions, .labels = {}, .value = predictions});
    report.series.push_back(
        {.family = exporter::Family::kTokens, .labels = {{"kind", "in"}}, .value = in});
    report.series.push_back(
        {.family = exporter::Family::kTokens, .labels = {{"kind", "out"}}, .value = out});
    return report;
  };
  world.board.publish("endpoint", endpoint(10.0, 100.0, 200.0));
  world.watch(compute, minutes(2));
  world.board.publish("endpoint", endpoint(60.0, 600.0, 1700.0));
  world.watch(compute, minutes(2));
  EXPECT_DOUBLE_EQ(*world.series(exporter::Family::kCost), 2.0 * 2.0);
  EXPECT_FALSE(world.series(exporter::Family::kPredictions))
      << "the endpoint's own series shows it";
}

TEST(ComputeSource, AStateThatMakesNoSenseIsBegunAnew) {
  World world;
  world.watch(world.settings(), minutes(10));
  auto spoil = [](store::Connection& connection) {
    return store::save_source_state(connection, "production/flights", "compute", "nonsense");
  };
  tests::Started spoilt(world.io, world.store->write(std::move(spoil)));
  world.clock.settle();
  ASSERT_TRUE(spoilt.done());
  world.watch(world.settings(), minutes(10));
  EXPECT_LT(*world.series(exporter::Family::kComputeCpuSeconds), 0.5 * 600.0 + 1.0);
}

}  // namespace
}  // namespace leeway::compute
