#include "detectors/threshold/multiple_testing.h"

#include "tests/tools/vectors/json.h"
#include "tests/tools/vectors/statistics.h"

namespace leeway::vectors {
namespace {

json::value adjusted(const std::vector<double>& p_values, threshold::Correction correction,
                     double alpha) {
  const auto adjusted = threshold::adjusted_p_values(p_values, correction);
  if (!adjusted) return nullptr;
  json::array reject;
  for (const double p : *adjusted) reject.emplace_back(p <= alpha);
  return Object{{"adjusted", to_array(*adjusted)}, {"reject", std::move(reject)}};
}

}  // namespace

Object adjust(const Object& inputs, const Object& params) {
  const std::vector<double> p_values = numbers(member(inputs, "p_values")).values;
  const double alpha = number_or(params, "alpha", 0.05);
  using threshold::Correction;
  return {{"bonferroni", adjusted(p_values, Correction::kBonferroni, alpha)},
          {"holm", adjusted(p_values, Correction::kHolm, alpha)},
          {"benjamini_hochberg", adjusted(p_values, Correction::kBenjaminiHochberg, alpha)}};
}

}  // namespace leeway::vectors
