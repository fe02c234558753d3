#include "detectors/drift/mean_discrepancy.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "detectors/base/random.h"

namespace leeway::drift {
namespace {

constexpr std::size_t kMostRows = 5000;
constexpr double kTie = 1e-12;  // equal but for rounding

double sigma_of(std::span<const double> values) {
  std::vector<double> distances;
  distances.reserve(values.size() * (values.size() - 1) / 2);
  for (std::size_t i = 0; i < values.size(); ++i) {
    for (std::size_t j = i + 1; j < values.size(); ++j)
      distances.push_back((values[i] - values[j]) * (values[i] - values[j]));
  }
  const auto middle = distances.begin() + static_cast<std::ptrdiff_t>((distances.size() - 1) / 2);
  std::nth_element(distances.begin(), middle, distances.end());
  return *middle > 0.0 && std::isfinite(*middle) ? std::sqrt(0.5 * *middle) : 1.0;
}

/// Row by row of the pooled values, which of `orders` orders put it on the side of the reference:
/// 1 or 0. The first is the order observed.
std::vector<double> sides_by_order(std::size_t m, std::size_t n, std::size_t orders,
                                   Random& random) {
  std::vector<std::size_t> rows(m + n);
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  std::vector<double> sides((m + n) * orders, 0.0);
  for (std::size_t order = 0; order < orders; ++order) {
    for (std::size_t i = 0; i < m; ++i) sides[rows[i] * orders + order] = 1.0;
    for (std::size_t i = rows.size(); i-- > 1;) std::swap(rows[i], rows[random.below(i + 1)]);
  }
  return sides;
}

/// Sums of the kernel over pairs of different rows.
struct Sums {
  std::vector<double> within;    ///< by order: both on the side of the reference
  std::vector<double> touching;  ///< by order: for each row there, all its pairs
  double all = 0.0;
};

Sums kernel_sums(std::span<const double> values, std::span<const double> sides, std::size_t orders,
                 double sigma) {
  Sums sums{.within = std::vector<double>(orders), .touching = std::vector<double>(orders)};
  std::vector<double> row_totals(values.size());
  std::vector<double> partners(orders);
  const double rate = -0.5 / (sigma * sigma);
  for (std::size_t i = 0; i < values.size(); ++i) {
    std::fill(partners.begin(), partners.end(), 0.0);
    for (std::size_t j = i + 1; j < values.size(); ++j) {
      const double away = values[i] - values[j];
      const double kernel = std::exp(rate * away * away);
      row_totals[i] += kernel;
      row_totals[j] += kernel;
      sums.all += kernel;
      const double* const side = &sides[j * orders];
      for (std::size_t order = 0; order < orders; ++order) partners[order] += kernel * side[order];
    }
    const double* const side = &sides[i * orders];
    for (std::size_t order = 0; order < orders; ++order)
      sums.within[order] += partners[order] * side[order];
  }
  for (std::size_t i = 0; i < values.size(); ++i) {
    for (std::size_t order = 0; order < orders; ++order)
      sums.touching[order] += row_totals[i] * sides[i * orders + order];
  }
  return sums;
}

double squared_of(double within, double touching, double all, double m, double n) {
  const double between = touching - 2.0 * within;
  const double others = all - touching + within;
  return 2.0 * within / (m * (m - 1.0)) + 2.0 * others / (n * (n - 1.0)) - 2.0 * between / (m * n);
}

}  // namespace

Result<MeanDiscrepancy> mean_discrepancy(std::span<const double> reference,
                                         std::span<const double> current, std::size_t permutations,
                                         std::uint64_t seed) {
  if (reference.size() < 2 || current.size() < 2)
    return fail(ErrorCode::kInsufficientData, "mmd: needs 2 values on each side");
  if (reference.size() > kMostRows || current.size() > kMostRows) {
    return fail(ErrorCode::kInvalidArgument,
                "mmd: takes at most 5,000 values on each side, its cost grows with their square");
  }
  std::vector<double> pooled(reference.begin(), reference.end());
  pooled.insert(pooled.end(), current.begin(), current.end());
  const std::size_t orders = permutations + 1;
  Random random(seed);
  const auto sides = sides_by_order(reference.size(), current.size(), orders, random);
  MeanDiscrepancy test{.sigma = sigma_of(reference)};
  const Sums sums = kernel_sums(pooled, sides, orders, test.sigma);
  const auto m = static_cast<double>(reference.size());
  const auto n = static_cast<double>(current.size());
  const auto squared = [&](std::size_t order) {
    return squared_of(sums.within[order], sums.touching[order], sums.all, m, n);
  };
  test.squared = squared(0);
  for (std::size_t order = 1; order < orders; ++order)
    test.reaching += squared(order) >= test.squared - kTie ? 1U : 0U;
  test.p_value = static_cast<double>(test.reaching + 1) / static_cast<double>(permutations + 1);
  return test;
}

}  // namespace leeway::drift
