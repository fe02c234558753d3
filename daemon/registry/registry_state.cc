#include "daemon/registry/registry_state.h"

#include <algorithm>
#include <boost/json.hpp>
#include <exception>
#include <stdexcept>
#include <utility>

namespace leeway::registry {
namespace {

namespace json = boost::json;

constexpr int kFormat = 1;

json::value time_json(const std::optional<TimePoint>& time) {
  if (!time) return nullptr;
  return to_micros(*time);
}

std::optional<TimePoint> read_time(const json::value& value) {
  if (value.is_null()) return std::nullopt;
  return from_micros(value.to_number<std::int64_t>());
}

}  // namespace

RegistryState::RegistryState(const config::ModelRegistry& registry, std::string model)
    : model_(std::move(model)),
      place_(registry.mlflow + '\n' + registry.model + '\n' + registry.alias),
      alias_("alias '" + registry.alias + "' of '" + registry.model + "'") {}

std::vector<store::Event> RegistryState::take(const Result<ModelVersion>& answer,
                                              TimePoint asked_at, TimePoint at) {
  answered = at;
  trouble.clear();
  missing.clear();
  if (!answer) {
    const bool is_missing = answer.error().code == ErrorCode::kNotFound;
    (is_missing ? missing : trouble) = answer.error().message;
    return {};
  }
  std::vector<store::Event> events;
  if (current && current->version != answer->version) {
    // It cannot have been named before it existed.
    std::optional<TimePoint> since = seen;
    if (since && answer->created)
      since = std::clamp(*answer->created, *since, std::max(*since, at));
    changed = at;
    change = alias_ + " names version " + answer->version + ", it was " + current->version;
    events.push_back({.model = model_,
                      .at = at,
                      .kind = "registry.version",
                      .note = change,
                      .before = current->version,
                      .after = answer->version,
                      .since = since});
  }
  current = *answer;
  seen = asked_at;
  return events;
}

std::string RegistryState::serialize() const {
  json::object out{{"format", kFormat},
                   {"place", place_},
                   {"seen", time_json(seen)},
                   {"changed", time_json(changed)},
                   {"change", change}};
  if (current) {
    out["current"] = json::object{{"version", current->version},
                                  {"run_id", current->run_id},
                                  {"status", current->status},
                                  {"created", time_json(current->created)}};
  }
  return json::serialize(out);
}

Result<> RegistryState::restore(std::string_view text) {
  RegistryState read = *this;
  try {
    const json::value whole = json::parse(json::string_view(text.data(), text.size()));
    const json::object& root = whole.as_object();
    if (root.at("format").to_number<int>() != kFormat) {
      throw std::invalid_argument("written by a newer Leeway");
    }
    if (root.at("place").as_string() != place_) return {};
    read.seen = read_time(root.at("seen"));
    read.changed = read_time(root.at("changed"));
    read.change = root.at("change").as_string();
    if (const json::value* known = root.if_contains("current")) {
      read.current = ModelVersion{.version = std::string(known->at("version").as_string()),
                                  .run_id = std::string(known->at("run_id").as_string()),
                                  .status = std::string(known->at("status").as_string()),
                                  .created = read_time(known->at("created"))};
    }
  } catch (const std::exception& error) {
    return fail(ErrorCode::kCorrupt, std::string("state of a registry: ") + error.what());
  }
  *this = std::move(read);
  return {};
}

}  // namespace leeway::registry
