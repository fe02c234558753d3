#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "detectors/base/result.h"

namespace leeway::drift {

/// A statistic that is chi-squared distributed without drift, and its upper tail.
struct ChiSquared {
  double statistic = 0.0;
  double p_value = 1.0;
};

/// Whether two samples come from one distribution over categories: the 2 x K table of counts.
struct Contingency {
  std::size_t categories = 0;  ///< K, those seen on either side
  double rows = 0.0;           ///< of both sides
  double min_expected = 0.0;   ///< below about 5 the p-values are rough
  ChiSquared pearson{};        ///< sum (O-E)^2 / E
  ChiSquared yates{};          ///< with K = 2 |O-E| is reduced by min(1/2, |O-E|); else pearson
  ChiSquared g{};              ///< 2 sum O ln(O/E), the likelihood ratio

  std::size_t degrees_of_freedom() const { return categories - 1; }
};

/// The chi-squared and G tests of homogeneity: both sides are samples, E = row sum * column sum /
/// n. Categories that are empty on both sides do not exist.
///
/// @param reference, current  counts of the same categories
/// @return kInsufficientData if a side is empty or fewer than two categories are seen,
///         kInvalidArgument if the shapes differ.
/// O(K). As scipy.stats.chi2_contingency, whose default is `yates`.
Result<Contingency> contingency(std::span<const std::uint64_t> reference,
                                std::span<const std::uint64_t> current);

struct GoodnessOfFit {
  std::size_t categories = 0;  ///< seen on either side
  ChiSquared pearson{};
  ChiSquared g{};

  std::size_t degrees_of_freedom() const { return categories - 1; }
};

/// The same statistics with the reference taken as known: E = reference share * current rows. Its
/// sampling error is ignored, so with samples of the same size the statistic is about twice that of
/// the contingency table and p is far too small. A category that the reference lacks has E = 0:
/// the statistic is infinite, p 0. Parameters and errors as contingency().
Result<GoodnessOfFit> goodness_of_fit(std::span<const std::uint64_t> reference,
                                      std::span<const std::uint64_t> current);

/// The upper tail of the chi-squared distribution, relatively exact down to the smallest doubles.
/// @param statistic  >= 0, infinite gives 0
/// @param degrees_of_freedom  > 0
double chi_squared_p(double statistic, double degrees_of_freedom);

/// Cramér's V, the effect size in [0, 1] of a 2 x K table: sqrt(chi2 / n).
/// @param chi_squared  one of the statistics of the table
double cramers_v(double chi_squared, const Contingency& table);

/// The same less what it is without drift (the plain V grows with K/n): Bergsma, J. Korean Stat.
/// Soc. 42(3), 2013. 0 where n is too small for the correction to leave anything.
double cramers_v_bias_corrected(double chi_squared, const Contingency& table);

}  // namespace leeway::drift
