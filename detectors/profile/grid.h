#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "detectors/base/bytes.h"
#include "detectors/base/result.h"

namespace leeway::profile {

struct GridOptions {
  std::size_t cells = 1024;  ///< an upper bound, 2 to 65,535
  std::size_t quantiles = 10;  ///< the reference quantiles that must be edges, where it is sorted
};

/// The cells that the numbers of one column are counted into; immutable, made from the reference.
/// Cell 0 is (-inf, e_0), cell k is [e_{k-1}, e_k), the last is [e_last, +inf): infinities fall into
/// the outer cells. A value v with mass >= 1/cells has a cell of its own, [v, next double after v).
class Grid {
 public:
  /// Edges finite and strictly increasing, at most 65,534; none is one cell for everything.
  static Result<Grid> from_edges(std::vector<double> edges);

  /// @param sorted  finite values in ascending order, a sample of the reference or all of it
  /// About equal mass a cell, heavy values alone, the deciles among the edges. Empty input: one cell.
  static Grid from_sorted(std::span<const double> sorted, GridOptions options = {});

  std::size_t cells() const { return edges_.size() + 1; }
  std::span<const double> edges() const { return edges_; }

  /// The cell of a value that is not NaN. About 2 ns: an index by value, then a few comparisons.
  std::size_t cell(double value) const;

  /// True if the cell can hold one double only (an atom of the reference).
  bool single_valued(std::size_t cell) const;

  /// Hash of the edges: profiles merge only under one id.
  std::uint64_t id() const { return id_; }

  void write(ByteWriter& out) const;
  static Result<Grid> read(ByteReader& in);

 private:
  std::vector<double> edges_;
  std::uint64_t id_ = 0;
  // The index: bucket of a value -> first edge that can be its upper end.
  std::vector<std::uint32_t> index_;
  double index_origin_ = 0.0;
  double index_scale_ = 0.0;
};

}  // namespace leeway::profile
