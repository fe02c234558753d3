#include "detectors/drift/psi.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "tests/tools/vectors/json.h"
#include "tests/tools/vectors/statistics.h"

namespace leeway::vectors {
namespace {

using Counts = std::vector<std::uint64_t>;

drift::Zeros zeros(const Object& params) {
  static const std::map<std::string, drift::ZeroRule> kRules = {
      {"epsilon_fill", drift::ZeroRule::kEpsilonFill},
      {"epsilon_floor", drift::ZeroRule::kEpsilonFloor},
      {"epsilon_floor_renormalised", drift::ZeroRule::kEpsilonFloorRenormalised},
      {"laplace", drift::ZeroRule::kLaplace},
      {"adaptive_fill", drift::ZeroRule::kAdaptiveFill},
      {"none", drift::ZeroRule::kNone},
  };
  return {.rule = kRules.at(text_or(params, "zero", "epsilon_fill")),
          .eps = number_or(params, "eps", 1e-4),
          .alpha = number_or(params, "alpha", 0.5)};
}

Object psi(const Counts& reference, const Counts& current, const Object& params) {
  Object out;
  const auto psi = drift::population_stability_index(reference, current, zeros(params));
  out["psi"] = psi ? to_json(psi->value) : json::value(nullptr);
  if (psi) out["contributions"] = to_array(psi->contributions);
  return out;
}

std::span<const double> finite_part(const std::vector<double>& sorted) {
  const auto first =
      std::find_if(sorted.begin(), sorted.end(), [](double v) { return std::isfinite(v); });
  const auto last = std::find_if(sorted.rbegin(), sorted.rend(), [](double v) {
                      return std::isfinite(v);
                    }).base();
  return first < last ? std::span<const double>(first, last) : std::span<const double>{};
}

std::vector<double> edges_of(const Object& params, const std::vector<double>& reference,
                             const std::vector<double>& current) {
  const std::string binning = text_or(params, "binning", "quantile");
  if (binning == "given") return numbers(member(params, "edges")).values;
  const auto bins = static_cast<std::size_t>(number_or(params, "bins", 10.0));
  const auto rule = binning == "quantile"      ? drift::Binning::kQuantile
                    : binning == "equal_width" ? drift::Binning::kEqualWidth
                                               : drift::Binning::kSturgesPooled;
  return drift::psi_edges(rule, bins, finite_part(reference), finite_part(current));
}

std::vector<std::pair<std::string, std::uint64_t>> named_counts(const json::value& input,
                                                                bool count_missing) {
  const Texts read = texts(input);
  std::map<std::string, std::uint64_t> counts;
  for (const std::string& value : read.values) ++counts[value];
  if (count_missing && read.missing > 0) counts["<missing>"] += read.missing;
  return {counts.begin(), counts.end()};
}

}  // namespace

Object psi_from_counts(const Object& inputs, const Object& params) {
  return psi(counts(member(inputs, "reference")), counts(member(inputs, "current")), params);
}

Object psi_of_numbers(const Object& inputs, const Object& params) {
  const std::vector<double> reference = numbers(member(inputs, "reference")).sorted();
  const std::vector<double> current = numbers(member(inputs, "current")).sorted();
  const auto outer = text_or(params, "outer", "open") == "open" ? drift::OuterBins::kOpen
                                                                : drift::OuterBins::kSeparate;
  const std::vector<double> edges = edges_of(params, reference, current);
  const Counts reference_counts = drift::psi_counts(reference, edges, outer);
  const Counts current_counts = drift::psi_counts(current, edges, outer);
  Object out = psi(reference_counts, current_counts, params);
  out["edges"] = to_array(edges);
  out["reference_counts"] = to_array(reference_counts);
  out["current_counts"] = to_array(current_counts);
  return out;
}

Object psi_of_categories(const Object& inputs, const Object& params) {
  const bool count_missing = text_or(params, "missing", "drop") == "category";
  const auto joined =
      drift::join_categories(named_counts(member(inputs, "reference"), count_missing),
                             named_counts(member(inputs, "current"), count_missing));
  Object out = psi(joined.reference, joined.current, params);
  out["categories"] = to_array(joined.names);
  out["reference_counts"] = to_array(joined.reference);
  out["current_counts"] = to_array(joined.current);
  return out;
}

}  // namespace leeway::vectors
