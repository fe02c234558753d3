#include "detectors/drift/wasserstein.h"

#include "detectors/drift/grid_gaps.h"
#include "detectors/drift/merge_walk.h"
#include "detectors/profile/moments.h"

namespace leeway::drift {
namespace {

constexpr const char* kMeasure = "wasserstein";

/// What the negative part of F - G can integrate to at most, in widths. For every c
///   (F - G)^- <= (c - F)^+ + (G - c)^+,
/// and by convexity each of these, as a function of F or G alone, stays below its chord over the
/// values that F or G can have. The sum is piecewise linear in c and least at one of its corners.
double most_negative(const GridGap& gap) {
  const auto sum_at = [&](double c) {
    const double below = c - gap.before;  // F from `before`, G from 0
    return (1.0 - gap.a) * std::max(0.0, below) + gap.a * std::max(0.0, below - gap.p) +
           (1.0 - gap.b) * std::max(0.0, -c) + gap.b * std::max(0.0, gap.q - c);
  };
  const double corners = std::min(std::min(sum_at(0.0), sum_at(gap.q)),
                                  std::min(sum_at(gap.before), sum_at(gap.most())));
  // The chord of the negative part over the values of F - G itself.
  const double chord = -gap.least() * ((1.0 - gap.a) * gap.p + gap.b * gap.q) / (gap.p + gap.q);
  return std::min(corners, chord);
}

/// How much |F - G| can integrate to beyond the |integral of F - G|.
double uncertainty(const GridGap& gap) {
  if (gap.least() >= 0.0 || gap.most() <= 0.0) return 0.0;
  // |D| = D + 2 D^-, and D^- cannot be less than the integral demands.
  const double area = gap.area();
  return std::max(0.0, area + 2.0 * gap.width * most_negative(gap) - std::abs(area));
}

double weighted_area(const Weighted& reference, const Weighted& current) {
  double area = 0.0;
  walk_weighted(reference, current,
                [&](double gap, double width) { area += std::abs(gap) * width; });
  return area;
}

double deviation_in_range(std::span<const double> values) {
  return std::sqrt(profile::Moments::of(values).variance_population());
}

}  // namespace

Result<double> wasserstein_distance(std::span<const double> reference,
                                    std::span<const double> current) {
  if (auto checked = check_finite_samples(reference, current, kMeasure); !checked)
    return fail(checked.error());
  const double area = walk_area(reference, current).integral;
  if (std::isfinite(area)) return area;
  const ScaledDown values = ScaledDown::of(reference, current);
  return walk_area(values.reference, values.current).integral / ScaledDown::kFactor;
}

Result<double> wasserstein_distance(const Weighted& reference, const Weighted& current) {
  if (auto checked = check_weighted_samples(reference, current, kMeasure); !checked)
    return fail(checked.error());
  const double area = weighted_area(reference, current);
  if (std::isfinite(area)) return area;
  const ScaledDown values = ScaledDown::of(reference.values, current.values);
  return weighted_area({values.reference, reference.weights}, {values.current, current.weights}) /
         ScaledDown::kFactor;
}

Result<GridDistance> wasserstein_distance(const profile::Grid& grid,
                                          const profile::ColumnProfile& reference,
                                          const profile::ColumnProfile& current) {
  const auto gaps = grid_gaps(grid, reference, current, kMeasure);
  if (!gaps) return fail(gaps.error());
  GridDistance distance;
  for (const GridGap& gap : *gaps) {
    distance.value += std::abs(gap.area());
    distance.error_bound += uncertainty(gap);
  }
  return distance;
}

double population_deviation(std::span<const double> values) {
  double most = 0.0;
  for (const double value : values) most = std::max(most, std::abs(value));
  // Squares of values up to 2^500 add up within the range of double, and those of differences of
  // values from 2^-450 on are not lost.
  if (most == 0.0 || (most < 0x1p500 && most > 0x1p-400)) return deviation_in_range(values);
  const int exponent = std::ilogb(most);
  std::vector<double> scaled;
  scaled.reserve(values.size());
  for (const double value : values) scaled.push_back(std::scalbn(value, -exponent));
  return std::scalbn(deviation_in_range(scaled), exponent);
}

}  // namespace leeway::drift
