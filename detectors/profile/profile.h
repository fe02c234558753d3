#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "detectors/base/bytes.h"
#include "detectors/profile/distinct.h"
#include "detectors/profile/heavy_hitters.h"
#include "detectors/profile/moments.h"
#include "detectors/profile/schema.h"
#include "detectors/profile/sparse_cells.h"

namespace leeway::profile {

/// The mergeable summary of one column over a set of rows. Always:
/// rows = missing + not_a_number + type_errors + cells.total() + unseen, where infinities are in
/// the outer cells and counted once more by sign; types without cells put the rest in `unseen`.
struct ColumnProfile {
  std::uint64_t rows = 0;
  std::uint64_t missing = 0;       ///< null, or one of the configured missing values
  std::uint64_t not_a_number = 0;  ///< NaN
  std::uint64_t positive_infinite = 0;
  std::uint64_t negative_infinite = 0;
  std::uint64_t type_errors = 0;  ///< present, but not readable as the column's type
  std::uint64_t unseen = 0;       ///< categories that the reference lacks
  SparseCells cells;
  Moments moments;                                       ///< numeric: the finite values
  double min = std::numeric_limits<double>::infinity();  ///< finite values; datetime: microseconds
  double max = -std::numeric_limits<double>::infinity();
  Distinct distinct;
  HeavyHitters unseen_values;

  void merge(const ColumnProfile& other);

  void write(ByteWriter& out) const;
  /// kCorrupt if the numbers contradict each other.
  static Result<ColumnProfile> read(ByteReader& in);
};

/// The mergeable summary of a set of rows, column by column in the order of one Schema.
/// merge(a, b) is the profile of both, in that order: sums are floating point, so whoever needs
/// equal bytes merges in a fixed order.
struct Profile {
  std::uint64_t schema_id = 0;
  std::uint64_t rows = 0;
  std::vector<ColumnProfile> columns;

  static Profile empty_for(const Schema& schema);
  Result<> merge(const Profile& other);  ///< kInvalidArgument if the schemas differ

  /// kInvalidArgument unless it is one of this schema, with no cell that the schema lacks. Asked of
  /// every profile that comes from elsewhere, before it is merged or compared.
  Result<> fits(const Schema& schema) const;

  /// Framed (magic "LWPROFIL", version 1), sparse, zstd-compressed; equal profiles give equal
  /// bytes.
  std::string serialize() const;
  static Result<Profile> deserialize(std::string_view bytes);  ///< checks that cell sums = rows

  void write(ByteWriter& out) const;  ///< the body alone
  static Result<Profile> read(ByteReader& in);
};

}  // namespace leeway::profile
