#include "detectors/drift/moment_measures.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "detectors/drift/epps_singleton.h"
#include "detectors/drift/null_distributions.h"
#include "detectors/drift/numbers.h"
#include "detectors/drift/shifts.h"
#include "detectors/drift/sorted_walk.h"
#include "detectors/drift/t_tests.h"
#include "detectors/drift/variance_tests.h"

namespace leeway::drift {
namespace {

using profile::ColumnProfile;

constexpr std::array kDeciles = {0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9};

/// Of the largest of nine |N(0, 1)| that are correlated as deciles are, which is about that of
/// three independent ones.
constexpr double kMeanOfLargest = 1.2;
constexpr double kIndependentDeciles = 3.0;

/// Where a quantile can be.
struct Interval {
  double low = 0.0;
  double high = 0.0;
};

/// By the cells: the values at the two positions around (n-1) q lie in theirs.
class CellQuantiles {
 public:
  CellQuantiles(const profile::Grid& grid, const ColumnProfile& side) : grid_(grid), side_(side) {
    std::uint64_t below = 0;
    for (const std::uint64_t count : side.cells.count) ends_.push_back(below += count);
  }

  bool empty() const { return ends_.empty(); }

  Interval at(double q) const {
    const double position = q * static_cast<double>(ends_.back() - 1);
    const double low_part = std::floor(position);
    const Interval low = cell_at(static_cast<std::uint64_t>(low_part));
    const Interval high =
        cell_at(std::min(static_cast<std::uint64_t>(low_part) + 1, ends_.back() - 1));
    const double t = position - low_part;
    return {.low = low.low + t * (high.low - low.low),
            .high = low.high + t * (high.high - low.high)};
  }

 private:
  Interval cell_at(std::uint64_t position) const {
    const auto found = std::upper_bound(ends_.begin(), ends_.end(), position);
    const std::size_t cell = side_.cells.index[static_cast<std::size_t>(found - ends_.begin())];
    const auto edges = grid_.edges();
    Interval interval{.low = side_.min, .high = side_.max};
    if (cell > 0) interval.low = std::max(interval.low, edges[cell - 1]);
    if (cell < edges.size()) interval.high = std::min(interval.high, edges[cell]);
    if (grid_.single_valued(cell)) interval.high = interval.low;
    return interval;
  }

  const profile::Grid& grid_;
  const ColumnProfile& side_;
  std::vector<std::uint64_t> ends_;
};

/// |shift| of one decile lies between these, in interquartile ranges.
struct DecileShift {
  double q = 0.0;
  Interval size{};
  bool up = false;
};

Result<std::vector<DecileShift>> shifts_of_rows(const Sides& sides) {
  std::vector<DecileShift> shifts;
  for (const double q : kDeciles) {
    const auto shift = quantile_shift(sides.reference_sorted, sides.current_sorted, q);
    if (!shift) return fail(shift.error());
    shifts.push_back({.q = q, .size = {std::abs(*shift), std::abs(*shift)}, .up = *shift > 0.0});
  }
  return shifts;
}

Result<std::vector<DecileShift>> shifts_on_grid(const Sides& sides) {
  const CellQuantiles reference(*sides.column.grid, sides.reference);
  const CellQuantiles current(*sides.column.grid, sides.current);
  if (reference.empty() || current.empty())
    return fail(ErrorCode::kInsufficientData, "quantile_shift: a side has no values");
  const Interval lower = reference.at(0.25);
  const Interval upper = reference.at(0.75);
  const double widest = upper.high - lower.low;
  const double narrowest = std::max(upper.low - lower.high, 0.0);
  if (!(narrowest > 0.0)) {
    return fail(ErrorCode::kInsufficientData,
                "quantile_shift: the middle half of the reference is one value, or one cell");
  }
  std::vector<DecileShift> shifts;
  for (const double q : kDeciles) {
    const Interval before = reference.at(q);
    const Interval after = current.at(q);
    const double low = after.low - before.high;
    const double high = after.high - before.low;
    const double most = std::max(std::abs(low), std::abs(high));
    const bool both = low <= 0.0 && high >= 0.0;
    const double least = both ? 0.0 : std::min(std::abs(low), std::abs(high));
    shifts.push_back({.q = q, .size = {least / widest, most / narrowest}, .up = low + high > 0.0});
  }
  return shifts;
}

Result<std::vector<DecileShift>> decile_shifts(const Sides& sides) {
  return sides.has_rows() ? shifts_of_rows(sides) : shifts_on_grid(sides);
}

Result<Measured> of_t_test(const Result<TTest>& test) {
  if (!test) return fail(test.error());
  return Measured{.value = std::abs(test->t), .p_value = test->p_two_sided};
}

double root_of_rows(double reference_rows, double current_rows) {
  return std::sqrt(effective_rows(reference_rows, current_rows));
}

}  // namespace

Result<double> reference_deviation(const Sides& sides) {
  const double deviation = std::sqrt(sides.reference.moments.variance_population());
  if (deviation > 0.0) return deviation;
  return fail(ErrorCode::kInsufficientData,
              "the reference is constant: there is no standard deviation to measure by");
}

Result<Measured> mean_shift_size(const Sides& sides) {
  const auto shift = mean_shift(sides.reference.moments, sides.current.moments);
  if (!shift) return fail(shift.error());
  return Measured{.value = std::abs(*shift)};
}

Result<Measured> welch(const Sides& sides) {
  return of_t_test(welch_t_test(sides.reference.moments, sides.current.moments));
}

Result<Measured> student(const Sides& sides) {
  return of_t_test(student_t_test(sides.reference.moments, sides.current.moments));
}

Explanation explain_mean(const Sides& sides) {
  const double before = sides.reference.moments.mean;
  const double after = sides.current.moments.mean;
  std::string sentence = std::string("the mean ") + (after > before ? "rose" : "fell");
  const auto deviation = reference_deviation(sides);
  const std::string size =
      deviation ? brief(std::abs(after - before) / *deviation, 3) + " standard deviations" : "";
  if (sides.column.is_private) {
    if (!size.empty()) sentence += " by " + size;
  } else {
    sentence += " from " + brief(before, 4) + " to " + brief(after, 4);
    if (!size.empty()) sentence += " (" + size + ")";
  }
  return {.sentence = std::move(sentence)};
}

Result<Measured> quantile_shift_size(const Sides& sides) {
  const auto shifts = decile_shifts(sides);
  if (!shifts) return fail(shifts.error());
  Measured measured;
  double most = 0.0;
  for (const DecileShift& shift : *shifts) {
    measured.value = std::max(measured.value, shift.size.low);
    most = std::max(most, shift.size.high);
  }
  measured.error_bound = most - measured.value;
  return measured;
}

Explanation explain_quantiles(const Sides& sides) {
  const auto shifts = decile_shifts(sides);
  if (!shifts) return {};
  const auto furthest = std::max_element(
      shifts->begin(), shifts->end(),
      [](const DecileShift& a, const DecileShift& b) { return a.size.low < b.size.low; });
  return {.sentence = "the " + brief(100.0 * furthest->q, 3) + " % quantile " +
                      (furthest->up ? "rose" : "fell") + " by " + brief(furthest->size.low, 3) +
                      " interquartile ranges"};
}

Result<Measured> levene_test(const Sides& sides) {
  const auto test = levene(finite_part(sides.reference_sorted), finite_part(sides.current_sorted));
  if (!test) return fail(test.error());
  return Measured{.value = test->statistic, .p_value = test->p_value};
}

Explanation explain_spread(const Sides& sides) {
  const double before = std::sqrt(sides.reference.moments.variance_population());
  const double after = std::sqrt(sides.current.moments.variance_population());
  std::string sentence =
      std::string("the standard deviation ") + (after > before ? "rose" : "fell");
  if (!sides.column.is_private) {
    sentence += " from " + brief(before, 4) + " to " + brief(after, 4);
  } else if (before > 0.0) {
    sentence += " to " + brief(after / before, 3) + " times what it was";
  }
  return {.sentence = std::move(sentence)};
}

Result<Measured> epps_singleton_test(const Sides& sides) {
  const auto test =
      epps_singleton(finite_part(sides.reference_sorted), finite_part(sides.current_sorted));
  if (!test) return fail(test.error());
  return Measured{.value = test->statistic, .p_value = test->p_value};
}

double abs_normal_noise(const NullParameters& /*null*/, double /*reference_rows*/,
                        double /*current_rows*/) {
  return kMeanAbsNormal;
}

double abs_normal_ratio(const NullParameters& /*null*/, double alpha) {
  return abs_normal_quantile(alpha) / kMeanAbsNormal;
}

double squared_normal_noise(const NullParameters& /*null*/, double /*reference_rows*/,
                            double /*current_rows*/) {
  return 1.0;
}

double squared_normal_ratio(const NullParameters& /*null*/, double alpha) {
  return chi_squared_quantile(1.0, alpha);
}

double mean_shift_noise(const NullParameters& /*null*/, double reference_rows,
                        double current_rows) {
  return kMeanAbsNormal / root_of_rows(reference_rows, current_rows);
}

double epps_singleton_noise(const NullParameters& /*null*/, double /*reference_rows*/,
                            double /*current_rows*/) {
  return 4.0;
}

double epps_singleton_ratio(const NullParameters& /*null*/, double alpha) {
  return chi_squared_quantile(4.0, alpha) / 4.0;
}

NullParameters quantile_shift_null(const profile::Column& column, const ColumnProfile& reference,
                                   const Classes& /*classes*/) {
  constexpr double kHalfWidth = 0.05;
  const CellQuantiles quantiles(*column.grid, reference);
  if (quantiles.empty()) return {0.0};
  const auto at = [&quantiles](double q) {
    const Interval where = quantiles.at(q);
    return 0.5 * (where.low + where.high);
  };
  const double range = at(0.75) - at(0.25);
  if (!(range > 0.0)) return {0.0};
  double largest = 0.0;
  for (const double q : kDeciles) {
    const double slope = (at(q + kHalfWidth) - at(q - kHalfWidth)) / (2.0 * kHalfWidth);
    largest = std::max(largest, std::sqrt(q * (1.0 - q)) * slope / range);
  }
  return {largest};
}

double quantile_shift_noise(const NullParameters& null, double reference_rows,
                            double current_rows) {
  return kMeanOfLargest * null[0] / root_of_rows(reference_rows, current_rows);
}

double quantile_shift_ratio(const NullParameters& /*null*/, double alpha) {
  return abs_normal_quantile(alpha / kIndependentDeciles) / kMeanOfLargest;
}

double by_rows(double reference_rows, double current_rows) {
  return effective_rows(reference_rows, current_rows);
}

double by_root_of_rows(double reference_rows, double current_rows) {
  return root_of_rows(reference_rows, current_rows);
}

}  // namespace leeway::drift
