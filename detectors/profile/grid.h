#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <span>
#include <vector>

#include "detectors/base/bytes.h"
#include "detectors/base/result.h"

namespace leeway::profile {

/// The bits of a number that is not NaN, changed so that they order like the numbers.
inline std::uint64_t ordered_bits(double value) {
  const auto bits = std::bit_cast<std::uint64_t>(value + 0.0);  // -0 and 0 are one value
  return bits ^ ((bits >> 63U) != 0 ? ~std::uint64_t{0} : std::uint64_t{1} << 63U);
}

struct GridOptions {
  std::size_t cells = 1024;        ///< a cell aims at the mass 1/cells; 2 to 32,000
  std::size_t quantiles = 10;      ///< the bins of equal mass whose bounds must be edges
  std::size_t single_values = 20;  ///< up to so many distinct values, each is a bin of its own
};

/// The cells that the numbers of one column are counted into; immutable, made from the reference.
/// Cell 0 is (-inf, e_0), cell k is [e_{k-1}, e_k), the last is [e_last, +inf): infinities fall
/// into the outer cells. A value v with mass >= 1/cells has a cell of its own, [v, next double
/// after v), so that there are at most 2*cells + quantiles cells, some of them empty in the
/// reference.
///
/// A few edges also bound the *bins*, the coarse classes that PSI compares.
class Grid {
 public:
  enum class Bins : std::uint8_t {
    kQuantiles = 0,  ///< of about equal mass in the reference
    kValues = 1,     ///< one for each of its few values; all between them are `unseen`
    kGiven = 2,
  };

  /// Edges finite and strictly increasing, at most 65,534; none is one cell for everything. Each of
  /// them bounds a bin.
  static Result<Grid> from_edges(std::vector<double> edges);

  /// @param sorted  finite values in ascending order, a sample of the reference or all of it
  /// About equal mass a cell, heavy values alone, the quantiles among the edges. Empty input: one
  /// cell.
  static Grid from_sorted(std::span<const double> sorted, GridOptions options = {});

  std::size_t cells() const { return edges_.size() - kSentinels + 1; }
  std::span<const double> edges() const {
    return std::span(edges_).first(edges_.size() - kSentinels);
  }

  /// The cell of a value that is not NaN. About 3 ns: an index by value, then a few comparisons.
  std::size_t cell(double value) const {
    const std::size_t slot = bucket(value);
    std::size_t found = index_[slot];
    // Two steps without a branch cover nearly every slot: an atom has two edges close together.
    found += edges_[found] <= value ? 1U : 0U;
    found += edges_[found] <= value ? 1U : 0U;
    if (edges_[found] <= value) [[unlikely]]
      return search(found, index_[slot + 1], value);
    return found;
  }

  /// The cells of many values, none of them NaN; 2 ns a value.
  /// @param cells  as many
  void find_cells(std::span<const double> values, std::span<std::uint16_t> cells) const;

  /// True if the cell can hold one double only (an atom of the reference).
  bool single_valued(std::size_t cell) const;

  Bins bins() const { return bins_; }
  /// Positions in edges() that bound the bins, ascending; with n of them there are n+1 bins.
  std::span<const std::uint16_t> bin_edges() const { return bin_edges_; }

  /// Hash of edges and bins: profiles merge only under one id.
  std::uint64_t id() const { return id_; }

  void write(ByteWriter& out) const;
  static Result<Grid> read(ByteReader& in);

 private:
  /// How a value finds its slot of the index: by its distance from the first edges, or, for data
  /// over many orders of magnitude, by its bits, which order like the values.
  enum class Scale : std::uint8_t { kLinear, kBits };
  static constexpr std::size_t kSentinels = 2;  // NaN: no value is at or above it

  Grid(std::vector<double> edges, std::vector<std::uint16_t> bin_edges, Bins bins);
  void build_index();
  bool choose_linear(std::size_t slots, std::size_t trimmed);
  void choose_bits(std::size_t slots);
  double extra_steps() const;
  std::vector<std::uint16_t> index_for_scale() const;
  std::size_t search(std::size_t first, std::size_t last, double value) const;

  std::size_t bucket(double value) const {
    if (scale_ == Scale::kLinear) {
      const double slot = (value - origin_) * factor_;
      // By way of int: to convert to a signed number is one instruction. NaN goes to slot 0.
      return static_cast<std::size_t>(static_cast<int>(std::min(slot > 0.0 ? slot : 0.0, top_)));
    }
    const std::uint64_t bits = std::clamp(ordered_bits(value), first_bits_, last_bits_);
    return static_cast<std::size_t>((bits - first_bits_) >> shift_);
  }

  std::vector<double> edges_;  // and the sentinels
  std::vector<std::uint16_t> bin_edges_;
  Bins bins_ = Bins::kGiven;
  std::uint64_t id_ = 0;

  std::vector<std::uint16_t> index_;  // slot -> the edges in slots below it; one more at the end
  Scale scale_ = Scale::kLinear;
  double origin_ = 0.0;
  double factor_ = 0.0;
  double top_ = 0.0;
  std::uint64_t first_bits_ = 0;
  std::uint64_t last_bits_ = 0;
  unsigned shift_ = 0;
};

}  // namespace leeway::profile
