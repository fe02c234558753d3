#include "detectors/drift/sorted_walk.h"

#include <array>
#include <string>

#include "detectors/base/binning.h"

namespace leeway::drift {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

Result<> check_weights(const Weighted& side, const char* name, const char* measure) {
  const std::string where = std::string(measure) + ": '" + name + "' ";
  if (side.values.size() != side.weights.size()) {
    return fail(ErrorCode::kInvalidArgument, where + "has " + std::to_string(side.values.size()) +
                                                 " values and " +
                                                 std::to_string(side.weights.size()) + " weights");
  }
  double sum = 0.0;
  for (std::size_t i = 0; i < side.weights.size(); ++i) {
    const double weight = side.weights[i];
    if (!(weight >= 0.0)) {
      return fail(ErrorCode::kInvalidArgument, where + "weight " + std::to_string(i) + " is " +
                                                   std::to_string(weight) + ", must be >= 0");
    }
    sum += weight;
  }
  if (sum == 0.0) return fail(ErrorCode::kInsufficientData, where + "has no weight");
  if (sum == kInfinity)
    return fail(ErrorCode::kInvalidArgument, where + "has weights too large to be added");
  return {};
}

}  // namespace

std::span<const double> finite_part(std::span<const double> sorted) {
  const auto first = std::partition_point(sorted.begin(), sorted.end(),
                                          [](double value) { return value == -kInfinity; });
  const auto last =
      std::partition_point(first, sorted.end(), [](double value) { return value < kInfinity; });
  return {first, last};
}

std::size_t merge_path(std::span<const double> reference, std::span<const double> current,
                       std::size_t steps) {
  std::size_t least = steps > current.size() ? steps - current.size() : 0;
  std::size_t most = std::min(steps, reference.size());
  while (least < most) {
    const std::size_t i = least + (most - least) / 2;
    if (reference[i] <= current[steps - i - 1]) {
      least = i + 1;
    } else {
      most = i;
    }
  }
  return least;
}

double pooled_quantile(std::span<const double> reference, std::span<const double> current,
                       double q) {
  const std::size_t last = reference.size() + current.size() - 1;
  const double position = static_cast<double>(last) * q;
  const auto value = [&](std::size_t k) {
    const std::size_t i = merge_path(reference, current, k);
    const std::size_t j = k - i;
    if (i == reference.size()) return current[j];
    return j == current.size() ? reference[i] : std::min(reference[i], current[j]);
  };
  const double below = std::floor(position);
  const auto k = static_cast<std::size_t>(below);
  const std::array two = {value(k), value(std::min(k + 1, last))};
  return quantile(two, position - below);
}

Result<> check_finite_samples(std::span<const double> reference, std::span<const double> current,
                              const char* measure) {
  if (reference.empty() || current.empty()) {
    return fail(ErrorCode::kInsufficientData, std::string(measure) + ": a side has no values");
  }
  const auto holds_infinity = [](std::span<const double> sorted) {
    return std::isinf(sorted.front()) || std::isinf(sorted.back());
  };
  if (holds_infinity(reference) || holds_infinity(current)) {
    return fail(ErrorCode::kInvalidArgument,
                std::string(measure) + ": '" +
                    (holds_infinity(reference) ? "reference" : "current") +
                    "' holds an infinity, to which there is no distance");
  }
  return {};
}

Result<> check_weighted_samples(const Weighted& reference, const Weighted& current,
                                const char* measure) {
  if (auto checked = check_finite_samples(reference.values, current.values, measure); !checked)
    return checked;
  if (auto checked = check_weights(reference, "reference", measure); !checked) return checked;
  return check_weights(current, "current", measure);
}

ScaledDown ScaledDown::of(std::span<const double> reference, std::span<const double> current) {
  ScaledDown scaled{.reference{reference.begin(), reference.end()},
                    .current{current.begin(), current.end()}};
  for (auto* side : {&scaled.reference, &scaled.current}) {
    for (double& value : *side) value *= kFactor;
  }
  return scaled;
}

}  // namespace leeway::drift
