#include "detectors/drift/divergences.h"
#include "detectors/drift/energy.h"
#include "detectors/drift/wasserstein.h"
#include "tests/tools/vectors/json.h"
#include "tests/tools/vectors/statistics.h"

namespace leeway::vectors {
namespace {

json::value or_null(const Result<double>& value) {
  return value ? to_json(*value) : json::value(nullptr);
}

constexpr const char* kDiscrete[] = {"jensen_shannon_distance_base2",
                                     "jensen_shannon_distance_base_e",
                                     "jensen_shannon_divergence_base2",
                                     "jensen_shannon_divergence_base_e",
                                     "kl_reference_current",
                                     "kl_current_reference",
                                     "hellinger",
                                     "total_variation",
                                     "l_infinity",
                                     "bhattacharyya_coefficient"};

}  // namespace

Object discrete_distances(const Object& inputs, const Object& /*params*/) {
  const auto shares =
      drift::shares(counts(member(inputs, "reference")), counts(member(inputs, "current")));
  Object out;
  if (!shares) {
    for (const char* name : kDiscrete) out[name] = nullptr;
    return out;
  }
  using drift::LogBase;
  out["jensen_shannon_distance_base2"] =
      to_json(drift::jensen_shannon_distance(*shares, LogBase::kTwo));
  out["jensen_shannon_distance_base_e"] =
      to_json(drift::jensen_shannon_distance(*shares, LogBase::kE));
  out["jensen_shannon_divergence_base2"] =
      to_json(drift::jensen_shannon_divergence(*shares, LogBase::kTwo));
  out["jensen_shannon_divergence_base_e"] =
      to_json(drift::jensen_shannon_divergence(*shares, LogBase::kE));
  out["kl_reference_current"] = to_json(drift::kl_reference_current(*shares));
  out["kl_current_reference"] = to_json(drift::kl_current_reference(*shares));
  out["hellinger"] = to_json(drift::hellinger_distance(*shares));
  out["total_variation"] = to_json(drift::total_variation(*shares));
  out["l_infinity"] = to_json(drift::l_infinity(*shares));
  out["bhattacharyya_coefficient"] = to_json(drift::bhattacharyya_coefficient(*shares));
  return out;
}

namespace {

Object weighted_distances(const Object& inputs) {
  // Their values are in ascending order in the files.
  const auto side = [&](const char* name) { return numbers(member(inputs, name)).values; };
  const std::vector<double> reference = side("reference");
  const std::vector<double> current = side("current");
  const std::vector<double> reference_weights = side("reference_weights");
  const std::vector<double> current_weights = side("current_weights");
  const drift::Weighted r{.values = reference, .weights = reference_weights};
  const drift::Weighted c{.values = current, .weights = current_weights};
  Object out;
  out["wasserstein_1"] = or_null(drift::wasserstein_distance(r, c));
  out["energy_distance"] = or_null(drift::energy_distance(r, c));
  return out;
}

}  // namespace

Object sample_distances(const Object& inputs, const Object& /*params*/) {
  if (!member(inputs, "reference_weights").is_null()) return weighted_distances(inputs);
  const std::vector<double> reference = numbers(member(inputs, "reference")).sorted();
  const std::vector<double> current = numbers(member(inputs, "current")).sorted();
  const auto distance = drift::wasserstein_distance(reference, current);
  Object out;
  out["wasserstein_1"] = or_null(distance);
  out["energy_distance"] = or_null(drift::energy_distance(reference, current));
  out["wasserstein_1_over_reference_std"] = nullptr;
  out["wasserstein_1_over_floored_reference_std"] = nullptr;
  if (distance) {
    const double deviation = drift::population_deviation(reference);
    if (deviation > 0.0) out["wasserstein_1_over_reference_std"] = to_json(*distance / deviation);
    out["wasserstein_1_over_floored_reference_std"] =
        to_json(*distance / std::max(deviation, 0.001));
  }
  return out;
}

}  // namespace leeway::vectors
