#include "detectors/multivariate/auc.h"

#include <algorithm>

namespace leeway::multivariate {
namespace {

/// For each value the share of the others that it exceeds, ties half: mean and variance. Both are
/// ascending.
struct Placements {
  double mean = 0.0;
  double variance = 0.0;
};

Placements place(std::span<const double> values, std::span<const double> others) {
  Placements placed;
  double n = 0.0;
  double squares = 0.0;
  std::size_t below = 0;
  std::size_t upto = 0;
  for (const double value : values) {
    while (below < others.size() && others[below] < value) ++below;
    upto = std::max(upto, below);
    while (upto < others.size() && others[upto] <= value) ++upto;
    const double share =
        static_cast<double>(below + upto) / (2.0 * static_cast<double>(others.size()));
    n += 1.0;
    const double step = share - placed.mean;
    placed.mean += step / n;
    squares += step * (share - placed.mean);
  }
  placed.variance = n > 1.0 ? squares / (n - 1.0) : 0.0;
  return placed;
}

/// The sum of t^3 - t over groups of equal values of both sides, each ascending.
double tie_sum(std::span<const double> a, std::span<const double> b) {
  double sum = 0.0;
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < a.size() || j < b.size()) {
    const bool from_a = j == b.size() || (i < a.size() && a[i] <= b[j]);
    const double value = from_a ? a[i] : b[j];
    double size = 0.0;
    for (; i < a.size() && a[i] == value; ++i) size += 1.0;
    for (; j < b.size() && b[j] == value; ++j) size += 1.0;
    sum += size * size * size - size;
  }
  return sum;
}

}  // namespace

Result<Auc> area_under_curve(std::span<double> reference, std::span<double> current) {
  if (reference.empty() || current.empty())
    return fail(ErrorCode::kInsufficientData, "auc: a side has no rows");
  std::sort(reference.begin(), reference.end());
  std::sort(current.begin(), current.end());
  const auto m = static_cast<double>(reference.size());
  const auto n = static_cast<double>(current.size());
  const Placements now = place(current, reference);
  const Placements before = place(reference, current);
  const double all = m + n;
  const double ties = tie_sum(reference, current) / (all * (all - 1.0));
  return Auc{.value = now.mean,
             .variance = now.variance / n + before.variance / m,
             .null_variance = (all + 1.0 - ties) / (12.0 * m * n)};
}

}  // namespace leeway::multivariate
