#include "detectors/multivariate/boosted_trees.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace leeway::multivariate {
namespace {

constexpr std::size_t kBins = BinnedRows::kMostBins;

/// The upper ends of bins 1, 2, ... : bin 0 is for missing values.
std::vector<double> ends_of(std::vector<double> values) {
  std::erase_if(values, [](double value) { return std::isnan(value); });
  std::sort(values.begin(), values.end());
  std::vector<double> ends;
  for (std::size_t k = 1; k + 1 < kBins && !values.empty(); ++k) {
    const double end = values[k * (values.size() - 1) / (kBins - 1)];
    if ((ends.empty() || end > ends.back()) && end < values.back()) ends.push_back(end);
  }
  return ends;
}

std::uint8_t bin_of(const std::vector<double>& ends, double value) {
  if (std::isnan(value)) return 0;
  const auto at = std::lower_bound(ends.begin(), ends.end(), value);
  return static_cast<std::uint8_t>(1 + (at - ends.begin()));
}

/// By code: the bin of a category, 0 for missing, 1 for all that have none of their own.
std::vector<std::uint8_t> bins_of_codes(const TableColumn& a, const TableColumn& b) {
  std::vector<std::size_t> counts(TableColumn::kFirst, 0);
  for (const TableColumn* side : {&a, &b}) {
    for (const std::uint32_t code : side->codes) {
      if (code >= counts.size()) counts.resize(code + 1, 0);
      ++counts[code];
    }
  }
  std::vector<std::uint32_t> order(counts.size() - TableColumn::kFirst);
  std::iota(order.begin(), order.end(), TableColumn::kFirst);
  std::sort(order.begin(), order.end(), [&counts](std::uint32_t x, std::uint32_t y) {
    return counts[x] != counts[y] ? counts[x] > counts[y] : x < y;
  });
  std::vector<std::uint8_t> bins(counts.size(), 1);
  bins[TableColumn::kMissing] = 0;
  for (std::size_t i = 0; i < std::min(order.size(), kBins - 2); ++i)
    bins[order[i]] = static_cast<std::uint8_t>(i + 2);
  return bins;
}

/// First and second derivatives of the loss.
struct Slope {
  double gradient = 0.0;
  double hessian = 0.0;
  double rows = 0.0;

  void operator+=(const Slope& other) {
    gradient += other.gradient;
    hessian += other.hessian;
    rows += other.rows;
  }
  Slope operator-(const Slope& other) const {
    return {gradient - other.gradient, hessian - other.hessian, rows - other.rows};
  }
  double gain(double ridge) const { return gradient * gradient / (hessian + ridge); }
};

struct Split {
  std::int32_t column = -1;
  std::uint64_t left = 0;
  double gain = 0.0;
};

}  // namespace

BinnedRows BinnedRows::make(const Table& reference, const Table& current) {
  BinnedRows made;
  const std::size_t columns = reference.columns.size();
  const std::size_t first = reference.rows();
  made.bins_.resize(columns * (first + current.rows()));
  for (std::size_t c = 0; c < columns; ++c) {
    const TableColumn& before = reference.columns[c];
    const TableColumn& now = current.columns[c];
    made.categorical_.push_back(before.is_categorical);
    const auto put = [&](std::size_t row, std::uint8_t bin) {
      made.bins_[row * columns + c] = bin;
    };
    if (before.is_categorical) {
      const std::vector<std::uint8_t> bins = bins_of_codes(before, now);
      for (std::size_t i = 0; i < before.rows(); ++i) put(i, bins[before.codes[i]]);
      for (std::size_t i = 0; i < now.rows(); ++i) put(first + i, bins[now.codes[i]]);
      continue;
    }
    std::vector<double> pooled = before.numbers;
    pooled.insert(pooled.end(), now.numbers.begin(), now.numbers.end());
    const std::vector<double> ends = ends_of(pooled);
    for (std::size_t i = 0; i < pooled.size(); ++i) put(i, bin_of(ends, pooled[i]));
  }
  return made;
}

/// Grows the trees of one fit.
class BoostedTrees::Growth {
 public:
  Growth(const BinnedRows& data, std::span<const std::uint32_t> rows,
         std::span<const std::uint8_t> is_current, const BoostingOptions& options,
         BoostedTrees& into)
      : data_(data),
        rows_(rows.begin(), rows.end()),
        is_current_(is_current),
        options_(options),
        into_(into),
        slopes_(data.rows()),
        scores_(data.rows(), 0.0) {
    double current = 0.0;
    for (const std::uint32_t row : rows_) current += is_current[row];
    const double others = static_cast<double>(rows_.size()) - current;
    prior_ = current > 0.0 && others > 0.0 ? std::log(current / others) : 0.0;
  }

  void add_tree() {
    for (const std::uint32_t row : rows_) {
      const double p = 1.0 / (1.0 + std::exp(-(prior_ + scores_[row])));
      slopes_[row] = {p - is_current_[row], p * (1.0 - p), 1.0};
    }
    tree_ = into_.nodes_.size();
    into_.nodes_.resize(tree_ + into_.nodes_per_tree_);
    grow(0, options_.depth, {rows_.data(), rows_.size()},
         histogram_of({rows_.data(), rows_.size()}));
  }

 private:
  using Histogram = std::vector<Slope>;  // columns x kBins

  Histogram histogram_of(std::span<const std::uint32_t> rows) const {
    Histogram histogram(data_.columns() * kBins);
    for (const std::uint32_t row : rows) {
      const std::span<const std::uint8_t> bins = data_.row(row);
      const Slope slope = slopes_[row];
      Slope* at = histogram.data();
      for (const std::uint8_t bin : bins) {
        at[bin] += slope;
        at += kBins;
      }
    }
    return histogram;
  }

  void grow(std::size_t node, std::size_t depth, std::span<std::uint32_t> rows,
            Histogram histogram) {
    Slope sum;
    for (std::size_t bin = 0; bin < kBins && data_.columns() > 0; ++bin) sum += histogram[bin];
    const Split split = depth == 0 ? Split{} : best_split(histogram, sum);
    Node& made = into_.nodes_[tree_ + node];
    if (split.column < 0) {
      made.value = -options_.shrinkage * sum.gradient / (sum.hessian + options_.ridge);
      for (const std::uint32_t row : rows) scores_[row] += made.value;
      return;
    }
    made.column = split.column;
    made.left = split.left;
    const auto column = static_cast<std::size_t>(split.column);
    into_.gains_[column] += split.gain;
    const auto middle = std::partition(rows.begin(), rows.end(), [&](std::uint32_t row) {
      return ((split.left >> data_.row(row)[column]) & 1U) != 0;
    });
    const auto cut = static_cast<std::size_t>(middle - rows.begin());
    const std::span<std::uint32_t> left = rows.first(cut);
    const std::span<std::uint32_t> right = rows.subspan(cut);
    if (depth == 1) {  // leaves need their sums alone, which the first column's bins give
      leaf(2 * node + 1, left);
      leaf(2 * node + 2, right);
      return;
    }
    // The smaller side is counted, the other is what is left.
    const bool is_left_smaller = left.size() < right.size();
    Histogram smaller = histogram_of(is_left_smaller ? left : right);
    for (std::size_t i = 0; i < histogram.size(); ++i) histogram[i] = histogram[i] - smaller[i];
    if (!is_left_smaller) std::swap(histogram, smaller);
    grow(2 * node + 1, depth - 1, left, std::move(smaller));
    grow(2 * node + 2, depth - 1, right, std::move(histogram));
  }

  void leaf(std::size_t node, std::span<const std::uint32_t> rows) {
    Slope sum;
    for (const std::uint32_t row : rows) sum += slopes_[row];
    const double value = -options_.shrinkage * sum.gradient / (sum.hessian + options_.ridge);
    into_.nodes_[tree_ + node].value = value;
    for (const std::uint32_t row : rows) scores_[row] += value;
  }

  Split best_split(const Histogram& histogram, const Slope& sum) const {
    Split best;
    for (std::size_t column = 0; column < data_.columns(); ++column) {
      const std::span<const Slope> bins(histogram.data() + column * kBins, kBins);
      std::array<std::uint8_t, kBins> order{};
      std::iota(order.begin(), order.end(), std::uint8_t{0});
      if (data_.is_categorical(column)) {
        const auto slope = [&](std::uint8_t bin) {
          return bins[bin].gradient / (bins[bin].hessian + options_.ridge);
        };
        std::sort(order.begin(), order.end(), [&](std::uint8_t a, std::uint8_t b) {
          return slope(a) != slope(b) ? slope(a) < slope(b) : a < b;
        });
        try_cuts(bins, order, sum, column, best);
        continue;
      }
      try_cuts(bins, order, sum, column, best);
      if (bins[0].rows > 0.0) {  // missing values with the large ones
        std::rotate(order.begin(), order.begin() + 1, order.end());
        try_cuts(bins, order, sum, column, best);
      }
    }
    return best;
  }

  void try_cuts(std::span<const Slope> bins, const std::array<std::uint8_t, kBins>& order,
                const Slope& sum, std::size_t column, Split& best) const {
    const auto least = static_cast<double>(options_.least_rows);
    const double whole = sum.gain(options_.ridge);
    Slope left;
    std::uint64_t mask = 0;
    for (const std::uint8_t bin : order) {
      mask |= std::uint64_t{1} << bin;
      if (bins[bin].rows == 0.0) continue;
      left += bins[bin];
      const Slope right = sum - left;
      if (left.rows < least) continue;
      if (right.rows < least) break;
      const double gain = left.gain(options_.ridge) + right.gain(options_.ridge) - whole;
      if (gain > best.gain) {
        best = {.column = static_cast<std::int32_t>(column), .left = mask, .gain = gain};
      }
    }
  }

  const BinnedRows& data_;
  std::vector<std::uint32_t> rows_;
  std::span<const std::uint8_t> is_current_;
  const BoostingOptions& options_;
  BoostedTrees& into_;
  double prior_ = 0.0;
  std::size_t tree_ = 0;
  std::vector<Slope> slopes_;
  std::vector<double> scores_;
};

BoostedTrees BoostedTrees::fit(const BinnedRows& data, std::span<const std::uint32_t> rows,
                               std::span<const std::uint8_t> is_current,
                               const BoostingOptions& options) {
  LEEWAY_ASSERT(options.depth >= 1 && options.depth <= BoostingOptions::kMostDepth,
                "options are constants of ours");
  BoostedTrees trees;
  trees.nodes_per_tree_ = (std::size_t{2} << options.depth) - 1;
  trees.gains_.assign(data.columns(), 0.0);
  Growth growth(data, rows, is_current, options, trees);
  for (std::size_t i = 0; i < options.trees; ++i) growth.add_tree();
  return trees;
}

double BoostedTrees::score(std::span<const std::uint8_t> bins) const {
  double score = 0.0;
  for (std::size_t tree = 0; tree < nodes_.size(); tree += nodes_per_tree_) {
    std::size_t node = 0;
    while (nodes_[tree + node].column >= 0) {
      const Node& at = nodes_[tree + node];
      const std::uint8_t bin = bins[static_cast<std::size_t>(at.column)];
      node = 2 * node + (((at.left >> bin) & 1U) != 0 ? 1 : 2);
    }
    score += nodes_[tree + node].value;
  }
  return score;
}

}  // namespace leeway::multivariate
