#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "detectors/base/result.h"
#include "detectors/drift/measures.h"
#include "detectors/drift/psi.h"

// How the dialects make bins of the values themselves, where leeway-1 has its classes.
namespace leeway::drift {

std::size_t distinct_values(std::span<const double> sorted);

/// Every value of either side, once.
std::vector<double> all_values(std::span<const double> a, std::span<const double> b);

/// How often each of `values` occurs.
std::vector<std::uint64_t> counts_of(std::span<const double> sorted,
                                     const std::vector<double>& values);

/// Rows by bin on both sides.
struct Counts {
  std::vector<std::uint64_t> reference;
  std::vector<std::uint64_t> current;
};

/// A bin for every category of either side, in byte order; kInsufficientData where a profile has
/// kept only the most frequent of those that the reference lacks.
Result<Counts> category_counts(const Sides& sides);

Result<Measured> psi_of(const Counts& counts, const Zeros& zeros);

}  // namespace leeway::drift
