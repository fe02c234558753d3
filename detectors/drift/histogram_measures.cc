#include "detectors/drift/histogram_measures.h"

#include <algorithm>
#include <boost/math/distributions/chi_squared.hpp>

#include "detectors/drift/numbers.h"
#include "detectors/drift/psi.h"

namespace leeway::drift {

namespace {

/// As explain_bins(), and of categories that the reference lacks also the most frequent one.
Explanation explain_classes(const Sides& sides, std::span<const std::uint64_t> reference,
                            std::span<const std::uint64_t> current,
                            std::span<const double> contributions) {
  return explain_bins(contributions, reference, current, [&sides](std::size_t at) {
    const std::string& name = sides.classes.name(at);
    if (at != sides.classes.unseen() || sides.column.is_private) return name;
    const auto newcomers = sides.current.unseen_values.top(1);
    return newcomers.empty() ? name : name + ", most often '" + newcomers.front().value + "',";
  });
}

}  // namespace

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
  return Measured{
      .value = psi->value,
      .noise_floor = psi_noise_floor(psi->bins, all_rows(sides.reference), all_rows(sides.current)),
      .moved = explain_classes(sides, reference, current, psi->contributions)};
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
