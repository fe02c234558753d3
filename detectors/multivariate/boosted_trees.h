#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "detectors/multivariate/table.h"

namespace leeway::multivariate {

/// Rows as small numbers: each column cut into at most 32 bins, row by row.
class BinnedRows {
 public:
  static constexpr std::size_t kMostBins = 32;

  /// Numbers: a bin of their own for missing ones, the rest about equally full, with both tables
  /// pooled. Categories: the most frequent have a bin each, the others and missing ones one each.
  static BinnedRows make(const Table& reference, const Table& current);

  std::size_t rows() const { return columns() == 0 ? 0 : bins_.size() / columns(); }
  std::size_t columns() const { return categorical_.size(); }
  bool is_categorical(std::size_t column) const { return categorical_[column]; }
  /// The bins of a row, column after column. The reference's rows come first.
  std::span<const std::uint8_t> row(std::size_t row) const {
    return {bins_.data() + row * columns(), columns()};
  }

 private:
  std::vector<bool> categorical_;
  std::vector<std::uint8_t> bins_;
};

struct BoostingOptions {
  std::size_t trees = 60;
  std::size_t depth = 3;        ///< 1 to kMostDepth: splits on the way to a leaf
  double shrinkage = 0.2;       ///< of each tree's contribution
  double ridge = 5.0;           ///< added to the second derivatives in a leaf
  std::size_t least_rows = 20;  ///< in a leaf, of those that are fitted
  static constexpr std::size_t kMostDepth = 5;
};

/// Gradient-boosted trees that tell two classes apart: logistic loss, Newton steps, histogram
/// splits (Friedman, Ann. Statist. 29(5), 2001; Chen and Guestrin, KDD 2016). A missing value goes
/// to the side that suits it; categories are ordered by their gradients in each node (Fisher 1958).
/// O(trees x depth x rows x columns); the same rows give the same trees.
class BoostedTrees {
 public:
  /// @param rows  which rows of `data` to learn from
  /// @param is_current  the class of every row of `data`, 0 or 1
  static BoostedTrees fit(const BinnedRows& data, std::span<const std::uint32_t> rows,
                          std::span<const std::uint8_t> is_current, const BoostingOptions& options);

  /// The log-odds of class 1, but for the share of the classes.
  double score(std::span<const std::uint8_t> bins) const;

  /// How much loss each column's splits saved.
  const std::vector<double>& gains() const { return gains_; }

 private:
  struct Node {
    std::int32_t column = -1;  // of the split; -1: a leaf
    std::uint64_t left = 0;    // the bins that go left
    double value = 0.0;        // of a leaf
  };
  static_assert(BinnedRows::kMostBins <= 64);

  class Growth;

  std::size_t nodes_per_tree_ = 1;  // a node's children are 2i+1 and 2i+2
  std::vector<Node> nodes_;
  std::vector<double> gains_;
};

}  // namespace leeway::multivariate
