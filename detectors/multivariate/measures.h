#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "detectors/multivariate/measured.h"
#include "detectors/multivariate/table.h"

namespace leeway::multivariate {

struct EmbeddingDrift;

/// What all of them have.
struct MeasureInfo {
  std::string_view name;
  std::string_view sentence;  ///< what it is, for `explain` and the documentation
  double least;               ///< the smallest and the largest value there is
  double most;
  double practical_floor;  ///< below it a difference is of no account, however sure
};

/// A statistic of reference rows against current rows over several columns at once.
struct Measure : MeasureInfo {
  /// Deterministic in its arguments. kInsufficientData with too few rows or columns.
  Result<Measured> (*measure)(const Table& reference, const Table& current, std::uint64_t seed);
};

/// One of an embedding column: a view of what embedding_drift() gives.
struct EmbeddingMeasure : MeasureInfo {
  Measured (*view)(const EmbeddingDrift& drift);
};

/// Of measures(), for tables that are made before the program runs.
inline constexpr std::array<std::string_view, 4> kMeasureNames = {
    "domain_classifier", "correlation", "pca_reconstruction", "mmd"};

/// All of them, in the order in which they are documented. The one list: what is not here does not
/// exist. At most 4,000 rows a side are looked at, 1,000 by mmd; a seeded sample of more.
std::span<const Measure> measures();

const Measure* find_measure(std::string_view name);

/// Those of embedding columns; this list, too, is the only one.
std::span<const EmbeddingMeasure> embedding_measures();

const EmbeddingMeasure* find_embedding_measure(std::string_view name);

}  // namespace leeway::multivariate
