#include "tests/integration/crash/outcome.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <cmath>
#include <set>

namespace leeway::tests {
namespace {

namespace json = boost::json;

std::string text(const json::object& object, std::string_view key) {
  return std::string(object.at(key).as_string());
}

const json::object& column_of(const json::object& window, std::string_view name) {
  for (const json::value& column : window.at("data").at("columns").as_array()) {
    if (column.at("column").as_string() == name) return column.as_object();
  }
  static const json::object nothing;
  ADD_FAILURE() << "no column " << name;
  return nothing;
}

/// Sums of some hundred values in another order.
void expect_close(const json::object& column, std::string_view what, double want,
                  const std::string& where) {
  const double got = column.at(what).to_number<double>();
  EXPECT_NEAR(got, want, 1e-9 * std::abs(want)) << where << " " << what;
}

void expect_columns(const json::object& window, const Totals& totals, const std::string& where) {
  for (const auto& [name, want] : totals.numeric) {
    const json::object& column = column_of(window, name);
    const std::string place = where + " " + name;
    EXPECT_EQ(column.at("rows").to_number<std::uint64_t>(), totals.rows) << place;
    EXPECT_EQ(column.at("missing").to_number<std::uint64_t>(), want.missing) << place;
    expect_close(column, "mean", want.mean, place);
    EXPECT_DOUBLE_EQ(column.at("min").to_number<double>(), want.min) << place;
    EXPECT_DOUBLE_EQ(column.at("max").to_number<double>(), want.max) << place;
  }
  for (const auto& [name, missing] : totals.missing) {
    EXPECT_EQ(column_of(window, name).at("missing").to_number<std::uint64_t>(), missing)
        << where << " " << name;
  }
}

/// The ids under which a message arrived, and how often each.
using Arrivals = std::map<std::string, std::map<std::string, std::size_t>>;

/// By "type target subject".
Arrivals arrivals_at(const WebhookReceiver& receiver) {
  Arrivals arrivals;
  std::map<std::string, std::string> bodies;
  for (const ReceivedRequest& request : receiver.requests()) {
    const json::object event = json::parse(request.body).as_object();
    const std::string what = text(event, "type") + " " + request.target + " " +
                             std::string(event.at("data").at("id").as_string());
    const std::string id = request.header("webhook-id");
    ++arrivals[what][id];
    const auto [known, fresh] = bodies.emplace(id, request.body);
    EXPECT_TRUE(fresh || known->second == request.body) << id << " came with two texts";
  }
  return arrivals;
}

/// Where the incidents of a rule are told.
std::vector<std::string> targets_of(const std::string& rule) {
  if (rule == "amount") return {"people"};
  if (rule == "kind") return {"people", "pager"};
  if (rule == "moved") return {"pager"};
  return {"people"};  // by the route
}

/// What must have arrived, named as arrivals_at() does.
std::set<std::string> wanted_of(const Daemon& daemon) {
  std::set<std::string> wanted;
  const auto incidents = daemon.ask({"incidents", "--limit", "10000"});
  for (const json::value& each : incidents.at("incidents").as_array()) {
    const json::object& incident = each.as_object();
    for (const std::string& target : targets_of(text(incident, "rule"))) {
      const std::string to = " /hook/" + target + " " + text(incident, "id");
      wanted.insert("leeway.incident.opened" + to);
      if (text(incident, "state") == "resolved") wanted.insert("leeway.incident.resolved" + to);
    }
  }
  const auto retrainings = daemon.ask({"retrainings", "--limit", "10000"});
  for (const json::value& each : retrainings.at("retrainings").as_array()) {
    const json::object& retraining = each.as_object();
    if (retraining.at("sent_at").is_null()) continue;
    wanted.insert("leeway.retraining.requested /hook/pipeline " + text(retraining, "id"));
  }
  return wanted;
}

std::size_t pending(const Daemon& daemon) {
  const auto answer = daemon.ask({"deliveries", "--state", "pending"});
  return answer.empty() ? 1 : answer.at("deliveries").as_array().size();
}

bool has_closed(const Daemon& daemon, std::size_t windows) {
  const auto answer = daemon.ask({"status"});
  if (answer.empty()) return false;
  for (const json::value& model : answer.at("models").as_array()) {
    if (model.at("closed_windows").to_number<std::size_t>() < windows) return false;
  }
  return answer.at("idle").as_bool();
}

}  // namespace

bool is_done(const Daemon& daemon, std::size_t windows, std::chrono::milliseconds deadline) {
  const auto done = [&] {
    return testing::Test::HasFatalFailure() ||
           (has_closed(daemon, windows) && pending(daemon) == 0);
  };
  return eventually(done, deadline);
}

std::map<std::string, json::object> windows_of(const Daemon& daemon) {
  const auto answer = daemon.ask({"windows", "--columns", "--limit", "10000"});
  std::map<std::string, json::object> windows;
  for (const json::value& each : answer.at("windows").as_array()) {
    const json::object& window = each.as_object();
    const std::string name = text(window, "model") + " " + text(window, "start").substr(0, 10);
    EXPECT_TRUE(windows.emplace(name, window).second) << name << " is there twice";
  }
  return windows;
}

void expect_totals(const std::map<std::string, json::object>& windows,
                   const std::map<std::string, Totals>& totals) {
  EXPECT_EQ(windows.size(), 2 * totals.size());
  for (const auto& [name, window] : windows) {
    const auto want = totals.find(name.substr(name.find(' ') + 1));
    ASSERT_NE(want, totals.end()) << name;
    EXPECT_EQ(window.at("rows").to_number<std::uint64_t>(), want->second.rows) << name;
    EXPECT_EQ(window.at("data").at("rows").to_number<std::uint64_t>(), want->second.rows) << name;
    expect_columns(window, want->second, name);
  }
}

void expect_same(const std::map<std::string, json::object>& windows,
                 const std::map<std::string, json::object>& undisturbed) {
  EXPECT_EQ(windows.size(), undisturbed.size());
  for (const auto& [name, want] : undisturbed) {
    const auto window = windows.find(name);
    ASSERT_NE(window, windows.end()) << name;
    for (const char* key : {"rows", "reference", "extended_from", "data", "findings"}) {
      EXPECT_EQ(json::serialize(window->second.at(key)), json::serialize(want.at(key)))
          << name << " " << key;
    }
  }
}

void expect_told(const Daemon& daemon, const WebhookReceiver& receiver) {
  const auto arrivals = arrivals_at(receiver);
  std::set<std::string> arrived;
  for (const auto& [what, ids] : arrivals) {
    arrived.insert(what);
    EXPECT_EQ(ids.size(), 1U) << what << " came under several ids";
  }
  EXPECT_EQ(arrived, wanted_of(daemon));
  for (const char* state : {"pending", "dead", "dropped"}) {
    const auto answer = daemon.ask({"deliveries", "--state", state});
    EXPECT_TRUE(answer.at("deliveries").as_array().empty()) << json::serialize(answer);
  }
}

}  // namespace leeway::tests
