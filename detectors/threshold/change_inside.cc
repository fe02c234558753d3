#include "detectors/threshold/change_inside.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "detectors/base/random.h"
#include "detectors/drift/measures.h"
#include "detectors/profile/bins.h"
#include "detectors/profile/moments.h"

namespace leeway::threshold {
namespace {

using drift::Classes;
using profile::Column;
using profile::ColumnProfile;
using profile::Reference;

constexpr std::size_t kFewestWindows = 8;
constexpr std::size_t kFewestASide = 2;
constexpr std::size_t kPermutations = 999;
constexpr double kLeastPsi = 0.05;

using Order = std::vector<std::size_t>;

/// A place in the order of windows: behind so many of them.
struct Split {
  double statistic = 0.0;
  std::size_t place = 0;
};

/// Rows by window and class of one column.
class ColumnCounts {
 public:
  ColumnCounts(const Reference& reference, const Order& windows, std::size_t column,
               std::uint64_t min_rows)
      : column_(column) {
    ColumnProfile all;
    for (const std::size_t at : windows) all.merge(reference.windows[at].profile.columns[column]);
    Column own = reference.schema.columns[column];
    if (own.grid && own.grid->bins() != profile::Grid::Bins::kValues)
      own.bins = profile::equal_mass_bins(all.cells);
    const Classes classes(own, all, min_rows);
    for (const std::size_t at : windows) {
      const auto counts = classes.count(reference.windows[at].profile.columns[column]);
      by_window_.emplace_back(counts.begin(), counts.end());
    }
    total_.assign(classes.size(), 0.0);
    for (const auto& counts : by_window_) {
      for (std::size_t k = 0; k < total_.size(); ++k) total_[k] += counts[k];
    }
    rows_ = std::accumulate(total_.begin(), total_.end(), 0.0);
  }

  std::size_t column() const { return column_; }

  /// The place at which the windows in this order differ most.
  Split furthest(const Order& order) const {
    Split best;
    std::vector<double> left(total_.size(), 0.0);
    double left_rows = 0.0;
    for (std::size_t place = 1; place + kFewestASide <= order.size(); ++place) {
      const std::vector<double>& counts = by_window_[order[place - 1]];
      for (std::size_t k = 0; k < left.size(); ++k) left[k] += counts[k];
      left_rows += std::accumulate(counts.begin(), counts.end(), 0.0);
      if (place < kFewestASide) continue;
      const double statistic = homogeneity(left, left_rows);
      if (statistic > best.statistic) best = {.statistic = statistic, .place = place};
    }
    return best;
  }

 private:
  double homogeneity(const std::vector<double>& left, double left_rows) const {
    const double right_rows = rows_ - left_rows;
    if (left_rows <= 0.0 || right_rows <= 0.0) return 0.0;
    double sum = 0.0;
    for (std::size_t k = 0; k < left.size(); ++k) {
      if (total_[k] <= 0.0) continue;
      const double difference = left[k] / left_rows - (total_[k] - left[k]) / right_rows;
      sum += difference * difference / total_[k];
    }
    return sum * rows_ / (1.0 / left_rows + 1.0 / right_rows);
  }

  std::size_t column_;
  std::vector<std::vector<double>> by_window_;
  std::vector<double> total_;
  double rows_ = 0.0;
};

void shuffle(Order& order, Random& random) {
  for (std::size_t i = order.size(); i > 1; --i)
    std::swap(order[i - 1], order[static_cast<std::size_t>(random.below(i))]);
}

/// PSI of the two sides and what moved between them.
void describe(ChangeInside& change, const Reference& reference, const Order& windows,
              std::size_t place, std::uint64_t min_rows) {
  const Column& column = reference.schema.columns[change.column];
  ColumnProfile before;
  ColumnProfile behind;
  for (std::size_t i = 0; i < windows.size(); ++i)
    (i < place ? before : behind)
        .merge(reference.windows[windows[i]].profile.columns[change.column]);
  const Classes classes(column, before, min_rows);
  const drift::Sides sides{
      .column = column, .reference = before, .current = behind, .classes = classes};
  const drift::Measure* const psi = drift::find_measure("psi");
  LEEWAY_ASSERT(psi != nullptr, "it is in the list of measures");
  const auto measured = psi->measure(sides);
  change.psi = measured ? measured->value : 0.0;
  change.sentence = psi->explain(sides).sentence;
}

}  // namespace

std::optional<ChangeInside> change_inside(const Reference& reference, std::uint64_t min_rows,
                                          std::uint64_t seed, double alpha) {
  Order windows;
  for (std::size_t i = 0; i < reference.windows.size(); ++i) {
    if (reference.windows[i].profile.rows > 0) windows.push_back(i);
  }
  if (windows.size() < kFewestWindows) return std::nullopt;
  std::vector<ColumnCounts> columns;
  for (std::size_t i = 0; i < reference.schema.columns.size(); ++i) {
    const Column& column = reference.schema.columns[i];
    if (is_judged(column.role) && (column.grid || column.categories))
      columns.emplace_back(reference, windows, i, min_rows);
  }

  // Row 0 is the order of time.
  Order order(windows.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::vector<Split> in_time;
  for (const ColumnCounts& column : columns) in_time.push_back(column.furthest(order));
  std::vector<std::vector<double>> furthest(columns.size());
  Random random(seed);
  for (std::size_t permutation = 0; permutation < kPermutations; ++permutation) {
    shuffle(order, random);
    for (std::size_t i = 0; i < columns.size(); ++i)
      furthest[i].push_back(columns[i].furthest(order).statistic);
  }

  std::vector<double> maxima(kPermutations, -1.0);
  double in_time_maximum = -1.0;
  std::optional<std::size_t> clearest;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    profile::Moments moments;
    for (const double value : furthest[i]) moments.add(value);
    const double deviation = std::sqrt(moments.variance_population());
    if (deviation <= 0.0) continue;  // a constant column
    for (std::size_t k = 0; k < kPermutations; ++k)
      maxima[k] = std::max(maxima[k], (furthest[i][k] - moments.mean) / deviation);
    const double own = (in_time[i].statistic - moments.mean) / deviation;
    if (own <= in_time_maximum) continue;
    in_time_maximum = own;
    clearest = i;
  }
  if (!clearest) return std::nullopt;
  const auto beyond = std::count_if(maxima.begin(), maxima.end(), [in_time_maximum](double value) {
    return value >= in_time_maximum;
  });
  ChangeInside change{.first = windows[in_time[*clearest].place],
                      .column = columns[*clearest].column(),
                      .p_value = static_cast<double>(beyond + 1) / (kPermutations + 1),
                      .sentence = {}};
  if (change.p_value > alpha) return std::nullopt;
  describe(change, reference, windows, in_time[*clearest].place, min_rows);
  if (change.psi < kLeastPsi) return std::nullopt;
  return change;
}

}  // namespace leeway::threshold
