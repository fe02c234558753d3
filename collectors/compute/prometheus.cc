#include "collectors/compute/prometheus.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <optional>
#include <utility>

namespace leeway::compute {
namespace {

namespace json = boost::json;

constexpr std::array<std::string_view, 3> kDeviceLabels = {"UUID", "gpu", "device"};

/// "1.5", "NaN", "+Inf": as Prometheus writes numbers.
std::optional<double> to_number(std::string_view text) {
  if (text == "NaN") return std::nan("");
  if (text == "+Inf") return HUGE_VAL;
  if (text == "-Inf") return -HUGE_VAL;
  double value = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::string text_of(const json::object& object, std::string_view key) {
  const json::value* found = object.if_contains(key);
  if (found == nullptr || !found->is_string()) return {};
  return std::string(found->get_string());
}

tl::unexpected<Error> odd(std::string_view what) {
  return fail(ErrorCode::kCorrupt, "the answer to the query has no " + std::string(what));
}

/// [time, "value"].
std::optional<double> point_value(const json::value* point) {
  if (point == nullptr || !point->is_array() || point->get_array().size() != 2) return std::nullopt;
  const json::value& text = point->get_array()[1];
  if (!text.is_string()) return std::nullopt;
  return to_number(std::string_view(text.get_string()));
}

Result<std::vector<QueryValue>> vector_values(const json::array& series) {
  std::vector<QueryValue> values;
  for (const json::value& one : series) {
    if (!one.is_object()) return odd("series");
    const auto value = point_value(one.get_object().if_contains("value"));
    if (!value) return odd("value that is a number (histograms need a function)");
    if (std::isnan(*value)) continue;
    QueryValue found{.device = {}, .value = *value};
    const json::value* labels = one.get_object().if_contains("metric");
    for (const std::string_view label : kDeviceLabels) {
      if (!found.device.empty() || labels == nullptr || !labels->is_object()) break;
      found.device = text_of(labels->get_object(), label);
    }
    values.push_back(std::move(found));
  }
  return values;
}

class Prometheus final : public Source {
 public:
  Prometheus(PrometheusOptions options, net::HttpClient& http)
      : options_(std::move(options)), http_(http) {}
  std::string_view kind() const override { return "prometheus"; }

  Async<Reading> read(TimePoint /*now*/) override {
    Reading reading;
    std::size_t unanswered = 0;
    Error last;
    for (const auto& [metric, query] : options_.queries) {
      auto body = co_await post_form(http_, options_.peer, "/api/v1/query",
                                     "query=" + percent_encoded(query));
      if (!body && body.error().code != ErrorCode::kInvalidConfig) {
        last = std::move(body.error());
        reading.lacks(metric, last.message);
        ++unanswered;
        // A server that does not answer is asked once, not once a metric.
        if (last.code == ErrorCode::kTimeout || last.code == ErrorCode::kCancelled)
          co_return fail(last);
        continue;
      }
      add(metric, body ? parse_query_answer(*body) : fail(std::move(body.error())), reading);
    }
    if (unanswered > 0 && unanswered == options_.queries.size()) co_return fail(last);
    co_return reading;
  }

 private:
  static void add(Metric metric, Result<std::vector<QueryValue>> values, Reading& reading) {
    if (!values) {
      reading.lacks(metric, std::move(values.error().message));
      return;
    }
    if (values->size() > 1 && !describe(metric).per_gpu) {
      reading.lacks(metric, "the query gives " + std::to_string(values->size()) +
                                " series: make them one, with sum() or max()");
      return;
    }
    for (QueryValue& value : *values) {
      reading.add(metric, value.value, describe(metric).per_gpu ? std::move(value.device) : "");
    }
  }

  PrometheusOptions options_;
  net::HttpClient& http_;
};

}  // namespace

Result<std::vector<QueryValue>> parse_query_answer(std::string_view body) {
  const auto document = parse_json(body, "the answer to the query");
  if (!document) return fail(document.error());
  if (!document->is_object()) return odd("object");
  const json::object& answer = document->get_object();
  if (text_of(answer, "status") != "success") {
    return fail(ErrorCode::kInvalidConfig, "the query fails: " + text_of(answer, "errorType") +
                                               ": " + text_of(answer, "error"));
  }
  const json::value* data = answer.if_contains("data");
  if (data == nullptr || !data->is_object()) return odd("data");
  const std::string type = text_of(data->get_object(), "resultType");
  const json::value* result = data->get_object().if_contains("result");
  if (result == nullptr || !result->is_array()) return odd("result");
  Result<std::vector<QueryValue>> values;
  if (type == "scalar") {
    const auto value = point_value(result);
    if (!value) return odd("scalar that is a number");
    if (!std::isnan(*value)) values->push_back({.device = {}, .value = *value});
  } else if (type == "vector") {
    values = vector_values(result->get_array());
  } else {
    return fail(ErrorCode::kInvalidConfig,
                "the query gives a " + type + ": Leeway takes an instant vector or a scalar");
  }
  if (values && values->empty()) return fail(ErrorCode::kNotFound, "the query gives no data");
  return values;
}

std::unique_ptr<Source> make_prometheus(PrometheusOptions options, net::HttpClient& http) {
  return std::make_unique<Prometheus>(std::move(options), http);
}

}  // namespace leeway::compute
