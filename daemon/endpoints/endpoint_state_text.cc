#include <boost/json.hpp>
#include <exception>
#include <stdexcept>

#include "daemon/endpoints/endpoint_state.h"

namespace leeway::endpoint {
namespace {

namespace json = boost::json;

constexpr int kVersion = 1;

json::array tensors_json(const std::vector<endpoints::Tensor>& tensors) {
  json::array out;
  for (const endpoints::Tensor& tensor : tensors) {
    out.push_back(json::object{{"name", tensor.name},
                               {"datatype", tensor.datatype},
                               {"shape", json::value_from(tensor.shape)}});
  }
  return out;
}

std::vector<endpoints::Tensor> read_tensors(const json::value& value) {
  std::vector<endpoints::Tensor> tensors;
  for (const json::value& each : value.as_array()) {
    endpoints::Tensor tensor;
    tensor.name = each.at("name").as_string();
    tensor.datatype = each.at("datatype").as_string();
    tensor.shape = json::value_to<std::vector<std::int64_t>>(each.at("shape"));
    tensors.push_back(std::move(tensor));
  }
  return tensors;
}

json::value time_json(const std::optional<TimePoint>& time) {
  if (!time) return nullptr;
  return to_micros(*time);
}

std::optional<TimePoint> read_time(const json::value& value) {
  if (value.is_null()) return std::nullopt;
  return from_micros(value.to_number<std::int64_t>());
}

json::object totals_json(const ServedTotals& totals) {
  return {{"requests", totals.requests},
          {"failures", totals.failures},
          {"latency_seconds", totals.latency_seconds},
          {"latency_count", totals.latency_count},
          {"prompt_tokens", totals.prompt_tokens},
          {"completion_tokens", totals.completion_tokens}};
}

ServedTotals read_totals(const json::value& value) {
  const auto number = [&value](const char* key) { return value.at(key).to_number<double>(); };
  return {.requests = number("requests"),
          .failures = number("failures"),
          .latency_seconds = number("latency_seconds"),
          .latency_count = number("latency_count"),
          .prompt_tokens = number("prompt_tokens"),
          .completion_tokens = number("completion_tokens")};
}

json::array times_json(const std::array<PhaseTimes, kPhases.size()>& times) {
  json::array out;
  for (const PhaseTimes& phase : times) {
    out.push_back(json::object{
        {"cells", json::value_from(phase.cells)}, {"count", phase.count}, {"sum", phase.sum}});
  }
  return out;
}

std::array<PhaseTimes, kPhases.size()> read_times(const json::value& value) {
  std::array<PhaseTimes, kPhases.size()> times{};
  const json::array& written = value.as_array();
  if (written.size() != times.size()) throw std::invalid_argument("other phases");
  for (std::size_t i = 0; i < times.size(); ++i) {
    const json::array& cells = written[i].at("cells").as_array();
    if (cells.size() != kBounds.size()) throw std::invalid_argument("other bounds");
    for (std::size_t j = 0; j < cells.size(); ++j) {
      times[i].cells[j] = cells[j].to_number<std::uint64_t>();
    }
    times[i].count = written[i].at("count").to_number<std::uint64_t>();
    times[i].sum = written[i].at("sum").to_number<double>();
  }
  return times;
}

}  // namespace

std::string EndpointState::serialize() const {
  json::object out{{"version", kVersion},
                   {"requests", requests},
                   {"failures", json::value_from(failures)},
                   {"times", times_json(times)},
                   {"version_seen", time_json(version_seen)},
                   {"version_changed", time_json(version_changed)},
                   {"schema_changed", time_json(schema_changed)},
                   {"change", change},
                   {"totals", totals_json(totals)}};
  if (served) {
    out["served"] = json::object{{"model", served->model},
                                 {"version", served->version},
                                 {"platform", served->platform},
                                 {"inputs", tensors_json(served->inputs)},
                                 {"outputs", tensors_json(served->outputs)}};
  }
  if (latency) out["latency"] = latency->to_json();
  if (availability) out["availability"] = availability->to_json();
  return json::serialize(out);
}

Result<> EndpointState::restore(std::string_view text) {
  EndpointState read = *this;
  try {
    const json::value whole = json::parse(json::string_view(text.data(), text.size()));
    const json::object& root = whole.as_object();
    if (root.at("version").to_number<int>() != kVersion) {
      throw std::invalid_argument("written by a newer Leeway");
    }
    read.requests = root.at("requests").to_number<std::uint64_t>();
    for (const auto& [phase, count] : root.at("failures").as_object()) {
      read.failures[std::string(phase)] = count.to_number<std::uint64_t>();
    }
    read.times = read_times(root.at("times"));
    if (const json::value* seen = root.if_contains("version_seen")) {
      read.version_seen = read_time(*seen);
    }
    read.version_changed = read_time(root.at("version_changed"));
    read.schema_changed = read_time(root.at("schema_changed"));
    read.change = root.at("change").as_string();
    read.totals = read_totals(root.at("totals"));
    if (const json::value* served_before = root.if_contains("served")) {
      read.served =
          endpoints::Metadata{.model = std::string(served_before->at("model").as_string()),
                              .version = std::string(served_before->at("version").as_string()),
                              .platform = std::string(served_before->at("platform").as_string()),
                              .inputs = read_tensors(served_before->at("inputs")),
                              .outputs = read_tensors(served_before->at("outputs"))};
    }
    for (const auto& [key, window] :
         {std::pair{"latency", &read.latency}, {"availability", &read.availability}}) {
      const json::value* written = root.if_contains(key);
      if (written == nullptr || !*window) continue;
      if (auto done = (*window)->read_json(*written); !done) return done;
    }
  } catch (const std::exception& error) {
    return fail(ErrorCode::kCorrupt, std::string("state of an endpoint: ") + error.what());
  }
  *this = std::move(read);
  return {};
}

}  // namespace leeway::endpoint
