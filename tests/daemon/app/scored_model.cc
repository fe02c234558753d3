#include "tests/daemon/app/scored_model.h"

#include <array>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <cstdio>

namespace leeway::tests {
namespace {

namespace json = boost::json;

constexpr std::array kCities{"Oslo", "Rome", "Lima"};

std::int64_t age_of(int row) { return 20 + (row * 7) % 60; }
std::string_view city_of(int row) {
  return kCities[static_cast<std::size_t>(row) % kCities.size()];
}

template <class... Values>
std::string line(const char* format, Values... values) {
  std::array<char, 160> text{};
  std::snprintf(text.data(), text.size(), format, values...);
  return text.data();
}

}  // namespace

double score_of(std::int64_t age, std::string_view city) {
  return 0.3 + (city == "Oslo" ? 0.1 : 0.0) + 0.002 * static_cast<double>(age);
}

ScoringServer::ScoringServer()
    : server_([this](std::size_t, const ReceivedRequest& request) { return answer(request); }) {}

void ScoringServer::shift_by(double shift) {
  const std::lock_guard lock(mutex_);
  shift_ = shift;
}

void ScoringServer::shift_in(std::string city) {
  const std::lock_guard lock(mutex_);
  city_ = std::move(city);
}

void ScoringServer::fail_with(std::string message) {
  const std::lock_guard lock(mutex_);
  failure_ = std::move(message);
}

Answer ScoringServer::answer(const ReceivedRequest& request) {
  if (request.target != "/invocations") return {.status = 200, .body = "1.0"};
  const std::lock_guard lock(mutex_);
  Answer answer{.status = 200, .headers = {{"content-type", "application/json"}}};
  if (!failure_.empty()) {
    answer.status = 500;
    answer.body = json::serialize(json::object{{"message", failure_}});
    return answer;
  }
  json::array scores;
  const json::value body = json::parse(request.body);
  for (const json::value& row : body.at("dataframe_split").at("data").as_array()) {
    const std::string city(row.at(1).as_string());
    const double shift = city_.empty() || city == city_ ? shift_ : 0.0;
    scores.push_back(score_of(row.at(0).as_int64(), city) + shift);
  }
  answer.body = json::serialize(json::object{{"predictions", std::move(scores)}});
  return answer;
}

std::vector<ReceivedRequest> ScoringServer::asked() const {
  std::vector<ReceivedRequest> requests = server_.requests();
  std::erase_if(requests, [](const auto& each) { return each.target != "/invocations"; });
  return requests;
}

std::size_t ScoringServer::rows_asked() const {
  std::size_t rows = 0;
  for (const ReceivedRequest& request : asked()) {
    rows += json::parse(request.body).at("dataframe_split").at("data").as_array().size();
  }
  return rows;
}

std::string people_csv(std::string_view day, int rows, std::string_view prefix) {
  std::string text = "at,id,age,city,p\n";
  const std::string date(day);
  const std::string id(prefix);
  for (int row = 0; row < rows; ++row) {
    const int second = static_cast<int>(86'400LL * row / rows);
    text += line("%sT%02d:%02d:%02dZ,%s%d,%d,%s,%.4f\n", date.c_str(), second / 3600,
                 second / 60 % 60, second % 60, id.c_str(), row, static_cast<int>(age_of(row)),
                 city_of(row).data(), score_of(age_of(row), city_of(row)));
  }
  return text;
}

std::string labels_csv(int rows, double limit, std::string_view prefix) {
  std::string text = "id,late\n";
  const std::string id(prefix);
  for (int row = 0; row < rows; ++row) {
    const bool late = score_of(age_of(row), city_of(row)) > limit;
    text += line("%s%d,%s\n", id.c_str(), row, late ? "yes" : "no");
  }
  return text;
}

std::string people_model(const World& world, const ScoringServer& server,
                         const std::string& endpoint, const std::string& columns) {
  return "models:\n  - name: people\n    batches: { files: " + world.path("incoming").string() +
         "/*.csv, every: 10m }\n    reference: " + world.path("reference.csv").string() +
         "\n    columns: { timestamp: at, id: id, score: p, label: { name: late, positive: 'yes' "
         "}" +
         columns + " }\n    endpoint:\n      url: " + server.url() +
         "\n      protocol: mlflow\n      every: 1h\n" + endpoint;
}

void write_reference(World& world) {
  std::string text;
  for (int day = 1; day <= 10; ++day) {
    const std::string csv = people_csv(line("2001-01-%02d", day), 240);
    text += text.empty() ? csv : csv.substr(csv.find('\n') + 1);
  }
  world.write("reference.csv", text);
}

boost::json::object live_finding(const boost::json::object& model, std::string_view source,
                                 std::string_view measure, std::string_view part) {
  const json::object& live = model.at("live").as_object();
  if (!live.contains(source)) return {};
  for (const json::value& each : live.at(source).at("findings").as_array()) {
    const json::object& finding = each.as_object();
    const std::string its_part = finding.contains("part") ? text(finding, "part") : "";
    if (text(finding, "measure") == measure && its_part == part) return finding;
  }
  return {};
}

}  // namespace leeway::tests
