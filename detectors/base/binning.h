#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace leeway {

/// The k+1 edges of k bins of equal mass: edge i is at position i*(n-1)/k of the sorted values, in
/// integer arithmetic, between two values by linear interpolation (Hyndman and Fan 1996, type 7);
/// duplicates removed. Integer arithmetic, because an edge that should coincide with a value but
/// misses it by a rounding moves that value into the next bin.
/// @param sorted  finite, ascending; empty gives no edges
/// @param bins    k >= 1
std::vector<double> quantile_edges(std::span<const double> sorted, std::size_t bins);

/// The quantile of order q in [0, 1] at position (n-1)q, linear between neighbours (type 7).
/// @param sorted  finite, ascending, not empty
double quantile(std::span<const double> sorted, double q);

/// lo + i*(hi-lo)/k for i = 0..k, the product before the division, the last exactly hi, duplicates
/// removed. Without overflow for any finite lo <= hi.
std::vector<double> equal_width_edges(double lo, double hi, std::size_t bins);

}  // namespace leeway
