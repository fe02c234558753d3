#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "detectors/base/bytes.h"
#include "detectors/profile/schema.h"

namespace leeway::profile {

/// Count, mean and sum of squared deviations of finite values; merge by Chan, Golub, LeVeque 1979.
struct Moments {
  std::uint64_t count = 0;
  double mean = 0.0;
  double m2 = 0.0;

  void add(double value);  ///< Welford's update
  void merge(const Moments& other);
  double variance_population() const { return count == 0 ? 0.0 : m2 / static_cast<double>(count); }
};

/// Counts (and sums) of the cells that hold something, ascending by index.
struct SparseCells {
  std::vector<std::uint32_t> index;
  std::vector<std::uint64_t> count;
  std::vector<double> sum;  ///< numeric columns only, else empty

  std::vector<std::uint64_t> dense(std::size_t cells) const;
  std::uint64_t total() const;
  void merge(const SparseCells& other);
  bool operator==(const SparseCells&) const = default;
};

/// Distinct values, estimated: HyperLogLog (Flajolet et al. 2007) with 2^11 registers over hash64,
/// standard error 2.3 %, sparse while small. Merging is exact: equal to the sketch of both streams.
class Distinct {
 public:
  void add_hash(std::uint64_t hash);
  void merge(const Distinct& other);
  double estimate() const;
  void write(ByteWriter& out) const;
  static Distinct read(ByteReader& in);
  bool operator==(const Distinct&) const = default;

 private:
  std::vector<std::uint32_t> sparse_;    // register << 8 | rank, sorted, while that is smaller
  std::vector<std::uint8_t> registers_;  // empty while sparse
};

/// The most frequent among the values that are no category of the reference. Space-Saving
/// (Metwally, Agrawal, El Abbadi 2005) with `kCapacity` counters; each count is over by at most
/// its `over`. Deterministic; ties go to byte order.
class HeavyHitters {
 public:
  static constexpr std::size_t kCapacity = 64;
  struct Item {
    std::string value;  ///< cut to 256 bytes
    std::uint64_t count = 0;
    std::uint64_t over = 0;
    bool operator==(const Item&) const = default;
  };

  void add(std::string_view value, std::uint64_t count = 1);
  void merge(const HeavyHitters& other);
  std::vector<Item> top(std::size_t n) const;  ///< most frequent first
  void write(ByteWriter& out) const;
  static HeavyHitters read(ByteReader& in);
  bool operator==(const HeavyHitters&) const = default;

 private:
  std::vector<Item> items_;  // sorted by value
};

/// The mergeable summary of one column over a set of rows. Always:
/// rows = missing + not_a_number + type_errors + cells.total() + unseen, where infinities are in
/// the outer cells and counted once more in `infinite`; types without cells put the rest in `unseen`.
struct ColumnProfile {
  std::uint64_t rows = 0;
  std::uint64_t missing = 0;       ///< null, or one of the configured missing values
  std::uint64_t not_a_number = 0;  ///< NaN
  std::uint64_t positive_infinite = 0;
  std::uint64_t negative_infinite = 0;
  std::uint64_t type_errors = 0;  ///< present, but not readable as the column's type
  std::uint64_t unseen = 0;       ///< categories that the reference lacks
  SparseCells cells;
  Moments moments;  ///< numeric: the finite values
  double min = std::numeric_limits<double>::infinity();   ///< finite values; datetime: microseconds
  double max = -std::numeric_limits<double>::infinity();
  Distinct distinct;
  HeavyHitters unseen_values;

  void merge(const ColumnProfile& other);
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

  /// Framed (magic "LWPROFIL", version 1), sparse, zstd-compressed; equal profiles give equal bytes.
  std::string serialize() const;
  static Result<Profile> deserialize(std::string_view bytes);  ///< checks that cell sums = rows
};

}  // namespace leeway::profile
