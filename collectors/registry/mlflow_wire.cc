#include "collectors/registry/mlflow_wire.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/url/encode.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>
#include <charconv>
#include <utility>

namespace leeway::registry::wire {
namespace {

namespace json = boost::json;

constexpr std::size_t kLongestSentence = 300;
constexpr std::size_t kLongestVersion = 64;

std::int64_t to_millis(TimePoint time) { return to_micros(time) / 1000; }

/// An object, or nothing for any other text.
std::optional<json::object> parse(std::string_view body) {
  boost::system::error_code problem;
  json::value value = json::parse(json::string_view(body.data(), body.size()), problem);
  if (problem || !value.is_object()) return std::nullopt;
  return std::move(value.get_object());
}

const json::object* object_in(const json::object& object, std::string_view key) {
  const json::value* found = object.if_contains(key);
  return found == nullptr ? nullptr : found->if_object();
}

std::string text_in(const json::object& object, std::string_view key) {
  const json::value* found = object.if_contains(key);
  return found != nullptr && found->is_string() ? std::string(found->get_string()) : "";
}

/// 64-bit integers of MLflow are numbers or, as protobuf's JSON has them, text.
std::optional<std::int64_t> integer_in(const json::object& object, std::string_view key) {
  const json::value* found = object.if_contains(key);
  if (found == nullptr) return std::nullopt;
  if (found->is_string()) {
    const json::string& text = found->get_string();
    std::int64_t value = 0;
    const auto [rest, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (problem != std::errc{} || rest != text.data() + text.size()) return std::nullopt;
    return value;
  }
  boost::system::error_code problem;
  const auto value = found->to_number<std::int64_t>(problem);
  if (problem) return std::nullopt;
  return value;
}

tl::unexpected<Error> corrupt(std::string_view what) {
  return fail(ErrorCode::kCorrupt, "the answer has no '" + std::string(what) +
                                       "'; is this the address of an MLflow server?");
}

bool is_plain(std::string_view text) {
  return !text.empty() && text.size() <= kLongestVersion && std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
           c == '_' || c == '-';
  });
}

json::array tags_json(const Tags& tags) {
  json::array out;
  for (const auto& [key, value] : tags) {
    out.push_back(json::object{{"key", key}, {"value", value}});
  }
  return out;
}

/// 'a' or "a": MLflow's filters have no escapes.
std::string quoted(const std::string& text) {
  const char quote = text.find('\'') == std::string::npos ? '\'' : '"';
  return quote + text + quote;
}

}  // namespace

std::string query(const std::vector<std::pair<std::string_view, std::string>>& parameters) {
  std::string out;
  for (const auto& [key, value] : parameters) {
    out += (out.empty() ? "" : "&") + std::string(key) + "=" +
           boost::urls::encode(value, boost::urls::unreserved_chars);
  }
  return out;
}

std::string search_runs(const std::string& experiment_id, const Tags& tags) {
  std::string filter;
  for (const auto& [key, value] : tags) {
    filter += (filter.empty() ? "" : " and ") + ("tags.`" + key + "` = ") + quoted(value);
  }
  return json::serialize(json::object{{"experiment_ids", json::array{json::value(experiment_id)}},
                                      {"filter", filter},
                                      {"run_view_type", "ACTIVE_ONLY"},
                                      {"max_results", 1},
                                      {"order_by", json::array{"attributes.start_time DESC"}}});
}

std::string create_experiment(const std::string& name) {
  return json::serialize(json::object{{"name", name}});
}

std::string create_run(const std::string& experiment_id, const std::string& name, TimePoint start,
                       const Tags& tags) {
  return json::serialize(json::object{{"experiment_id", experiment_id},
                                      {"run_name", name},
                                      {"start_time", to_millis(start)},
                                      {"tags", tags_json(tags)}});
}

std::string log_batch(const std::string& run_id, const std::vector<Metric>& metrics,
                      const Tags& tags) {
  json::array points;
  for (const Metric& metric : metrics) {
    points.push_back(json::object{{"key", metric.key},
                                  {"value", metric.value},
                                  {"timestamp", to_millis(metric.time)},
                                  {"step", metric.step}});
  }
  return json::serialize(
      json::object{{"run_id", run_id}, {"metrics", std::move(points)}, {"tags", tags_json(tags)}});
}

Result<ModelVersion> read_version(std::string_view body) {
  const auto root = parse(body);
  const json::object* found = root ? object_in(*root, "model_version") : nullptr;
  if (found == nullptr) return corrupt("model_version");
  ModelVersion version{.version = text_in(*found, "version"),
                       .run_id = text_in(*found, "run_id"),
                       .status = text_in(*found, "status"),
                       .created = {}};
  if (version.version.empty()) {
    if (const auto number = integer_in(*found, "version"))
      version.version = std::to_string(*number);
  }
  if (!is_plain(version.version)) return corrupt("model_version.version");
  if (!is_plain(version.run_id)) version.run_id.clear();
  if (const auto created = integer_in(*found, "creation_timestamp")) {
    version.created = from_micros(*created * 1000);
  }
  return version;
}

Result<std::string> read_experiment(std::string_view body) {
  const auto root = parse(body);
  const json::object* found = root ? object_in(*root, "experiment") : nullptr;
  std::string id = found == nullptr ? "" : text_in(*found, "experiment_id");
  if (id.empty()) return corrupt("experiment.experiment_id");
  if (text_in(*found, "lifecycle_stage") == "deleted") {
    return fail(ErrorCode::kInvalidConfig,
                "the experiment was deleted; restore it or name another one");
  }
  return id;
}

Result<std::string> read_new_experiment(std::string_view body) {
  const auto root = parse(body);
  std::string id = root ? text_in(*root, "experiment_id") : "";
  if (id.empty()) return corrupt("experiment_id");
  return id;
}

Result<std::optional<std::string>> read_first_run(std::string_view body) {
  const auto root = parse(body);
  if (!root) return corrupt("runs");
  const json::value* runs = root->if_contains("runs");  // which is left out where there is none
  if (runs == nullptr || !runs->is_array() || runs->get_array().empty()) {
    return std::optional<std::string>();
  }
  const json::object* first = runs->get_array().front().if_object();
  const json::object* info = first == nullptr ? nullptr : object_in(*first, "info");
  std::string id = info == nullptr ? "" : text_in(*info, "run_id");
  if (id.empty()) return corrupt("runs[0].info.run_id");
  return std::optional<std::string>(std::move(id));
}

Result<Run> read_run(std::string_view body) {
  const auto root = parse(body);
  const json::object* found = root ? object_in(*root, "run") : nullptr;
  const json::object* info = found == nullptr ? nullptr : object_in(*found, "info");
  Run run;
  if (info != nullptr) run.id = text_in(*info, "run_id");
  if (run.id.empty()) return corrupt("run.info.run_id");
  run.experiment_id = text_in(*info, "experiment_id");
  run.active = text_in(*info, "lifecycle_stage") != "deleted";
  const json::object* data = object_in(*found, "data");
  const json::value* metrics = data == nullptr ? nullptr : data->if_contains("metrics");
  if (metrics == nullptr || !metrics->is_array()) return run;
  for (const json::value& each : metrics->get_array()) {
    const json::object* metric = each.if_object();
    if (metric == nullptr) continue;
    run.steps.emplace(text_in(*metric, "key"), integer_in(*metric, "step").value_or(0));
  }
  return run;
}

Error refusal(int status, std::string_view body) {
  const auto root = parse(body);
  std::string code = root ? text_in(*root, "error_code") : "";
  std::string said = root ? text_in(*root, "message") : "";
  said = said.substr(0, said.find_first_of("\r\n"));
  if (said.size() > kLongestSentence) said = said.substr(0, kLongestSentence) + "...";
  std::string message = "MLflow answered with status " + std::to_string(status);
  if (!code.empty()) message += " " + code;
  if (!said.empty()) message += ": " + said;
  // An alias that does not exist is an invalid parameter to the SQL store, and not found to others.
  const bool no_alias = code == "INVALID_PARAMETER_VALUE" &&
                        said.starts_with("Registered model alias") && said.ends_with("not found.");
  if (code == "RESOURCE_DOES_NOT_EXIST" || no_alias) return {ErrorCode::kNotFound, message};
  if (status == 401 || status == 403) return {ErrorCode::kInvalidConfig, message};
  if (status == 429 || status >= 500) return {ErrorCode::kUnavailable, message};
  if (status == 404 && code.empty()) {
    return {ErrorCode::kInvalidConfig, message + "; is this the address of an MLflow server?"};
  }
  if (status >= 400) return {ErrorCode::kInvalidArgument, message};
  return {ErrorCode::kInvalidConfig, message + "; redirects are not followed"};
}

}  // namespace leeway::registry::wire
