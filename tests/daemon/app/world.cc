#include "tests/daemon/app/world.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <cmath>
#include <fstream>
#include <future>
#include <iterator>
#include <numbers>
#include <thread>

#include "daemon/log/log.h"
#include "detectors/base/bytes.h"
#include "detectors/base/random.h"
#include "tests/support/http_get.h"

namespace leeway::tests {
namespace {

namespace json = boost::json;

TimePoint at(std::string_view text) {
  const auto time = parse_time(text);
  LEEWAY_ASSERT(time.has_value(), "the test writes a time");
  return *time;
}

/// Box and Muller; one of the pair is enough.
double normal(Random& random) {
  return std::sqrt(-2.0 * std::log(1.0 - random.uniform())) *
         std::cos(2.0 * std::numbers::pi * random.uniform());
}

app::Options options(const std::filesystem::path& config, const std::string& name) {
  app::Options options;
  options.config_file = config.string();
  options.workers.executable = LEEWAY_TABLES_WORKER;
  options.workers.idle = std::chrono::hours(24 * 365);  // they last for the test
  options.seed = hash64(name);
  return options;
}

}  // namespace

std::string csv_of(const std::vector<Flights>& days) {
  constexpr std::array kCarriers = {"AA", "DL", "UA", "US", "WN"};
  std::string text = "at";
  const Flights& head = days.front();
  if (!head.without_delay) text += ",delay";
  text += ",carrier";
  if (!head.extra.empty()) text += "," + head.extra;
  text += "\n";
  for (const Flights& day : days) {
    Random random(hash64(day.day) + day.seed);
    const TimePoint start = at(day.day);
    for (std::size_t row = 0; row < day.rows; ++row) {
      const double share = static_cast<double>(row) / static_cast<double>(day.rows);
      const auto offset = static_cast<std::int64_t>(share * 86'400);
      text += to_rfc3339(start + std::chrono::seconds(offset));
      double delay = normal(random) + day.late;
      const bool there = !day.without_delay && random.uniform() >= day.missing;
      const std::size_t carrier = random.below(kCarriers.size());
      delay += static_cast<double>(carrier) * day.apart + (carrier == 0 ? day.late_aa : 0.0);
      if (!day.without_delay) text += ",";
      if (there)
        text += day.delay_is_text ? "'about " + std::to_string(delay) + "'" : std::to_string(delay);
      text += std::string(",") + kCarriers[carrier];
      if (!day.extra.empty()) text += "," + std::to_string(random.uniform());
      text += "\n";
    }
  }
  return text;
}

// --- World ---------------------------------------------------------------------------------------

World::World(std::string_view start) : clock(io.get_executor(), at(start)) {
  // The lines of days would hide what a failed test has to say.
  if (std::getenv("LEEWAY_TEST_LOG") == nullptr) log::set_output([](log::Level, auto) {});
}

World::~World() {
  EXPECT_TRUE(apps_.empty()) << "an app outlives its world";
  log::set_output({});
}

bool World::until(const std::function<bool()>& condition) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!condition()) {
    if (std::chrono::steady_clock::now() >= end) return false;
    clock.settle();
    io.restart();
    io.run_one_for(std::chrono::milliseconds(1));  // sockets
  }
  return true;
}

void World::drain() {
  for (RunningApp* app : apps_) {
    if (!app->is_running()) continue;
    EXPECT_TRUE(until([app] { return !app->app().busy() && !app->has_due_deliveries(); }))
        << "a delivery was not attempted, or an endpoint did not answer";
  }
}

void World::pass_to(std::string_view time) { pass(at(time) - clock.now()); }

void World::pass(Duration duration) {
  const TimePoint end = clock.now() + duration;
  drain();
  for (bool more = true; more;) {
    more = clock.advance_to_next(end);
    drain();
  }
}

std::filesystem::path World::write(const std::string& name, std::string_view content) {
  const std::filesystem::path whole = folder / name;
  std::filesystem::create_directories(whole.parent_path());
  const std::filesystem::path part = whole.string() + ".part";
  std::ofstream(part, std::ios::binary) << content;
  const timespec now{.tv_sec = to_micros(clock.now()) / 1'000'000, .tv_nsec = 0};
  const std::array<timespec, 2> times{now, now};
  LEEWAY_ASSERT(::utimensat(AT_FDCWD, part.c_str(), times.data(), 0) == 0, "the file is there");
  std::filesystem::rename(part, whole);
  return whole;
}

std::size_t World::receiver_hits(std::string_view target) const {
  const std::vector<ReceivedRequest> requests = receiver.requests();
  return static_cast<std::size_t>(std::ranges::count(requests, target, &ReceivedRequest::target));
}

std::vector<json::object> World::received(std::string_view target) const {
  std::vector<json::object> bodies;
  for (const ReceivedRequest& request : receiver.requests()) {
    if (request.target == target) bodies.push_back(json::parse(request.body).as_object());
  }
  return bodies;
}

// --- RunningApp ----------------------------------------------------------------------------------

RunningApp::RunningApp(World& world, std::string name) : world_(world), name_(std::move(name)) {
  world_.apps_.push_back(this);
}

RunningApp::~RunningApp() {
  if (app_) EXPECT_TRUE(stop());
  std::erase(world_.apps_, this);
}

void RunningApp::configure(std::string_view rest) {
  std::string text =
      "server: { listen: \"127.0.0.1:0\" }\nstate: " + world_.path(name_ + ".state").string() +
      "\ntargets:\n";
  for (const std::string target : {"hook", "pipeline"}) {
    text += "  " + target + ": { webhook: { url: \"" + world_.receiver.url("/" + target) +
            "\", timeout: 2m } }\n";
  }
  text += "routes: [{ to: [hook] }]\n";
  world_.write(name_ + ".yaml", text + std::string(rest));
}

Result<> RunningApp::start() {
  auto created = app::App::create(world_.io.get_executor(), world_.clock,
                                  options(world_.path(name_ + ".yaml"), name_));
  if (!created) return fail(std::move(created.error()));
  app_ = std::move(*created);
  return world_.await(app_->start());
}

Result<> RunningApp::reload() { return world_.await(app_->reload()); }

Result<> RunningApp::stop() {
  Result<> stopped = world_.await(app_->stop(std::chrono::seconds(4)));
  app_.reset();
  database_.reset();
  return stopped;
}

bool RunningApp::has_due_deliveries() {
  if (!database_) {
    auto opened =
        store::Connection::open(world_.path(name_ + ".state") / "leeway.db", {.read_only = true});
    LEEWAY_ASSERT(opened.has_value(), "the app has opened its database");
    database_ = std::move(*opened);
  }
  const auto due = database_->value<std::int64_t>(
      "SELECT count(*) FROM delivery WHERE state = 0 AND next_attempt_at <= ?", world_.clock.now());
  LEEWAY_ASSERT(due.has_value(), "the database can be read");
  return due->value_or(0) > 0;
}

std::string RunningApp::request(const std::string& method, const std::string& target, int status) {
  const HttpRequest request{.method = method, .target = target, .headers = {{"X-Leeway", "1"}}};
  // A blocking client needs a thread of its own: the server answers on this one.
  auto answer = std::async(std::launch::async,
                           [port = app_->port(), request] { return http(port, request); });
  const auto ready = [&answer] {
    return answer.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
  };
  EXPECT_TRUE(world_.until(ready));
  Result<HttpAnswer> got = answer.get();
  EXPECT_TRUE(got.has_value());
  if (!got) return "";
  EXPECT_EQ(got->status, status) << target << ": " << got->body;
  return got->body;
}

json::object RunningApp::get(const std::string& resource) {
  return json::parse(request("GET", "/api/v1/" + resource)).as_object();
}

json::object RunningApp::model(std::size_t index) {
  return get("status").at("models").as_array().at(index).as_object();
}

std::vector<json::object> RunningApp::list(const std::string& what, const std::string& query) {
  std::vector<json::object> items;
  const json::object answer = get(what + query);
  for (const json::value& each : answer.at(what).as_array()) items.push_back(each.as_object());
  return items;
}

std::optional<double> RunningApp::metric(const std::string& series) {
  const std::string page = request("GET", "/metrics");
  const std::string start = "\n" + series + " ";
  const std::size_t found = page.find(start);
  if (found == std::string::npos) return std::nullopt;
  return std::stod(page.substr(found + start.size()));
}

std::string read_text(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string text(const json::object& object, std::string_view key) {
  const json::value& value = object.at(key);
  if (value.is_null()) return "";
  return value.is_string() ? std::string(value.as_string()) : json::serialize(value);
}

std::vector<std::string> rules_of(const std::vector<json::object>& incidents,
                                  std::string_view state) {
  std::vector<std::string> rules;
  for (auto incident = incidents.rbegin(); incident != incidents.rend(); ++incident) {
    if (text(*incident, "state") == state) rules.push_back(text(*incident, "rule"));
  }
  return rules;
}

}  // namespace leeway::tests
