#pragma once

#include <cstdint>
#include <span>

#include "detectors/base/result.h"
#include "detectors/profile/grid.h"

namespace leeway::drift {

/// With F of the reference and G of the current sample: two-sided D = max|F - G|; greater
/// D = max(F - G), evidence that reference values tend to be smaller; less D = max(G - F).
enum class Alternative { kTwoSided, kLess, kGreater };

/// The two one-sided statistics of two samples, never below 0; ties are handled by value.
struct KsDistances {
  double greater = 0.0;  ///< max(F - G)
  double less = 0.0;     ///< max(G - F)
  double at = 0.0;       ///< the value after which |F - G| is largest

  double statistic(Alternative alternative = Alternative::kTwoSided) const;
};

/// Of two samples in ascending order, infinities included, NaN not; fewer than 2^31 values each.
/// kInsufficientData if one is empty. O(m + n), 1.5 ns a value; see sorted_distances() where
/// Wasserstein-1 is wanted too.
Result<KsDistances> kolmogorov_smirnov(std::span<const double> reference,
                                       std::span<const double> current);

/// D of two samples of which only the counts in the cells of a grid are known. F and G are known at
/// the ends of the cells; inside a cell F - G lies between what it would be if all current values
/// came first and what it would be if all reference values did. A cell of a single value adds
/// nothing.
struct GridKs {
  double statistic = 0.0;    ///< the largest |F - G| at the ends: D is at least that ...
  double error_bound = 0.0;  ///< ... and at most so much more
  std::size_t cell = 0;      ///< at whose upper end |F - G| is largest
};
Result<GridKs> kolmogorov_smirnov(const profile::Grid& grid,
                                  std::span<const std::uint64_t> reference,
                                  std::span<const std::uint64_t> current);

/// P(D' >= D) when all orders of m + n distinct values are equally likely, by running over the
/// lattice paths; ties in the data are ignored, which makes it conservative. O(mn) time, O(n)
/// space: up to about a million steps it is the p-value to use.
double ks_p_exact(double statistic, std::uint64_t m, std::uint64_t n,
                  Alternative alternative = Alternative::kTwoSided);

/// The limit for large samples: 2 sum (-1)^(k-1) exp(-2 k^2 z^2) with z = sqrt(mn/(m+n)) D, or
/// exp(-2 z^2) for one side (Smirnov 1948).
double ks_p_limit(double statistic, std::uint64_t m, std::uint64_t n,
                  Alternative alternative = Alternative::kTwoSided);

/// The limit with its finite-sample correction, what SciPy calls asymp: two-sided the one-sample
/// distribution at the sample size mn/(m+n), rounded half to even; one-sided Hodges 1958,
/// equation 5.3.
double ks_p_asymptotic(double statistic, std::uint64_t m, std::uint64_t n,
                       Alternative alternative = Alternative::kTwoSided);

/// The mean of D without drift, for large samples of distinct values: sqrt(pi/2) ln 2 /
/// sqrt(mn/(m+n)).
double ks_noise_floor(double m, double n);

}  // namespace leeway::drift
