#include "detectors/drift/chi_squared.h"

#include <algorithm>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

#include "detectors/drift/deviance.h"

namespace leeway::drift {
namespace {

using Counts = std::span<const std::uint64_t>;

constexpr double kInfinite = std::numeric_limits<double>::infinity();

double total(Counts counts) {
  return std::accumulate(counts.begin(), counts.end(), 0.0, [](double sum, std::uint64_t count) {
    return sum + static_cast<double>(count);
  });
}

/// A category that is not empty on both sides.
struct Cell {
  double reference;
  double current;
};

Result<std::vector<Cell>> filled_cells(const char* test, Counts reference, Counts current) {
  const auto named = [test](const std::string& what) { return test + (": " + what); };
  if (reference.size() != current.size()) {
    return fail(ErrorCode::kInvalidArgument,
                named("'reference' has " + std::to_string(reference.size()) +
                      " categories, 'current' " + std::to_string(current.size())));
  }
  std::vector<Cell> cells;
  for (std::size_t k = 0; k < reference.size(); ++k) {
    if (reference[k] == 0 && current[k] == 0) continue;
    cells.push_back({static_cast<double>(reference[k]), static_cast<double>(current[k])});
  }
  if (total(reference) == 0.0 || total(current) == 0.0)
    return fail(ErrorCode::kInsufficientData, named("a side has no rows"));
  if (cells.size() < 2)
    return fail(ErrorCode::kInsufficientData, named("there is only one category"));
  return cells;
}

/// Sums the terms of one table of observed against expected counts.
struct Sums {
  double pearson = 0.0;
  double yates = 0.0;
  double g = 0.0;

  void add(double observed, double expected) {
    const double difference = std::abs(observed - expected);
    const double corrected = difference - std::min(0.5, difference);
    pearson += difference * difference / expected;
    yates += corrected * corrected / expected;
    // Expected and observed have the same sum, so that what the deviance adds to O ln(O/E) is 0.
    g += 2.0 * deviance(observed, expected);
  }
};

ChiSquared tested(double statistic, std::size_t categories) {
  return {.statistic = statistic,
          .p_value = chi_squared_p(statistic, static_cast<double>(categories - 1))};
}

}  // namespace

double chi_squared_p(double statistic, double degrees_of_freedom) {
  if (std::isinf(statistic)) return 0.0;
  return boost::math::gamma_q(degrees_of_freedom / 2.0, statistic / 2.0);
}

Result<Contingency> contingency(Counts reference, Counts current) {
  const auto cells = filled_cells("chi-squared", reference, current);
  if (!cells) return fail(cells.error());
  const double reference_rows = total(reference);
  const double current_rows = total(current);
  Contingency table{.categories = cells->size(),
                    .rows = reference_rows + current_rows,
                    .min_expected = kInfinite};
  Sums sums;
  for (const Cell& cell : *cells) {
    const double share = (cell.reference + cell.current) / table.rows;
    sums.add(cell.reference, share * reference_rows);
    sums.add(cell.current, share * current_rows);
    table.min_expected =
        std::min(table.min_expected, share * std::min(reference_rows, current_rows));
  }
  table.pearson = tested(sums.pearson, table.categories);
  table.yates = table.categories == 2 ? tested(sums.yates, 2) : table.pearson;
  table.g = tested(sums.g, table.categories);
  return table;
}

Result<GoodnessOfFit> goodness_of_fit(Counts reference, Counts current) {
  const auto cells = filled_cells("goodness of fit", reference, current);
  if (!cells) return fail(cells.error());
  const double ratio = total(current) / total(reference);
  Sums sums;
  for (const Cell& cell : *cells) {
    if (cell.reference == 0.0) {
      const ChiSquared impossible{.statistic = kInfinite, .p_value = 0.0};
      return GoodnessOfFit{.categories = cells->size(), .pearson = impossible, .g = impossible};
    }
    sums.add(cell.current, cell.reference * ratio);
  }
  return GoodnessOfFit{.categories = cells->size(),
                       .pearson = tested(sums.pearson, cells->size()),
                       .g = tested(sums.g, cells->size())};
}

double cramers_v(double chi_squared, const Contingency& table) {
  return std::min(1.0, std::sqrt(chi_squared / table.rows));
}

double cramers_v_bias_corrected(double chi_squared, const Contingency& table) {
  const double df = static_cast<double>(table.degrees_of_freedom());
  const double less_one = table.rows - 1.0;
  const double phi2 = std::max(0.0, chi_squared / table.rows - df / less_one);
  const double sides = 1.0 - 1.0 / less_one;
  const double categories = df - df * df / less_one;
  const double most = std::min(sides, categories);
  return most > 0.0 ? std::min(1.0, std::sqrt(phi2 / most)) : 0.0;
}

}  // namespace leeway::drift
