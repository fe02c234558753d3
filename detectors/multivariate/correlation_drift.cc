#include "detectors/multivariate/correlation_drift.h"

#include <algorithm>
#include <cmath>

#include "detectors/threshold/multiple_testing.h"

namespace leeway::multivariate {
namespace {

using Eigen::ArrayXd;
using Eigen::Index;
using Eigen::MatrixXd;

constexpr std::size_t kLeastRows = 20;
constexpr double kMostCorrelation = 0.99;
constexpr std::size_t kMostPairs = 10;

/// Infinities become the largest finite size of the row.
ArrayXd finite(const ArrayXd& values) {
  double largest = 0.0;
  for (const double value : values) {
    if (std::isfinite(value)) largest = std::max(largest, std::abs(value));
  }
  return values.unaryExpr([largest](double value) {
    return std::isinf(value) ? std::copysign(largest, value) : value;
  });
}

/// Mid-ranks of what is there; NaN stays.
ArrayXd ranks_of(const ArrayXd& values) {
  std::vector<Index> order;
  for (Index i = 0; i < values.size(); ++i) {
    if (!std::isnan(values(i))) order.push_back(i);
  }
  std::sort(order.begin(), order.end(), [&](Index a, Index b) { return values(a) < values(b); });
  ArrayXd ranks = values;
  for (std::size_t first = 0; first < order.size();) {
    std::size_t last = first;
    while (last < order.size() && values(order[last]) == values(order[first])) ++last;
    for (std::size_t i = first; i < last; ++i)
      ranks(order[i]) = static_cast<double>(first + last - 1) / 2.0;
    first = last;
  }
  return ranks;
}

/// Mean 0 and deviation 1 of what is there, 0 where it is not: sums over pairs then lose nothing.
void standardise(MatrixXd& rows, MatrixXd& present) {
  for (Index i = 0; i < rows.rows(); ++i) {
    const ArrayXd there =
        rows.row(i).array().isNaN().select(0.0, ArrayXd::Ones(rows.cols()).transpose());
    const double n = std::max(1.0, there.sum());
    ArrayXd values = rows.row(i).array().isNaN().select(0.0, rows.row(i).array());
    values = (values - values.sum() / n) * there;
    const double deviation = std::sqrt(values.square().sum() / n);
    if (deviation > 0.0) values /= deviation;
    rows.row(i) = values.transpose();
    present.row(i) = there.transpose();
  }
}

/// The rows of `table` that are numbers; booleans are 0 and 1.
MatrixXd numbers_of(const Table& table, const std::vector<std::size_t>& columns) {
  MatrixXd rows(static_cast<Index>(columns.size()), static_cast<Index>(table.rows()));
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const std::vector<double>& numbers = table.columns[columns[i]].numbers;
    rows.row(static_cast<Index>(i)) =
        Eigen::Map<const Eigen::RowVectorXd>(numbers.data(), static_cast<Index>(numbers.size()));
  }
  return rows;
}

double fisher_z(double r) { return std::atanh(std::clamp(r, -kMostCorrelation, kMostCorrelation)); }

/// A pair that was compared.
struct Compared {
  Index first = 0;
  Index second = 0;
  double q = 0.0;
  double deviation = 0.0;
};

std::vector<Compared> compare_pairs(const Correlations& before, const Correlations& now) {
  std::vector<Compared> pairs;
  for (Index j = 1; j < before.r.cols(); ++j) {
    for (Index i = 0; i < j; ++i) {
      const double variance = before.variance(i, j) + now.variance(i, j);
      if (!(variance > 0.0) || !std::isfinite(variance)) continue;
      pairs.push_back({.first = i,
                       .second = j,
                       .q = std::abs(fisher_z(now.r(i, j)) - fisher_z(before.r(i, j))),
                       .deviation = std::sqrt(variance)});
    }
  }
  std::sort(pairs.begin(), pairs.end(), [](const Compared& a, const Compared& b) {
    const double x = a.q / a.deviation;
    const double y = b.q / b.deviation;
    return x != y ? x > y : std::pair(a.second, a.first) < std::pair(b.second, b.first);
  });
  return pairs;
}

}  // namespace

Correlations correlations(const Eigen::Ref<const MatrixXd>& values, Correlation kind) {
  MatrixXd rows = values;
  for (Index i = 0; i < rows.rows(); ++i) {
    const ArrayXd row = rows.row(i).transpose().array();
    rows.row(i) = (kind == Correlation::kSpearman ? ranks_of(row) : finite(row)).transpose();
  }
  MatrixXd there(rows.rows(), rows.cols());
  standardise(rows, there);
  const MatrixXd squares = rows.cwiseAbs2();
  Correlations found;
  found.n = there * there.transpose();
  const Eigen::ArrayXXd n = found.n.array().max(1.0);
  // Sums over the columns that both have: of x where y is there, and so on.
  const Eigen::ArrayXXd x = (rows * there.transpose()).array() / n;
  const Eigen::ArrayXXd xx = (squares * there.transpose()).array() / n - x.square();
  const Eigen::ArrayXXd xy = (rows * rows.transpose()).array() / n - x * x.transpose();
  const Eigen::ArrayXXd size = (xx * xx.transpose()).sqrt();
  const Eigen::ArrayXXd r = (size > 1e-12).select((xy / size).min(1.0).max(-1.0), 0.0);
  found.r = r.matrix();
  found.r.diagonal().setOnes();
  const Eigen::ArrayXXd rest = (n - 3.0).max(1.0);
  if (kind == Correlation::kSpearman) {
    found.variance = ((1.0 + r.square() / 2.0) / rest).matrix();
  } else {
    // E (xy - r (x^2 + y^2) / 2)^2 from E x^2 y^2, E x^3 y and E x^4, of standardised values.
    const MatrixXd cubes = squares.cwiseProduct(rows);
    const MatrixXd fourths = squares.cwiseAbs2();
    const Eigen::ArrayXXd xxyy = (squares * squares.transpose()).array() / n;
    const Eigen::ArrayXXd xxxy = (cubes * rows.transpose()).array() / n;
    const Eigen::ArrayXXd xxxx = (fourths * there.transpose()).array() / n;
    const Eigen::ArrayXXd spread = xxyy - r * (xxxy + xxxy.transpose()) +
                                   r.square() / 4.0 * (xxxx + xxxx.transpose() + 2.0 * xxyy);
    const double most = kMostCorrelation * kMostCorrelation;
    const Eigen::ArrayXXd scale = (1.0 - r.square().min(most)).square();
    found.variance = (spread.max(0.0) / scale / rest).matrix();
  }
  // A column that does not vary has no correlation to compare.
  found.variance = (size > 1e-12).select(found.variance.array(), 0.0).matrix();
  return found;
}

Result<CorrelationDrift> correlation_drift(const Table& reference, const Table& current,
                                           Correlation kind) {
  if (auto alike = check_alike(reference, current, kLeastRows); !alike)
    return fail(std::move(alike.error()).in("correlation"));
  std::vector<std::size_t> columns;
  for (std::size_t i = 0; i < reference.columns.size(); ++i) {
    if (!reference.columns[i].is_categorical) columns.push_back(i);
  }
  const Correlations before = correlations(numbers_of(reference, columns), kind);
  const Correlations now = correlations(numbers_of(current, columns), kind);
  const std::vector<Compared> pairs = compare_pairs(before, now);
  if (pairs.empty())
    return fail(ErrorCode::kInsufficientData, "correlation: no two numeric columns vary");

  CorrelationDrift drift;
  drift.pairs = pairs.size();
  drift.null = Null::largest_of(pairs.front().deviation, static_cast<double>(pairs.size()));
  std::vector<double> p_values;
  for (const Compared& pair : pairs)
    p_values.push_back(Null::largest_of(pair.deviation, 1.0).tail(pair.q));
  const auto adjusted = threshold::adjusted_p_values(p_values, threshold::Correction::kHolm);
  LEEWAY_ASSERT(adjusted.has_value(), "they are probabilities");
  const auto name = [&](Index row) {
    return reference.columns[columns[static_cast<std::size_t>(row)]].name;
  };
  for (std::size_t i = 0; i < std::min(pairs.size(), kMostPairs); ++i) {
    const Compared& pair = pairs[i];
    drift.changed.push_back({.first = name(pair.first),
                             .second = name(pair.second),
                             .reference = before.r(pair.first, pair.second),
                             .current = now.r(pair.first, pair.second),
                             .q = pair.q,
                             .p_value = p_values[i],
                             .adjusted = (*adjusted)[i]});
  }
  return drift;
}

}  // namespace leeway::multivariate
