#include "detectors/threshold/deviations.h"

#include <cmath>
#include <optional>

#include "detectors/drift/approximate_rows.h"
#include "detectors/profile/moments.h"

namespace leeway::threshold {
namespace {

using drift::Measure;
using profile::ColumnProfile;
using profile::Reference;

constexpr std::size_t kFewestWindows = 4;
constexpr double kDeviations = 3.0;

std::optional<double> limit_of(const Measure& measure, const Reference& reference,
                               std::size_t column, const drift::Classes& classes) {
  const ColumnProfile& all = reference.profile.columns[column];
  const auto& grid = reference.schema.columns[column].grid;
  const auto rows_of = [&](const ColumnProfile& side) {
    return measure.needs_rows && grid
               ? drift::approximate_rows(*grid, side, drift::kMostApproximateRows)
               : std::vector<double>{};
  };
  const std::vector<double> all_rows = rows_of(all);
  profile::Moments values;
  for (const Reference::Window& window : reference.windows) {
    const ColumnProfile& current = window.profile.columns[column];
    const std::vector<double> rows = rows_of(current);
    const auto measured = measure.measure({.column = reference.schema.columns[column],
                                           .reference = all,
                                           .current = current,
                                           .classes = classes,
                                           .reference_sorted = all_rows,
                                           .current_sorted = rows});
    if (measured && std::isfinite(measured->value)) values.add(measured->value);
  }
  if (values.count < kFewestWindows) return std::nullopt;
  return values.mean + kDeviations * std::sqrt(values.variance_population());
}

}  // namespace

std::vector<DeviationLimit> deviation_limits(const Reference& reference,
                                             const StrayMeasures& measures,
                                             std::uint64_t min_rows) {
  std::vector<DeviationLimit> limits;
  for (std::size_t i = 0; i < reference.schema.columns.size(); ++i) {
    const profile::Column& column = reference.schema.columns[i];
    if (!is_judged(column.role) || (!column.grid && !column.categories)) continue;
    const ColumnProfile& all = reference.profile.columns[i];
    const drift::Classes classes(column, all, min_rows);
    for (const std::string& name : names_for(
             measures, {.column = column, .reference = all, .current = all, .classes = classes})) {
      const Measure* const measure = drift::find_measure(measures.dialect, name, column.type);
      if (measure == nullptr || !drift::applies(*measure, column.type)) continue;
      if (measure->limits_from != drift::LimitsFrom::kDeviations) continue;
      if (const auto limit = limit_of(*measure, reference, i, classes))
        limits.push_back({.column = i, .measure = measure->name, .value = *limit});
    }
  }
  return limits;
}

}  // namespace leeway::threshold
