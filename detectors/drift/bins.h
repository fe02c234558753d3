#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "detectors/base/result.h"
#include "detectors/drift/measures.h"

// How the dialects make bins of the values themselves, where leeway-1 has its classes.
namespace leeway::drift {

/// Rows by bin on both sides.
struct Counts {
  std::vector<std::uint64_t> reference;
  std::vector<std::uint64_t> current;
};

struct Bins {
  Counts counts{};
  /// The last bin holds categories that the profiles do not tell apart: those that the reference
  /// has kept no name of, and new ones beyond the most frequent. What is said of the bins is then a
  /// bound of what it would be with one for each.
  bool has_rest = false;
};

std::size_t distinct_values(std::span<const double> sorted);

/// Those of both sides together, counted no further than `most`.
std::size_t distinct_values(std::span<const double> a, std::span<const double> b, std::size_t most);

/// The number of values or categories of both sides, counted no further than `most`. Numbers whose
/// rows are not at hand count by their cells.
std::size_t distinct_up_to(const Sides& sides, std::size_t most);

/// Every value of either side is a bin.
Counts value_counts(std::span<const double> reference, std::span<const double> current);

/// Evenly spaced from lo to hi in ceil((hi - lo) / width) steps, one for a width of 0: lo + i times
/// the step, the last exactly hi. A single value v gives v - 1/2 and v + 1/2.
std::vector<double> even_edges(double lo, double hi, double width);
/// The same with so many steps.
std::vector<double> even_edges(double lo, double hi, std::size_t steps);

/// Sturges' width for n values: (max - min) / (log2(n) + 1).
double sturges_width(double lo, double hi, std::size_t n);
/// Doane's (J. Am. Stat. Assoc. 30, 1976), which adds bins for skewed values; 0 up to 2 values.
double doane_width(std::span<const double> sorted);

/// Counts of bins that are closed on the left and open on the right, the last one closed on both
/// sides; what lies outside is not counted.
std::vector<std::uint64_t> bin_counts(std::span<const double> sorted,
                                      std::span<const double> edges);

/// A bin for every category of either side, in byte order.
Bins category_bins(const Sides& sides);

/// The same where none may be together: kInsufficientData if they are.
Result<Counts> category_counts(const Sides& sides);

/// A bin for each category of the reference, and the last for all others.
Bins reference_category_bins(const Sides& sides);

}  // namespace leeway::drift
