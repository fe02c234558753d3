#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <boost/json.hpp>
#include <mutex>

#include "tests/daemon/app/models.h"

namespace leeway::tests {
namespace {

namespace json = boost::json;

using std::chrono::hours;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

/// As much of an MLflow server as is asked: one alias, one experiment, its runs. Like the real one
/// it keeps every point that it is given.
class Registry {
 public:
  struct Point {
    std::string run;
    std::string key;
    double value = 0.0;
    std::int64_t step = 0;
  };

  Registry()
      : server_([this](std::size_t, const ReceivedRequest& request) { return answer(request); }) {}

  std::string url() const { return server_.url("/mlflow"); }

  /// The steps of one metric over all runs, in the order of arrival.
  std::vector<std::string> steps(const std::string& key) {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> steps;
    for (const Point& point : points_) {
      if (point.key == key)
        steps.push_back(to_rfc3339(from_micros(point.step * 1000)).substr(0, 10));
    }
    return steps;
  }
  double value(const std::string& key, const std::string& day) {
    const std::lock_guard lock(mutex_);
    for (const Point& point : points_) {
      const bool same = to_rfc3339(from_micros(point.step * 1000)).starts_with(day);
      if (point.key == key && same) return point.value;
    }
    return -99.0;
  }
  /// Tags of each run, in the order they were made.
  std::vector<std::map<std::string, std::string>> runs() {
    const std::lock_guard lock(mutex_);
    return runs_;
  }
  void delete_runs() {
    const std::lock_guard lock(mutex_);
    deleted_ = runs_.size();
  }

  std::atomic<bool> up = true;
  std::atomic<int> version = 1;            ///< 0: the alias is gone
  std::atomic<int> swallowed_answers = 0;  ///< so many batches are taken and not answered

 private:
  static Answer ok(const json::object& body) {
    return {.status = 200, .body = json::serialize(body)};
  }
  static Answer refused(int status, const char* code, const char* message) {
    return {.status = status,
            .body = json::serialize(json::object{{"error_code", code}, {"message", message}})};
  }
  static std::string run_id(std::size_t index) { return "00" + std::to_string(index); }
  std::size_t index_of(const std::string& id) const {
    for (std::size_t i = deleted_; i < runs_.size(); ++i) {
      if (run_id(i) == id) return i;
    }
    return runs_.size();
  }

  Answer answer(const ReceivedRequest& request) {
    const std::lock_guard lock(mutex_);
    if (!up) return {.status = 503, .body = "away"};
    const std::string path = request.target.substr(std::string("/mlflow/api/2.0/mlflow/").size());
    if (path == "registered-models/alias?name=flights&alias=champion") return alias();
    if (path == "experiments/get-by-name?experiment_name=monitoring") {
      return ok({{"experiment", {{"experiment_id", "7"}, {"lifecycle_stage", "active"}}}});
    }
    if (path.starts_with("runs/get?run_id=")) return get(path.substr(path.find('=') + 1));
    const json::value body = json::parse(request.body);
    if (path == "runs/search") return search(body.at("filter").as_string().c_str());
    if (path == "runs/create") return create(body);
    if (path == "runs/log-batch") return log(body);
    return refused(404, "ENDPOINT_NOT_FOUND", request.target.c_str());
  }

  Answer alias() const {
    if (version == 0) {
      return refused(400, "INVALID_PARAMETER_VALUE", "Registered model alias champion not found.");
    }
    return ok({{"model_version",
                {{"name", "flights"},
                 {"version", std::to_string(version)},
                 {"run_id", "ab"},
                 {"status", "READY"},
                 {"creation_timestamp", 1000}}}});
  }

  Answer get(const std::string& id) const {
    if (index_of(id) == runs_.size()) return refused(404, "RESOURCE_DOES_NOT_EXIST", "no such run");
    std::map<std::string, std::int64_t> newest;
    for (const Point& point : points_) {
      if (point.run == id) newest[point.key] = std::max(newest[point.key], point.step);
    }
    json::array metrics;
    for (const auto& [key, step] : newest) {
      metrics.push_back({{"key", key}, {"value", 0}, {"step", std::to_string(step)}});
    }
    return ok({{"run",
                {{"info", {{"run_id", id}, {"lifecycle_stage", "active"}}},
                 {"data", {{"metrics", std::move(metrics)}}}}}});
  }

  Answer search(const std::string& filter) const {
    for (std::size_t i = deleted_; i < runs_.size(); ++i) {
      const bool same = filter == "tags.`leeway.model` = '" + runs_[i].at("leeway.model") +
                                      "' and tags.`leeway.version` = '" +
                                      runs_[i].at("leeway.version") + "'";
      if (same) return ok({{"runs", json::array{{{"info", {{"run_id", run_id(i)}}}}}}});
    }
    return ok({});
  }

  static void set(std::map<std::string, std::string>& tags, const json::value& body) {
    for (const json::value& tag : body.at("tags").as_array()) {
      tags[tag.at("key").as_string().c_str()] = tag.at("value").as_string().c_str();
    }
  }

  Answer create(const json::value& body) {
    EXPECT_EQ(body.at("experiment_id"), "7");
    set(runs_.emplace_back(), body);
    return ok({{"run", {{"info", {{"run_id", run_id(runs_.size() - 1)}}}}}});
  }

  Answer log(const json::value& body) {
    const std::string id = body.at("run_id").as_string().c_str();
    const std::size_t index = index_of(id);
    if (index == runs_.size()) return refused(404, "RESOURCE_DOES_NOT_EXIST", "no such run");
    for (const json::value& metric : body.at("metrics").as_array()) {
      points_.push_back({.run = id,
                         .key = metric.at("key").as_string().c_str(),
                         .value = metric.at("value").to_number<double>(),
                         .step = metric.at("step").to_number<std::int64_t>()});
    }
    set(runs_[index], body);
    if (swallowed_answers > 0) {
      --swallowed_answers;
      return {.close = true};
    }
    return ok({});
  }

  std::mutex mutex_;
  std::vector<std::map<std::string, std::string>> runs_;
  std::size_t deleted_ = 0;
  std::vector<Point> points_;
  WebhookReceiver server_;
};

class RegistryOfApp : public testing::Test {
 protected:
  RegistryOfApp() { world_.write("january.csv", csv_of(january())); }

  void configure(const std::string& more = "") {
    app_.configure(january_model(
        world_, "flights",
        "    registry: { mlflow: \"" + registry_.url() + "\", every: 1h" + more + " }\n"));
  }
  void start(const std::string& more = "") {
    configure(more);
    const Result<> started = app_.start();
    ASSERT_TRUE(started) << started.error().message;
  }

  /// A day's file arrives at six in the morning after it; then a day passes, at whose noon `change`
  /// happens.
  void live_through(int day, double late = 0.0, const std::function<void()>& change = {}) {
    hand_over(world_, {.day = february(day), .late = late});
    world_.pass(hours(6));
    if (change) change();
    world_.pass(hours(18));
  }

  static json::object finding(const json::object& window, std::string_view measure,
                              std::string_view column = "") {
    for (const json::value& each : window.at("findings").as_array()) {
      const json::object& finding = each.as_object();
      if (text(finding, "measure") == measure && text(finding, "column") == column) return finding;
    }
    return {{"verdict", "none"}};
  }
  static std::string verdict_of(const json::object& window, std::string_view measure,
                                std::string_view column = "") {
    return text(finding(window, measure, column), "verdict");
  }

  World world_{"2001-02-02T06:00:00Z"};
  Registry registry_;
  RunningApp app_{world_, "leeway"};
};

constexpr const char* kWriteBack = ", write_back: { experiment: monitoring }";

TEST_F(RegistryOfApp, AnotherVersionMakesItsWindowMixedAndTheNextIsJudged) {
  start();
  live_through(1);
  live_through(2, 0.0, [this] { registry_.version = 2; });  // on the third of February
  EXPECT_EQ(text(app_.model(), "version"), "2");
  EXPECT_EQ(app_.metric("leeway_model_info{environment=\"production\",model=\"flights\",version="
                        "\"2\"}"),
            1.0);
  const auto events = app_.list("events");
  ASSERT_THAT(events, SizeIs(1));
  EXPECT_EQ(text(events[0], "kind"), "registry.version");
  EXPECT_EQ(text(events[0], "before"), "1");
  EXPECT_EQ(text(events[0], "after"), "2");
  EXPECT_THAT(text(events[0], "since"), testing::StartsWith("2001-02-03T1"));
  EXPECT_THAT(app_.metric("leeway_model_version_changed_timestamp_seconds{environment="
                          "\"production\",model=\"flights\",source=\"registry\"}"),
              testing::Optional(testing::Ge(981201600.0)));

  live_through(3, 1.0);
  const auto windows = app_.windows();
  ASSERT_THAT(windows, SizeIs(3));
  EXPECT_EQ(text(windows[1], "version"), "1");
  EXPECT_EQ(text(windows[2], "version"), "mixed");
  EXPECT_EQ(text(windows[2], "state"), "judged");
  EXPECT_THAT(text(windows[2], "note"),
              HasSubstr("mixed, drift and performance are not judged: version 1 became 2 between "
                        "2001-02-03T1"));
  EXPECT_EQ(verdict_of(windows[2], "psi", "delay"), "mixed");
  EXPECT_EQ(verdict_of(windows[2], "missing", "delay"), "ok");
  EXPECT_EQ(verdict_of(windows[2], "volume"), "ok");
  const json::object model = app_.model();
  EXPECT_TRUE(model.at("drift_share").is_null());
  EXPECT_EQ(model.at("window").at("version"), "mixed");
  EXPECT_EQ(app_.metric("leeway_finding_state{environment=\"production\",model=\"flights\","
                        "column=\"delay\"}"),
            -1.0);
  EXPECT_THAT(app_.metric("leeway_drift_value{environment=\"production\",model=\"flights\",column="
                          "\"delay\",measure=\"psi\",against=\"reference\"}"),
              testing::Optional(testing::Gt(0.1)))
      << "it is shown";

  live_through(4, 1.0);
  EXPECT_THAT(app_.incidents(), IsEmpty()) << "one window of the two that the rule wants";
  live_through(5, 1.0);
  EXPECT_EQ(text(app_.windows().back(), "version"), "2");
  EXPECT_THAT(rules_of(app_.incidents(), "firing"), ElementsAre("column_drifted"));
}

TEST_F(RegistryOfApp, AVersionThatIsSeenLateMakesJudgedWindowsMixed) {
  start();
  live_through(1);
  live_through(2, 0.0, [this] {
    registry_.up = false;
    registry_.version = 2;
  });
  live_through(3);
  EXPECT_EQ(text(app_.windows()[2], "version"), "1");
  EXPECT_EQ(verdict_of(app_.windows()[2], "psi", "delay"), "ok");
  EXPECT_EQ(app_.metric("leeway_registry_up{environment=\"production\",model=\"flights\"}"), 0.0);
  registry_.up = true;
  live_through(4);
  const auto windows = app_.windows();
  EXPECT_EQ(text(windows[1], "version"), "1");
  EXPECT_EQ(text(windows[2], "version"), "mixed");
  EXPECT_EQ(text(windows[2], "corrections"), "1");
  EXPECT_EQ(verdict_of(windows[2], "psi", "delay"), "mixed");
  EXPECT_EQ(text(windows[3], "version"), "mixed") << "it may have changed then, too";
  EXPECT_THAT(app_.list("events"), SizeIs(1));
}

TEST_F(RegistryOfApp, IsAnEventOnceAlsoOverARestart) {
  start();
  live_through(1);
  ASSERT_TRUE(app_.stop());
  registry_.version = 2;
  world_.pass(hours(5));
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(app_.start());
    world_.pass(hours(3));
    ASSERT_TRUE(app_.stop());
  }
  ASSERT_TRUE(app_.start());
  world_.pass(hours(1));
  const auto events = app_.list("events");
  ASSERT_THAT(events, SizeIs(1));
  EXPECT_THAT(text(events[0], "since"), testing::StartsWith("2001-02-03T05:"));
  EXPECT_THAT(text(events[0], "at"), testing::StartsWith("2001-02-03T11:"));
}

TEST_F(RegistryOfApp, AnAliasThatNamesNothingIsSaidAndChangesNothing) {
  start();
  live_through(1);
  registry_.version = 0;
  live_through(2);
  EXPECT_THAT(json::serialize(app_.model().at("live").at("registry")),
              HasSubstr("Registered model alias champion not found."));
  EXPECT_EQ(text(app_.model(), "status"), "warning");
  EXPECT_EQ(text(app_.model(), "version"), "1");
  registry_.version = 1;
  live_through(3);
  EXPECT_THAT(app_.list("events"), IsEmpty());
  EXPECT_EQ(text(app_.model(), "status"), "ok");
}

TEST_F(RegistryOfApp, ResultsAreWrittenToARunOfTheVersionOnceEach) {
  start(kWriteBack);
  live_through(1);
  live_through(2);
  EXPECT_THAT(registry_.steps("leeway/rows"), ElementsAre("2001-02-02", "2001-02-03"));
  EXPECT_EQ(registry_.value("leeway/rows", "2001-02-02"), 400.0);
  EXPECT_EQ(registry_.value("leeway/drift.share", "2001-02-02"), 0.0);
  EXPECT_EQ(registry_.value("leeway/psi/delay", "2001-02-02"),
            finding(app_.windows()[0], "psi", "delay").at("value"));
  ASSERT_THAT(registry_.runs(), SizeIs(1));
  EXPECT_EQ(registry_.runs()[0].at("leeway.model"), "production/flights");
  EXPECT_EQ(registry_.runs()[0].at("leeway.version"), "1");
  EXPECT_EQ(registry_.runs()[0].at("leeway.window_end"), "2001-02-03T00:00:00Z");

  ASSERT_TRUE(app_.stop());
  ASSERT_TRUE(app_.start());
  live_through(3, 1.0, [this] { registry_.version = 2; });
  live_through(4);
  live_through(5);
  EXPECT_THAT(registry_.steps("leeway/rows"),
              ElementsAre("2001-02-02", "2001-02-03", "2001-02-04", "2001-02-06"))
      << "the window of the fourth is mixed";
  EXPECT_EQ(registry_.value("leeway/status", "2001-02-04"), 2.0);
  ASSERT_THAT(registry_.runs(), SizeIs(2));
  EXPECT_EQ(registry_.runs()[1].at("leeway.version"), "2");
  EXPECT_EQ(app_.metric("leeway_registry_windows_total{environment=\"production\",model="
                        "\"flights\",outcome=\"written\"}"),
            4.0);
}

TEST_F(RegistryOfApp, ResultsWaitForAServerThatIsAwayAlsoOverARestart) {
  start(kWriteBack);
  live_through(1);
  registry_.up = false;
  live_through(2);
  live_through(3);
  EXPECT_EQ(app_.metric("leeway_registry_windows_pending{environment=\"production\",model="
                        "\"flights\"}"),
            2.0);
  EXPECT_THAT(json::serialize(app_.model().at("live").at("write_back")), HasSubstr("status 503"));
  ASSERT_TRUE(app_.stop());
  ASSERT_TRUE(app_.start());
  registry_.up = true;
  world_.pass(hours(2));
  EXPECT_THAT(registry_.steps("leeway/rows"),
              ElementsAre("2001-02-02", "2001-02-03", "2001-02-04"));
  EXPECT_EQ(app_.metric("leeway_registry_windows_pending{environment=\"production\",model="
                        "\"flights\"}"),
            0.0);
}

TEST_F(RegistryOfApp, ResultsThatWereTakenAndNotAnsweredAreNotWrittenTwice) {
  start(kWriteBack);
  live_through(1);
  registry_.swallowed_answers = 2;
  live_through(2);
  live_through(3);
  for (const char* key : {"leeway/rows", "leeway/status", "leeway/psi/delay", "leeway/volume"}) {
    EXPECT_THAT(registry_.steps(key), ElementsAre("2001-02-02", "2001-02-03", "2001-02-04")) << key;
  }
  EXPECT_THAT(registry_.runs(), SizeIs(1));
}

TEST_F(RegistryOfApp, AnotherRunIsMadeForOneThatWasDeleted) {
  start(kWriteBack);
  live_through(1);
  registry_.delete_runs();
  live_through(2);
  EXPECT_THAT(registry_.runs(), SizeIs(2));
  EXPECT_THAT(registry_.steps("leeway/rows"), ElementsAre("2001-02-02", "2001-02-03"));
}

TEST_F(RegistryOfApp, WindowsOfTheTimeBeforeItWasAskedForAreNotWritten) {
  start();
  live_through(1);
  configure(kWriteBack);
  ASSERT_TRUE(app_.reload());
  live_through(2);
  EXPECT_THAT(registry_.steps("leeway/rows"), ElementsAre("2001-02-03"));
}

}  // namespace
}  // namespace leeway::tests
