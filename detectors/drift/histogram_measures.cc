#include "detectors/drift/histogram_measures.h"

#include <algorithm>
#include <boost/math/distributions/chi_squared.hpp>

#include "detectors/drift/numbers.h"
#include "detectors/drift/psi.h"

namespace leeway::drift {

double all_rows(const profile::ColumnProfile& column) { return static_cast<double>(column.rows); }

NullParameters filled_classes(const profile::Column& /*column*/,
                              const profile::ColumnProfile& reference, const Classes& classes) {
  const std::vector<std::uint64_t> counts = classes.count(reference);
  const auto filled =
      std::count_if(counts.begin(), counts.end(), [](std::uint64_t count) { return count != 0; });
  return {std::max(2.0, static_cast<double>(filled))};
}

Result<Measured> psi(const Sides& sides) {
  const std::vector<std::uint64_t> reference = sides.classes.count(sides.reference);
  const std::vector<std::uint64_t> current = sides.classes.count(sides.current);
  const auto psi = population_stability_index(reference, current);
  if (!psi) return fail(psi.error());
  const auto most = std::max_element(psi->contributions.begin(), psi->contributions.end());
  const auto at = static_cast<std::size_t>(most - psi->contributions.begin());
  const double before = static_cast<double>(reference[at]) / all_rows(sides.reference);
  const double after = static_cast<double>(current[at]) / all_rows(sides.current);
  return Measured{
      .value = psi->value,
      .noise_floor = psi_noise_floor(psi->bins, all_rows(sides.reference), all_rows(sides.current)),
      .moved = "the share of " + sides.classes.name(at) + rose_or_fell(before, after)};
}

double psi_noise(const NullParameters& null, double reference_rows, double current_rows) {
  return psi_noise_floor(static_cast<std::size_t>(null[0]), reference_rows, current_rows);
}

double psi_null_quantile(const NullParameters& null, double alpha) {
  const double freedom = std::max(1.0, null[0] - 1.0);
  const boost::math::chi_squared distribution(freedom);
  return boost::math::quantile(boost::math::complement(distribution, alpha)) / freedom;
}

}  // namespace leeway::drift
