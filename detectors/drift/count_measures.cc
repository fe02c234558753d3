#include "detectors/drift/count_measures.h"

#include <algorithm>
#include <cmath>

#include "detectors/drift/bins.h"
#include "detectors/drift/chi_squared.h"
#include "detectors/drift/fisher_exact.h"
#include "detectors/drift/histogram_measures.h"
#include "detectors/drift/null_distributions.h"
#include "detectors/drift/two_proportions.h"

namespace leeway::drift {
namespace {

Counts class_counts(const Sides& sides) {
  return {.reference = sides.classes.count(sides.reference),
          .current = sides.classes.count(sides.current)};
}

Measured measured(const ChiSquared& test) {
  return {.value = test.statistic, .p_value = test.p_value};
}

/// Where a constant column stays as it is there is one class, and nothing to test.
template <class Table, class Value>
Result<Measured> of_table(const Result<Table>& table, Value value) {
  if (!table) return fail(table.error());
  return value(*table);
}

/// The most frequent class of both sides together against the others. That of one side alone would
/// lead there by luck, and fall back on the other; the sum says nothing about the difference.
Table2x2 top_against_rest(const Counts& counts) {
  std::size_t at = 0;
  for (std::size_t i = 1; i < counts.reference.size(); ++i) {
    if (counts.reference[i] + counts.current[i] > counts.reference[at] + counts.current[at]) at = i;
  }
  Table2x2 table{.a = counts.reference[at], .c = counts.current[at]};
  for (std::size_t i = 0; i < counts.reference.size(); ++i) {
    if (i == at) continue;
    table.b += counts.reference[i];
    table.d += counts.current[i];
  }
  return table;
}

double log_odds_ratio(const Table2x2& table) {
  const auto odds = [](std::uint64_t yes, std::uint64_t no) {
    return std::log((static_cast<double>(yes) + 0.5) / (static_cast<double>(no) + 0.5));
  };
  return odds(table.a, table.b) - odds(table.c, table.d);
}

}  // namespace

Result<Measured> chi_squared(const Sides& sides) {
  const Counts counts = class_counts(sides);
  return of_table(contingency(counts.reference, counts.current),
                  [](const Contingency& table) { return measured(table.pearson); });
}

Result<Measured> chi_squared_fit(const Sides& sides) {
  const Counts counts = class_counts(sides);
  return of_table(goodness_of_fit(counts.reference, counts.current),
                  [](const GoodnessOfFit& table) { return measured(table.pearson); });
}

Result<Measured> g(const Sides& sides) {
  const Counts counts = class_counts(sides);
  return of_table(contingency(counts.reference, counts.current),
                  [](const Contingency& table) { return measured(table.g); });
}

Result<Measured> cramers_v(const Sides& sides) {
  const Counts counts = class_counts(sides);
  return of_table(contingency(counts.reference, counts.current), [](const Contingency& table) {
    return Measured{.value = cramers_v(table.pearson.statistic, table),
                    .p_value = table.pearson.p_value};
  });
}

Result<Measured> two_proportions(const Sides& sides) {
  const Table2x2 table = top_against_rest(class_counts(sides));
  const auto test = two_proportions_z(table.a, table.a + table.b, table.c, table.c + table.d);
  if (!test) return fail(test.error());
  return Measured{.value = std::abs(test->z), .p_value = test->p_two_sided};
}

Result<Measured> fisher(const Sides& sides) {
  const Table2x2 table = top_against_rest(class_counts(sides));
  if (table.a + table.b == 0 || table.c + table.d == 0)
    return fail(ErrorCode::kInsufficientData, "fisher: a side has no rows");
  const auto test = fisher_exact(table);
  if (!test) return fail(test.error());
  return Measured{.value = std::abs(log_odds_ratio(table)), .p_value = test->p_two_sided};
}

double freedom_noise(const NullParameters& null, double /*reference_rows*/,
                     double /*current_rows*/) {
  return std::max(1.0, null[0] - 1.0);
}

double cramers_v_noise(const NullParameters& null, double reference_rows, double current_rows) {
  return mean_of_chi(std::max(1.0, null[0] - 1.0)) / std::sqrt(reference_rows + current_rows);
}

double cramers_v_scale(double reference_rows, double current_rows) {
  return std::sqrt(effective_rows(reference_rows, current_rows) / (reference_rows + current_rows));
}

double fit_noise(const NullParameters& null, double reference_rows, double current_rows) {
  return psi_noise(null, reference_rows, current_rows) * current_rows;
}

double by_current_rows(double /*reference_rows*/, double current_rows) { return current_rows; }

NullParameters log_odds_null(const profile::Column& /*column*/,
                             const profile::ColumnProfile& reference, const Classes& classes) {
  const std::vector<std::uint64_t> counts = classes.count(reference);
  const double top = static_cast<double>(*std::max_element(counts.begin(), counts.end()));
  return {(top + 0.5) / (all_rows(reference) + 1.0)};
}

double log_odds_noise(const NullParameters& null, double reference_rows, double current_rows) {
  const double p = null[0];
  return kMeanAbsNormal / std::sqrt(p * (1.0 - p) * effective_rows(reference_rows, current_rows));
}

}  // namespace leeway::drift
