#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "detectors/base/result.h"
#include "detectors/drift/divergences.h"

namespace leeway::drift {

/// What is done about a bin that is empty on one side, where the logarithm has no value.
/// The names are those of the reference vectors.
enum class ZeroRule {
  kShrink,        ///< leeway-1: half-counts for the reference, the current side drawn to it
  kEpsilonFill,   ///< a share of 0 becomes eps
  kEpsilonFloor,  ///< a share below eps becomes eps
  kEpsilonFloorRenormalised,  ///< the same, then divided by the sum
  kLaplace,                   ///< (count + alpha) / (n + alpha * bins)
  kAdaptiveFill,  ///< 0 becomes 1e-4, or the least positive share / 1e6 if that is <= 1e-4
  kNone,          ///< infinite, unless both sides are empty
};

struct Zeros {
  ZeroRule rule = ZeroRule::kShrink;
  double eps = 1e-4;   ///< for the rules with an epsilon
  double alpha = 0.5;  ///< for kLaplace
};

struct Psi {
  double value = 0.0;
  std::vector<double> contributions;  ///< one a bin, in nats
  std::size_t bins = 0;               ///< of them not empty on both sides
};

/// Population stability index: the sum over bins of (q_i - p_i) * ln(q_i / p_i), in nats.
///
/// With kShrink, the definition of the dialect leeway-1: bins empty on both sides do not exist;
/// with B bins left, p_k = (r_k + 1/2) / (n_r + B/2) and q_k = (c_k + (B/2) p_k) / (n_c + B/2). An
/// empty current side then gives 0, and the mean without drift stays at (B-1)(1/n_c + 1/n_r) down
/// to small samples, where half-counts on both sides manufacture PSI of their own.
///
/// @param reference, current  counts of the same bins
/// @return kInsufficientData if a side is empty, kInvalidArgument if the shapes differ.
/// O(n). Wu and Olson, J. Oper. Res. Soc. 61(2), 2010.
Result<Psi> population_stability_index(std::span<const std::uint64_t> reference,
                                       std::span<const std::uint64_t> current,
                                       const Zeros& zeros = {});

/// The shares that such a sum is of, divided by their sums: for the divergences that know no zero
/// rule of their own. Errors as above.
Result<Shares> altered_shares(std::span<const std::uint64_t> reference,
                              std::span<const std::uint64_t> current, const Zeros& zeros);

/// The mean of PSI over `bins` bins without drift: (bins-1)(1/n_c + 1/n_r). 0 for less than two
/// bins.
double psi_noise_floor(std::size_t bins, double reference_rows, double current_rows);

/// How numbers are put into bins by the dialects that bin samples anew for each comparison.
enum class Binning { kQuantile, kEqualWidth, kSturgesPooled };
enum class OuterBins {
  kOpen,      ///< the first and last bin reach to the infinities
  kSeparate,  ///< a bin below the first edge and one above the last
};

/// The edges e_0..e_m of `bins` bins over the finite values of two samples in ascending order.
/// kQuantile and kEqualWidth look at the reference only; kSturgesPooled at both, and chooses the
/// number of bins. Empty if there are no values to make edges of.
std::vector<double> psi_edges(Binning binning, std::size_t bins, std::span<const double> reference,
                              std::span<const double> current);

/// Counts of values in ascending order (infinities included, NaN not). kOpen: only edges strictly
/// between the first and the last separate bins, which are [e_i, e_i+1). kSeparate: the bins
/// between the two outer ones are [e_i, e_i+1), the last of them closed; a single edge c gives x<c,
/// x=c, x>c.
std::vector<std::uint64_t> psi_counts(std::span<const double> sorted, std::span<const double> edges,
                                      OuterBins outer);

/// Counts by category on two sides, for the dialects whose bins are all categories of either.
struct CategoryCounts {
  std::vector<std::string> names;  ///< in byte order
  std::vector<std::uint64_t> reference;
  std::vector<std::uint64_t> current;
};

/// The union of two lists of (name, count), each in byte order of the names.
CategoryCounts join_categories(std::span<const std::pair<std::string, std::uint64_t>> reference,
                               std::span<const std::pair<std::string, std::uint64_t>> current);

}  // namespace leeway::drift
