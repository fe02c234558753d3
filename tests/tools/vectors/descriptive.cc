#include <algorithm>
#include <charconv>
#include <cmath>
#include <numbers>

#include "detectors/base/binning.h"
#include "detectors/quality/describe.h"
#include "detectors/quality/histogram.h"
#include "tests/tools/vectors/json.h"
#include "tests/tools/vectors/statistics.h"

namespace leeway::vectors {
namespace {

constexpr double kOrders[] = {0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99};

std::optional<double> root(std::optional<double> value) {
  return value ? std::optional(std::sqrt(*value)) : value;
}

std::optional<double> difference(std::optional<double> a, std::optional<double> b) {
  return a && b ? std::optional(*a - *b) : std::nullopt;
}

std::string order_name(double q) {
  char text[8];
  return {text, std::to_chars(text, text + sizeof text, q).ptr};
}

Object moments_of(const quality::Description& description) {
  Object out;
  out["count"] = description.count;
  out["missing"] = description.missing;
  out["finite"] = description.moments.count;
  out["mean"] = to_json(description.mean());
  out["variance_population"] = to_json(description.variance_population());
  out["variance_sample"] = to_json(description.variance_sample());
  out["std_population"] = to_json(root(description.variance_population()));
  out["std_sample"] = to_json(root(description.variance_sample()));
  out["skewness"] = to_json(description.moments.skewness());
  out["skewness_adjusted"] = to_json(description.skewness_adjusted());
  out["kurtosis_excess"] = to_json(description.moments.kurtosis_excess());
  out["kurtosis_excess_adjusted"] = to_json(description.kurtosis_excess_adjusted());
  return out;
}

Object histogram_of(const quality::Histogram& histogram) {
  Object out;
  out["edges"] = to_array(histogram.edges);
  out["counts"] = to_array(histogram.counts);
  out["underflow"] = histogram.underflow;
  out["overflow"] = histogram.overflow;
  return out;
}

std::vector<double> finite_values(const json::value& input) {
  return quality::describe(numbers(input).values, 0).sorted;
}

}  // namespace

Object describe(const Object& inputs, const Object& /*params*/) {
  const Numbers values = numbers(member(inputs, "values"));
  const quality::Description description = quality::describe(values.values, values.missing);
  Object out = moments_of(description);
  out["infinite"] = description.infinite;
  out["missing_fraction"] = to_json(description.missing_fraction());
  out["distinct"] = description.distinct;
  out["zeros"] = description.zeros;
  out["negatives"] = description.negatives;
  out["min"] = to_json(description.quantile(0.0));
  out["max"] = to_json(description.quantile(1.0));
  out["median"] = to_json(description.quantile(0.5));
  out["iqr"] = to_json(difference(description.quantile(0.75), description.quantile(0.25)));
  Object quantiles;
  for (const double q : kOrders) quantiles[order_name(q)] = to_json(description.quantile(q));
  out["quantiles"] = std::move(quantiles);
  return out;
}

/// By merging the summaries of the parts, not by describing them together.
Object merge(const Object& inputs, const Object& /*params*/) {
  quality::Description merged;
  std::optional<double> min;
  std::optional<double> max;
  for (const json::value& input : member(inputs, "parts").as_array()) {
    const Numbers values = numbers(input);
    const quality::Description part = quality::describe(values.values, values.missing);
    merged.count += part.count;
    merged.missing += part.missing;
    merged.moments.merge(part.moments);
    if (part.sorted.empty()) continue;
    min = std::min(min.value_or(part.sorted.front()), part.sorted.front());
    max = std::max(max.value_or(part.sorted.back()), part.sorted.back());
  }
  Object out = moments_of(merged);
  out["min"] = to_json(min);
  out["max"] = to_json(max);
  return out;
}

Object histogram_equal_width(const Object& inputs, const Object& params) {
  const Numbers values = numbers(member(inputs, "values"));
  const std::vector<double> finite = finite_values(member(inputs, "values"));
  const auto lo = number(member(params, "lo"));
  const auto hi = number(member(params, "hi"));
  if (finite.empty() && !(lo && hi)) {
    return {{"edges", nullptr}, {"counts", nullptr}, {"underflow", 0}, {"overflow", 0}};
  }
  const auto bins = static_cast<std::size_t>(number_or(params, "bins", 10.0));
  std::vector<double> edges =
      quality::numpy_edges(lo ? *lo : finite.front(), hi ? *hi : finite.back(), bins);
  return histogram_of(quality::count_into(std::move(edges), values.values));
}

Object histogram_given_edges(const Object& inputs, const Object& params) {
  return histogram_of(quality::count_into(numbers(member(params, "edges")).values,
                                          numbers(member(inputs, "values")).values));
}

Object bin_rule_edges(const Object& inputs, const Object& params) {
  const std::vector<double> finite = finite_values(member(inputs, "values"));
  const auto bins =
      finite.empty() ? std::nullopt : quality::bins_by_rule(text_or(params, "rule", ""), finite);
  if (!bins) return {{"bins", nullptr}, {"edges", nullptr}};
  Object out;
  out["bins"] = *bins;
  out["edges"] = to_array(quality::numpy_edges(finite.front(), finite.back(), *bins));
  return out;
}

Object quantile_edges_of(const Object& inputs, const Object& params) {
  const auto bins = static_cast<std::size_t>(number_or(params, "bins", 10.0));
  Object out;
  out["edges"] = to_array(quantile_edges(finite_values(member(inputs, "values")), bins));
  return out;
}

Object categorical_profile(const Object& inputs, const Object& /*params*/) {
  const Texts values = texts(member(inputs, "values"));
  const quality::CategoryDescription description =
      quality::describe_categories(values.values, values.missing);
  Object out;
  out["count"] = description.count;
  out["missing"] = description.missing;
  out["missing_fraction"] = to_json(description.missing_fraction());
  out["distinct"] = description.top.size();
  Object counts;
  json::array top;
  for (const auto& [name, count] : description.top) {
    counts[name] = count;
    top.push_back(json::array{name, count});
  }
  out["counts"] = std::move(counts);
  out["top"] = std::move(top);
  out["mode"] =
      description.top.empty() ? json::value(nullptr) : json::value(description.top.front().first);
  out["entropy_nats"] = to_json(description.entropy_nats);
  out["entropy_bits"] =
      description.entropy_nats ? to_json(*description.entropy_nats / std::numbers::ln2) : nullptr;
  out["gini_simpson"] = to_json(description.gini_simpson);
  return out;
}

}  // namespace leeway::vectors
