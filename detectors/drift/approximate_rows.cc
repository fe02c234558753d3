#include "detectors/drift/approximate_rows.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace leeway::drift {
namespace {

/// Appends values in proportion, so that after any number of rows as many stand for them as should.
class Thinned {
 public:
  Thinned(std::uint64_t rows, std::size_t most)
      : share_(rows <= most ? 1.0 : static_cast<double>(most) / static_cast<double>(rows)) {
    values_.reserve(std::min<std::size_t>(rows, most) + 1);
  }

  void add(double value, std::uint64_t count) {
    rows_ += count;
    const double wanted = std::round(static_cast<double>(rows_) * share_);
    values_.resize(static_cast<std::size_t>(wanted), value);
  }

  std::vector<double> take() && { return std::move(values_); }

 private:
  double share_;
  std::uint64_t rows_ = 0;
  std::vector<double> values_;
};

}  // namespace

std::vector<double> approximate_rows(const profile::ColumnProfile& column, std::size_t most) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const profile::SparseCells& cells = column.cells;
  Thinned rows(cells.total(), most);
  rows.add(-kInfinity, column.negative_infinite);
  for (std::size_t i = 0; i < cells.count.size() && i < cells.sum.size(); ++i) {
    std::uint64_t finite = cells.count[i];
    if (i == 0) finite -= std::min(finite, column.negative_infinite);
    if (i + 1 == cells.count.size()) finite -= std::min(finite, column.positive_infinite);
    if (finite > 0) rows.add(cells.sum[i] / static_cast<double>(finite), finite);
  }
  rows.add(kInfinity, column.positive_infinite);
  return std::move(rows).take();
}

}  // namespace leeway::drift
