#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "tests/daemon/app/world.h"

namespace leeway::tests {
namespace {

namespace json = boost::json;

using std::chrono::hours;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

constexpr std::string_view kLabels = "{environment=\"production\",model=\"flights\"}";
constexpr std::string_view kEuros =
    "{environment=\"production\",model=\"flights\",currency=\"EUR\"}";

/// A Prometheus that is asked once an hour; whose counters grow by an hour's worth with every
/// question, so that it needs no clock.
class Prometheus {
 public:
  Prometheus()
      : server_([this](std::size_t, const ReceivedRequest& request) { return answer(request); }) {}

  std::string url() const { return server_.url(""); }

  std::atomic<double> cores = 0.5;  ///< of 4
  std::atomic<double> memory = 1000.0;
  std::atomic<double> predictions_per_hour = 100.0;
  std::atomic<double> oom_kills = 0.0;

 private:
  Answer answer(const ReceivedRequest& request) {
    const std::string& body = request.body;
    double value = 4.0;  // cpu_limit_cores
    if (body == "query=cpu") value = cpu_seconds_ += cores * 3600.0;
    if (body == "query=memory") value = memory;
    if (body == "query=served") value = predictions_ += predictions_per_hour;
    if (body == "query=oom") value = oom_kills;
    return {.status = 200,
            .headers = {{"content-type", "application/json"}},
            .body = R"({"status":"success","data":{"resultType":"vector","result":[{"metric":{},)"
                    R"("value":[1,")" +
                    std::to_string(value) + R"("]}]}})"};
  }

  double cpu_seconds_ = 1e6;
  double predictions_ = 1e6;
  WebhookReceiver server_;
};

/// @param more  further keys of the model, each line indented by four blanks
std::string model_of(const Prometheus& server, const std::string& more = "") {
  return "models:\n  - name: flights\n    compute:\n      prometheus:\n        url: " +
         server.url() +
         "\n        queries: { cpu_seconds: cpu, cpu_limit_cores: limit, memory_bytes: memory,\n"
         "          predictions: served, oom_kills: oom }\n"
         "      every: 1h\n      price: { per_hour: 6, currency: EUR }\n" +
         more;
}

json::object finding(const json::object& model, std::string_view measure,
                     std::string_view part = "") {
  for (const json::value& each : model.at("live").at("compute").at("findings").as_array()) {
    const json::object& one = each.as_object();
    if (text(one, "measure") == measure && text(one, "part") == part) return one;
  }
  ADD_FAILURE() << "no finding " << measure << " " << part;
  return {{"value", nullptr}, {"verdict", ""}, {"note", ""}};
}

std::string series(std::string_view name, std::string_view labels = kLabels) {
  return std::string(name) + std::string(labels);
}

TEST(Compute, IsReadWithoutBatchesAndShownEverywhere) {
  World world("2026-03-02");
  const Prometheus server;
  RunningApp app(world, "leeway");
  app.configure(model_of(server));
  ASSERT_TRUE(app.start());
  world.pass(hours(10));
  const json::object model = app.model();
  EXPECT_EQ(text(model, "status"), "ok");
  EXPECT_EQ(finding(model, "compute.cpu").at("value"), 0.125);
  EXPECT_EQ(text(finding(model, "compute.source", "prometheus"), "verdict"), "ok");
  // The first reading is where everything begins.
  EXPECT_EQ(app.metric(series("leeway_compute_cpu_seconds_total")), 9 * 1800.0);
  EXPECT_EQ(app.metric(series("leeway_predictions_total")), 900.0);
  EXPECT_EQ(app.metric(series("leeway_cost_total", kEuros)), 54.0);
  const json::array now = app.get("live").at("now").as_array();
  EXPECT_GE(now.size(), 4U);
  EXPECT_THAT(app.incidents(), IsEmpty());
}

TEST(Compute, ADayOverItsBudgetIsAnIncidentUntilMidnight) {
  World world("2026-03-02");
  const Prometheus server;
  RunningApp app(world, "leeway");
  app.configure(model_of(server, "      budget: 100\n"));
  ASSERT_TRUE(app.start());
  world.pass(hours(12));
  EXPECT_EQ(text(finding(app.model(), "cost.budget"), "verdict"), "ok");
  EXPECT_THAT(app.incidents(), IsEmpty());
  world.pass(hours(8));
  const json::object budget = finding(app.model(), "cost.budget");
  EXPECT_EQ(text(budget, "verdict"), "critical");
  EXPECT_THAT(text(budget, "note"), HasSubstr(" EUR of 100 EUR a day"));
  EXPECT_THAT(rules_of(app.incidents(), "firing"), ElementsAre("over_budget"));
  ASSERT_EQ(world.received().size(), 1U);
  EXPECT_THAT(json::serialize(world.received()[0]), HasSubstr("over_budget"));
  world.pass(hours(6));
  EXPECT_THAT(rules_of(app.incidents(), "resolved"), ElementsAre("over_budget"));
}

TEST(Compute, AMonthThatHeadsOverItsBudgetsIsSaidWithItsForecast) {
  World world("2026-03-01");
  const Prometheus server;
  RunningApp app(world, "leeway");
  app.configure(model_of(server, "      budget: 120\n"));
  ASSERT_TRUE(app.start());
  world.pass(hours(24 * 5));
  const json::object forecast = finding(app.model(), "cost.forecast");
  EXPECT_EQ(text(forecast, "verdict"), "warning");
  // 144 EUR a day, 31 days.
  EXPECT_NEAR(forecast.at("value").as_double(), 144.0 / 120.0, 0.02);
  EXPECT_THAT(text(forecast, "note"), StartsWith("44"));
  EXPECT_THAT(text(forecast, "note"),
              HasSubstr(" EUR by the month's end, the days may cost 3720 EUR"));
  EXPECT_TRUE(
      app.metric("leeway_cost_forecast_month{environment=\"production\",model=\"flights\","
                 "currency=\"EUR\",bound=\"expected\"}"));
}

TEST(Compute, AModelThatPredictsNothingForADayIsPointedOutWithTheSaving) {
  World world("2026-03-02");
  Prometheus server;
  RunningApp app(world, "leeway");
  app.configure(model_of(server,
                         "    rules: [{ name: forgotten, if: 'cost.saving{part=idle} > 5', "
                         "for: 2h }]\n"));
  ASSERT_TRUE(app.start());
  world.pass(hours(6));
  server.predictions_per_hour = 0.0;
  world.pass(hours(20));
  EXPECT_EQ(text(finding(app.model(), "cost.saving", "idle"), "verdict"), "ok");
  world.pass(hours(8));
  const json::object idle = finding(app.model(), "cost.saving", "idle");
  EXPECT_EQ(text(idle, "verdict"), "warning");
  EXPECT_NEAR(idle.at("value").as_double(), 144.0, 1e-6);
  EXPECT_THAT(text(idle, "note"), StartsWith("not one prediction in the last 2"));
  EXPECT_THAT(text(idle, "note"), HasSubstr(" hours; that saves 144 EUR a day"));
  EXPECT_THAT(rules_of(app.incidents(), "firing"), ElementsAre("forgotten"));
  server.predictions_per_hour = 1.0;
  world.pass(hours(2));
  EXPECT_EQ(text(finding(app.model(), "cost.saving", "idle"), "verdict"), "ok");
  EXPECT_THAT(rules_of(app.incidents(), "resolved"), ElementsAre("forgotten"));
}

TEST(Compute, AMachineThatIsTooLargeIsPointedOutAfterThreeDays) {
  World world("2026-03-02");
  const Prometheus server;
  RunningApp app(world, "leeway");
  app.configure(model_of(server));
  ASSERT_TRUE(app.start());
  world.pass(hours(48));
  EXPECT_EQ(text(finding(app.model(), "cost.saving", "over_provisioned"), "verdict"), "ok");
  world.pass(hours(26));
  const json::object saving = finding(app.model(), "cost.saving", "over_provisioned");
  EXPECT_EQ(text(saving, "verdict"), "warning");
  // An eighth of the CPUs with 30 % to spare: a quarter of the machine.
  EXPECT_NEAR(saving.at("value").as_double(), 0.75 * 144.0, 1e-6);
  EXPECT_THAT(text(saving, "note"),
              HasSubstr("with 30 % to spare, 1/4 of it would do; that saves 108 EUR a day"));
  EXPECT_EQ(text(app.model(), "status"), "warning");
}

TEST(Compute, AProcessThatWasEndedForLackOfMemoryIsAnIncidentForAnHour) {
  World world("2026-03-02");
  Prometheus server;
  RunningApp app(world, "leeway");
  app.configure(model_of(server));
  ASSERT_TRUE(app.start());
  world.pass(hours(3));
  server.oom_kills = 2.0;
  world.pass(hours(1));
  EXPECT_THAT(rules_of(app.incidents(), "firing"), ElementsAre("out_of_memory"));
  EXPECT_EQ(finding(app.model(), "compute.oom_kills").at("value"), 2.0);
  world.pass(hours(2));
  EXPECT_THAT(rules_of(app.incidents(), "resolved"), ElementsAre("out_of_memory"));
}

TEST(Compute, MemoryThatDoublesForGoodIsUsageDrift) {
  World world("2026-03-02");
  Prometheus server;
  RunningApp app(world, "leeway");
  app.configure(model_of(server, "    window: { time_zone: Europe/Berlin }\n"));
  ASSERT_TRUE(app.start());
  world.pass(hours(24 * 8));
  EXPECT_EQ(text(finding(app.model(), "compute.drift", "memory"), "verdict"), "ok");
  server.memory = 2000.0;
  world.pass(hours(6));
  const json::object drift = finding(app.model(), "compute.drift", "memory");
  EXPECT_EQ(text(drift, "verdict"), "warning");
  EXPECT_THAT(text(drift, "note"),
              StartsWith("memory in use: 1.95 KiB where 1000 B is usual at that hour of the week, "
                         "since 2026-03-10T0"));
  EXPECT_EQ(text(finding(app.model(), "compute.drift", "cpu"), "verdict"), "ok");
}

TEST(Compute, TotalsGoOnAfterARestartAndNotAfterTheModelWasTakenAway) {
  World world("2026-03-02");
  const Prometheus server;
  RunningApp app(world, "leeway");
  const std::string other =
      "models:\n  - name: other\n    compute: { price: { per_hour: 1 }, every: 1h }\n";
  app.configure(model_of(server));
  ASSERT_TRUE(app.start());
  world.pass(hours(10));
  ASSERT_TRUE(app.stop());
  ASSERT_TRUE(app.start());
  world.pass(hours(5));
  const auto after_restart = app.metric(series("leeway_cost_total", kEuros));
  ASSERT_TRUE(after_restart);
  EXPECT_GE(*after_restart, 13 * 6.0);
  app.configure(other);
  ASSERT_TRUE(app.reload());
  world.pass(hours(1));
  EXPECT_FALSE(app.metric(series("leeway_cost_total", kEuros)));
  app.configure(model_of(server));
  ASSERT_TRUE(app.reload());
  world.pass(hours(3));
  EXPECT_EQ(app.metric(series("leeway_cost_total", kEuros)), 2 * 6.0)
      << "a model of that name that comes later begins at nothing";
}

}  // namespace
}  // namespace leeway::tests
