#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace leeway::quality {

/// Counts of values per bin [e_i, e_i+1), the last bin closed, and of those outside.
struct Histogram {
  std::vector<double> edges{};
  std::vector<std::uint64_t> counts{};
  std::uint64_t underflow = 0;  ///< below the first edge, -inf among them
  std::uint64_t overflow = 0;
};

/// @param edges  increasing, at least two. NaN counts nowhere.
Histogram count_into(std::vector<double> edges, std::span<const double> values);

/// lo + i*((hi-lo)/k), the last exactly hi; from lo-0.5 to hi+0.5 if both are equal. As numpy.
std::vector<double> numpy_edges(double lo, double hi, std::size_t bins);

/// The number of equal-width bins by a rule of numpy's: sturges, sqrt, rice, scott, fd, doane,
/// auto.
/// @param sorted  finite, ascending, not empty
/// Nothing for another name.
std::optional<std::size_t> bins_by_rule(std::string_view rule, std::span<const double> sorted);

}  // namespace leeway::quality
