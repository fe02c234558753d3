#include "detectors/multivariate/mmd.h"

#include "tests/tools/vectors/json.h"
#include "tests/tools/vectors/statistics.h"

namespace leeway::vectors {
namespace {

/// A list of numbers, which are rows of one, or of lists; one row in each column.
Eigen::MatrixXd rows_of(const json::value& input) {
  const json::array rows = expand(input);
  const bool nested = !rows.empty() && rows.front().is_array();
  const std::size_t width = nested ? rows.front().get_array().size() : 1;
  Eigen::MatrixXd points(static_cast<Eigen::Index>(width), static_cast<Eigen::Index>(rows.size()));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (std::size_t d = 0; d < width; ++d) {
      const json::value& value = nested ? rows[i].at(d) : rows[i];
      points(static_cast<Eigen::Index>(d), static_cast<Eigen::Index>(i)) =
          number(value).value_or(0.0);
    }
  }
  return points;
}

}  // namespace

Object mmd_rbf(const Object& inputs, const Object& params) {
  multivariate::MmdOptions options;
  options.bandwidth = number(member(params, "sigma")).value_or(0.0);  // "median"
  options.permutations = static_cast<std::size_t>(number_or(params, "permutations", 0.0));
  options.seed = static_cast<std::uint64_t>(number_or(params, "seed", 0.0));
  const auto found = multivariate::maximum_mean_discrepancy(
      rows_of(member(inputs, "reference")), rows_of(member(inputs, "current")), options);
  Object out;
  if (!found) {
    for (const char* name : {"sigma", "mmd2_biased", "mmd2_unbiased"}) out[name] = nullptr;
    return out;
  }
  out["sigma"] = found->sigma;
  out["mmd2_biased"] = found->biased;
  out["mmd2_unbiased"] = to_json(found->unbiased);
  out["permutations_at_least"] = found->exceeding;
  out["p_value"] = to_json(found->p_value);
  return out;
}

}  // namespace leeway::vectors
