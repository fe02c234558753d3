#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "detectors/base/bytes.h"
#include "detectors/profile/checks.h"
#include "detectors/profile/distinct.h"
#include "detectors/profile/heavy_hitters.h"
#include "detectors/profile/key_sample.h"
#include "detectors/profile/moments.h"
#include "detectors/profile/schema.h"
#include "detectors/profile/sparse_cells.h"

namespace leeway::profile {

/// The mergeable summary of one column over a set of rows. Always:
/// rows = missing + not_a_number + type_errors + cells.total() + unseen, where infinities are in
/// the outer cells and counted once more by sign; types without cells put the rest in `unseen`.
struct ColumnProfile {
  std::uint64_t rows = 0;
  std::uint64_t missing = 0;             ///< null, or one of the configured missing values
  std::uint64_t empty_texts = 0;         ///< of `missing`: texts without a character
  std::uint64_t configured_missing = 0;  ///< of `missing`: other values that stand for none
  std::uint64_t not_a_number = 0;        ///< NaN
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
  Checks checks;
  KeySample keys;  ///< of id columns: how often an id repeats

  void merge(const ColumnProfile& other);

  void write(ByteWriter& out, std::uint32_t version) const;
  /// kCorrupt if the numbers contradict each other.
  static Result<ColumnProfile> read(ByteReader& in, std::uint32_t version);
};

/// The mergeable summary of a set of rows, column by column in the order of one Schema.
/// merge(a, b) is the profile of both, in that order: sums are floating point, so whoever needs
/// equal bytes merges in a fixed order.
struct Profile {
  /// Version 1 knew neither kinds of missing values nor checks nor keys: they are 0 and empty in
  /// what is read from it.
  static constexpr std::uint32_t kVersion = 2;

  std::uint64_t schema_id = 0;
  std::uint64_t rows = 0;
  std::vector<ColumnProfile> columns;
  KeySample row_keys{};  ///< of whole rows; empty where nobody asked for it

  static Profile empty_for(const Schema& schema);
  Result<> merge(const Profile& other);  ///< kInvalidArgument if the schemas differ

  /// kInvalidArgument unless it is one of this schema, with no cell that the schema lacks. Asked of
  /// every profile that comes from elsewhere, before it is merged or compared.
  Result<> fits(const Schema& schema) const;

  /// Framed (magic "LWPROFIL", kVersion), sparse, zstd-compressed; equal profiles give equal
  /// bytes.
  std::string serialize() const;
  /// Of every version so far; checks that cell sums = rows.
  static Result<Profile> deserialize(std::string_view bytes);

  /// The body alone; what `version` does not know is left out.
  void write(ByteWriter& out, std::uint32_t version = kVersion) const;
  static Result<Profile> read(ByteReader& in, std::uint32_t version = kVersion);
};

}  // namespace leeway::profile
