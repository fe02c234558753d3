#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "detectors/base/result.h"

namespace leeway::drift {

/// The shares of the same bins or categories on both sides; each side sums to 1.
struct Shares {
  std::vector<double> reference;  ///< p
  std::vector<double> current;    ///< q
};

/// Shares of counts. kInvalidArgument if the shapes differ, kInsufficientData if a side is empty.
Result<Shares> shares(std::span<const std::uint64_t> reference,
                      std::span<const std::uint64_t> current);

/// Shares of weights, such as proportions that a dialect has altered and that no longer sum to 1.
/// As above, and kInvalidArgument if a weight is negative or not finite.
Result<Shares> shares(std::span<const double> reference, std::span<const double> current);

enum class LogBase { kE, kTwo };

// All below: O(bins), symmetric unless said otherwise, 0 for equal shares and only for them, free
// of cancellation where the sides are nearly equal. Bins that are empty on both sides do not count.

/// Jensen-Shannon divergence: KL(p || m)/2 + KL(q || m)/2 with m = (p + q)/2 (Lin 1991, IEEE Trans.
/// Inf. Theory 37(1)). In [0, 1] with base 2, in [0, ln 2] with base e. Not a distance.
double jensen_shannon_divergence(const Shares& shares, LogBase base = LogBase::kTwo);

/// Jensen-Shannon distance: the square root of the divergence, a metric (Endres, Schindelin 2003).
/// In [0, 1] with base 2, in [0, 0.8325546] with base e.
double jensen_shannon_distance(const Shares& shares, LogBase base = LogBase::kTwo);

/// Kullback-Leibler divergence KL(reference || current): sum of p ln(p / q), in nats, >= 0.
/// Infinite where a bin has p > 0 and q = 0. Not symmetric: the other direction is that of swapped
/// sides.
double kl_reference_current(const Shares& shares);
double kl_current_reference(const Shares& shares);

/// Hellinger distance: sqrt(sum of (sqrt p - sqrt q)^2 / 2), a metric in [0, 1].
double hellinger_distance(const Shares& shares);

/// Sum of sqrt(p q), in [0, 1]: 1 for equal shares; Hellinger squared is 1 minus it.
double bhattacharyya_coefficient(const Shares& shares);

/// Total variation distance: half the sum of |p - q|, a metric in [0, 1]: the share of rows that
/// would have to change bins.
double total_variation(const Shares& shares);

/// The largest |p - q| (Chebyshev), a metric in [0, 1].
double l_infinity(const Shares& shares);

}  // namespace leeway::drift
