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

using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// A model server that speaks the Open Inference Protocol, and whose model can be exchanged.
class ModelServer {
 public:
  ModelServer()
      : server_([this](std::size_t, const ReceivedRequest& request) { return answer(request); }) {}

  std::string url(const std::string& path = "/v2/models/flights") const {
    return server_.url(path);
  }

  std::atomic<bool> up = true;
  std::atomic<int> version = 3;
  std::atomic<double> score = 0.25;
  std::atomic<bool> float32 = false;
  std::atomic<int> served = 1000;
  std::atomic<int> probes = 0;

 private:
  Answer answer(const ReceivedRequest& request) {
    if (request.target == "/metrics") {
      return {.status = 200,
              .headers = {{"content-type", "text/plain; version=0.0.4"}},
              .body =
                  "# TYPE nv_inference_request_success counter\n"
                  "nv_inference_request_success{model=\"flights\",version=\"1\"} " +
                  std::to_string(served) + "\n"};
    }
    if (request.target.ends_with("/ready")) {
      ++probes;
      if (!up) return {.status = 503, .body = "{\"error\": \"model is unloading\"}"};
      return json_answer("{\"name\": \"flights\", \"ready\": true}");
    }
    if (request.target.ends_with("/infer")) {
      return json_answer(
          "{\"model_name\": \"flights\", \"outputs\": [{\"name\": \"score\", \"shape\": [1, 1], "
          "\"datatype\": \"FP64\", \"data\": [" +
          std::to_string(score) + "]}]}");
    }
    return json_answer("{\"name\": \"flights\", \"versions\": [\"" + std::to_string(version) +
                       "\"], \"platform\": \"sklearn\", \"inputs\": [{\"name\": \"age\", "
                       "\"datatype\": \"" +
                       (float32 ? "FP32" : "FP64") +
                       "\", \"shape\": [-1, 1]}], \"outputs\": [{\"name\": \"score\", "
                       "\"datatype\": \"FP64\", \"shape\": [-1, 1]}]}");
  }

  static Answer json_answer(std::string body) {
    return {
        .status = 200, .headers = {{"content-type", "application/json"}}, .body = std::move(body)};
  }

  WebhookReceiver server_;
};

/// @param more  further keys of the endpoint, each line indented by six blanks
std::string endpoint_model(const ModelServer& server, const std::string& more = "") {
  return "models:\n  - name: flights\n    endpoint:\n      url: " + server.url() +
         "\n      protocol: open_inference\n      every: 15s\n      timeout: 5s\n" + more;
}

json::object finding(const json::object& model, std::string_view measure) {
  for (const json::value& each : model.at("live").at("endpoint").at("findings").as_array()) {
    if (text(each.as_object(), "measure") == measure) return each.as_object();
  }
  return {};
}

TEST(Endpoint, IsWatchedWithoutBatchesAndShownEverywhere) {
  World world("2001-02-01");
  const ModelServer server;
  RunningApp app(world, "leeway");
  app.configure(endpoint_model(server));
  ASSERT_TRUE(app.start());
  world.pass(minutes(1));
  const json::object model = app.model();
  EXPECT_EQ(text(model, "status"), "ok");
  EXPECT_EQ(finding(model, "endpoint.up").at("value"), 1.0);
  EXPECT_EQ(model.at("live").at("endpoint").at("details").at("served").at("version"), "3");
  const std::string labels = "{environment=\"production\",model=\"flights\"}";
  EXPECT_EQ(app.metric("leeway_endpoint_up" + labels), 1.0);
  EXPECT_EQ(app.metric("leeway_endpoint_requests_total" + labels), 4.0);
  EXPECT_EQ(app.metric("leeway_endpoint_info{environment=\"production\",model=\"flights\",served_"
                       "model=\"flights\",version=\"3\",platform=\"sklearn\"}"),
            1.0);
  EXPECT_EQ(server.probes, 4);  // no more than one in 15 s
}

TEST(Endpoint, ThatIsDownForAMinuteOpensAnIncidentAndResolvesIt) {
  World world("2001-02-01");
  ModelServer server;
  RunningApp app(world, "leeway");
  app.configure(endpoint_model(server));
  ASSERT_TRUE(app.start());
  world.pass(minutes(2));
  server.up = false;
  world.pass(seconds(45));
  EXPECT_THAT(app.incidents(), IsEmpty());
  world.pass(seconds(60));
  EXPECT_THAT(rules_of(app.incidents(), "firing"), ElementsAre("endpoint_down"));
  ASSERT_EQ(world.received().size(), 1U);
  EXPECT_THAT(json::serialize(world.received()[0]), HasSubstr("endpoint_down"));
  EXPECT_EQ(text(app.model(), "status"), "critical");
  server.up = true;
  world.pass(seconds(30));
  EXPECT_THAT(rules_of(app.incidents(), "resolved"), ElementsAre("endpoint_down"));
  EXPECT_EQ(world.received().size(), 2U);
}

TEST(Endpoint, OneFailedProbeIsNoIncidentHoweverOftenItIsLookedAt) {
  World world("2001-02-01");
  ModelServer server;
  RunningApp app(world, "leeway");
  app.configure(endpoint_model(server, "") + "    rules: [{ name: endpoint_down, for: 10s }]\n");
  ASSERT_TRUE(app.start());
  world.pass(minutes(2));
  server.up = false;
  const int probes = server.probes;
  while (server.probes == probes) world.pass(seconds(1));
  server.up = true;
  world.pass(minutes(2));
  EXPECT_THAT(app.incidents(), IsEmpty());
}

TEST(Endpoint, IncidentsAndTotalsGoOnAfterARestart) {
  World world("2001-02-01");
  ModelServer server;
  RunningApp app(world, "leeway");
  app.configure(endpoint_model(server));
  ASSERT_TRUE(app.start());
  world.pass(minutes(2));
  server.up = false;
  world.pass(minutes(2));
  const std::string series =
      "leeway_endpoint_requests_total{environment=\"production\",model=\"flights\"}";
  const auto before = app.metric(series);
  ASSERT_TRUE(app.stop());
  ASSERT_TRUE(app.start());
  world.pass(minutes(1));
  EXPECT_GE(app.metric(series), *before + 3.0);
  EXPECT_THAT(rules_of(app.incidents(), "firing"), ElementsAre("endpoint_down"));
  EXPECT_EQ(world.received().size(), 1U);  // not told a second time
  server.up = true;
  world.pass(minutes(1));
  EXPECT_THAT(rules_of(app.incidents(), "resolved"), ElementsAre("endpoint_down"));
}

TEST(Endpoint, AnotherVersionIsAnEventOnceAlsoOverARestart) {
  World world("2001-02-01");
  ModelServer server;
  RunningApp app(world, "leeway");
  app.configure(endpoint_model(server));
  ASSERT_TRUE(app.start());
  world.pass(minutes(3));
  EXPECT_THAT(app.list("events"), IsEmpty());
  ASSERT_TRUE(app.stop());
  server.version = 4;
  server.float32 = true;
  ASSERT_TRUE(app.start());
  world.pass(minutes(3));
  const auto events = app.list("events");
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(text(events[0], "kind"), "endpoint.schema");
  EXPECT_THAT(text(events[0], "note"), HasSubstr("FP32"));
  EXPECT_EQ(text(events[1], "kind"), "endpoint.version");
  EXPECT_EQ(text(events[1], "before"), "3");
  EXPECT_THAT(rules_of(app.incidents(), "firing"), ElementsAre("endpoint_changed"));
  world.pass(minutes(61));
  EXPECT_THAT(rules_of(app.incidents(), "resolved"), ElementsAre("endpoint_changed"));
}

TEST(Endpoint, AModelThatComputesDifferentlyFailsItsGoldenRows) {
  World world("2001-02-01");
  ModelServer server;
  world.write("golden.json",
              R"({"golden": [{"name": "basic", "rows": {"names": ["age"], "cells": [[31]]},
                  "outputs": [{"name": "score", "width": 1, "values": [0.25]}]}]})");
  RunningApp app(world, "leeway");
  app.configure(endpoint_model(server,
                               "      golden: { rows: golden.json, every: 1m, tolerance: { "
                               "absolute: 0.001 } }\n"));
  ASSERT_TRUE(app.start());
  world.pass(minutes(3));
  EXPECT_EQ(finding(app.model(), "endpoint.golden").at("value"), 0.0);
  server.score = 0.26;
  world.pass(minutes(2));
  EXPECT_EQ(finding(app.model(), "endpoint.up").at("value"), 1.0);  // it says that it is ready
  EXPECT_THAT(rules_of(app.incidents(), "firing"), ElementsAre("golden_failed"));
  EXPECT_THAT(json::serialize(app.incidents()[0]), HasSubstr("0.26"));
}

TEST(Endpoint, ItsOwnMetricsAreTotalsThatOutliveItsRestart) {
  World world("2001-02-01");
  ModelServer server;
  RunningApp app(world, "leeway");
  app.configure(endpoint_model(
      server, "      metrics: { url: " + server.url("/metrics") + ", every: 30s }\n"));
  ASSERT_TRUE(app.start());
  world.pass(minutes(2));
  server.served = 1150;
  world.pass(minutes(2));
  server.served = 20;  // began anew
  world.pass(minutes(2));
  const std::string series =
      "leeway_predictions_total{environment=\"production\",model=\"flights\"}";
  EXPECT_EQ(app.metric(series), 170.0);
}

TEST(Endpoint, ThatIsChangedByAReloadGoesOnWithItsTotals) {
  World world("2001-02-01");
  ModelServer server;
  RunningApp app(world, "leeway");
  app.configure(endpoint_model(server));
  ASSERT_TRUE(app.start());
  world.pass(minutes(2));
  app.configure(endpoint_model(server, "      availability: 0.9\n"));
  ASSERT_TRUE(app.reload());
  world.pass(minutes(2));
  EXPECT_EQ(app.metric("leeway_endpoint_requests_total{environment=\"production\",model="
                       "\"flights\"}"),
            16.0);
  EXPECT_EQ(server.probes, 16);
  EXPECT_EQ(finding(app.model(), "endpoint.availability").at("value"), 1.0);
}

TEST(Endpoint, WhoseSecretIsMissingIsUnknownAndNotDown) {
  World world("2001-02-01");
  ModelServer server;
  RunningApp app(world, "leeway");
  app.configure(endpoint_model(server, "      headers: { x-key: \"${file:key.txt}\" }\n"));
  ASSERT_TRUE(app.start());
  world.pass(minutes(3));
  EXPECT_EQ(text(finding(app.model(), "endpoint.up"), "verdict"), "error");
  EXPECT_THAT(text(finding(app.model(), "endpoint.up"), "note"),
              HasSubstr("endpoint.headers.x-key"));
  EXPECT_THAT(app.incidents(), IsEmpty());
  EXPECT_EQ(server.probes, 0);
  world.write("key.txt", "abc\n");
  world.pass(minutes(1));
  EXPECT_EQ(finding(app.model(), "endpoint.up").at("value"), 1.0);
}

}  // namespace
}  // namespace leeway::tests
