#include "detectors/drift/kolmogorov_smirnov.h"
#include "tests/tools/vectors/json.h"
#include "tests/tools/vectors/statistics.h"

namespace leeway::vectors {
namespace {

drift::Alternative alternative(const Object& params) {
  const std::string name = text_or(params, "alternative", "two-sided");
  if (name == "greater") return drift::Alternative::kGreater;
  return name == "less" ? drift::Alternative::kLess : drift::Alternative::kTwoSided;
}

}  // namespace

Object ks_two_sample(const Object& inputs, const Object& params) {
  const std::vector<double> reference = numbers(member(inputs, "reference")).sorted();
  const std::vector<double> current = numbers(member(inputs, "current")).sorted();
  const drift::Alternative side = alternative(params);
  const auto distances = drift::kolmogorov_smirnov(reference, current);
  Object out;
  if (!distances) {
    for (const char* name : {"statistic", "p_exact", "p_limit", "p_asymptotic"})
      out[name] = nullptr;
    return out;
  }
  const double d = distances->statistic(side);
  const json::value& exact = member(params, "exact");
  out["statistic"] = d;
  out["p_limit"] = drift::ks_p_limit(d, reference.size(), current.size(), side);
  out["p_asymptotic"] = drift::ks_p_asymptotic(d, reference.size(), current.size(), side);
  if (!exact.is_bool() || exact.get_bool()) {
    out["p_exact"] = drift::ks_p_exact(d, reference.size(), current.size(), side);
  }
  return out;
}

}  // namespace leeway::vectors
