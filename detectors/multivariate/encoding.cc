#include "detectors/multivariate/encoding.h"

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <cmath>

namespace leeway::multivariate {
namespace {

constexpr double kConstant = 1e-9;  // a deviation of so little of the size is rounding

double normal_quantile(double order) { return boost::math::quantile(boost::math::normal(), order); }

/// The normal quantile of the middle rank, inside (0, 1) by half a rank.
double normal_score(const std::vector<double>& sorted, double value) {
  const auto [first, last] = std::equal_range(sorted.begin(), sorted.end(), value);
  const auto n = static_cast<double>(sorted.size());
  const auto below = static_cast<double>(first - sorted.begin());
  const auto upto = static_cast<double>(last - sorted.begin());
  const double rank = std::clamp((below + upto) / 2.0, 0.5, n - 0.5);
  return normal_quantile(rank / n);
}

/// Mean and standard deviation of what is there.
std::pair<double, double> moments(const std::vector<double>& values) {
  double n = 0.0;
  double mean = 0.0;
  double squares = 0.0;
  for (const double value : values) {
    if (std::isnan(value)) continue;
    n += 1.0;
    const double step = value - mean;
    mean += step / n;
    squares += step * (value - mean);
  }
  return {mean, n > 0.0 ? std::sqrt(squares / n) : 0.0};
}

}  // namespace

void Encoding::encode_categories(const TableColumn& column, Code& code) const {
  std::vector<double> counts(TableColumn::kFirst, 0.0);
  for (const std::uint32_t value : column.codes) {
    if (value >= counts.size()) counts.resize(value + 1, 0.0);
    counts[value] += 1.0;
  }
  const double present = std::max(1.0, static_cast<double>(column.codes.size()) - counts[0]);
  std::vector<std::uint32_t> order;
  for (std::uint32_t value = TableColumn::kOther; value < counts.size(); ++value)
    order.push_back(value);
  std::sort(order.begin(), order.end(), [&counts](std::uint32_t a, std::uint32_t b) {
    return counts[a] != counts[b] ? counts[a] > counts[b] : a < b;
  });
  code.categories.assign(counts.size(), 0.0);
  double before = 0.0;
  for (const std::uint32_t value : order) {
    const double middle = (before + counts[value] / 2.0) / present;
    const double inside = std::clamp(middle, 0.5 / present, 1.0 - 0.5 / present);
    code.categories[value] =
        scale_ == Scale::kStandard ? counts[value] / present : normal_quantile(inside);
    before += counts[value];
  }
  code.categories[TableColumn::kMissing] = code.categories[order.front()];
  code.unseen = scale_ == Scale::kStandard ? 0.0 : normal_quantile(1.0 - 0.5 / present);
}

Encoding::Code Encoding::code_of(const TableColumn& column) const {
  Code code{.name = column.name};
  if (column.is_categorical) {
    encode_categories(column, code);
    return code;
  }
  for (const double value : column.numbers) {
    if (std::isnan(value)) continue;
    if (std::isfinite(value)) code.infinite = std::max(code.infinite, std::abs(value));
    if (scale_ == Scale::kNormalScores) code.sorted.push_back(value);
  }
  std::sort(code.sorted.begin(), code.sorted.end());
  return code;
}

/// Before standardising; NaN where missing.
std::vector<double> Encoding::raw(const Code& code, const TableColumn& column) const {
  std::vector<double> values;
  values.reserve(column.rows());
  for (const std::uint32_t value : column.codes)
    values.push_back(value < code.categories.size() ? code.categories[value] : code.unseen);
  for (const double value : column.numbers) {
    if (std::isnan(value) || scale_ == Scale::kStandard) {
      values.push_back(std::isinf(value) ? std::copysign(code.infinite, value) : value);
    } else {
      values.push_back(code.sorted.empty() ? 0.0 : normal_score(code.sorted, value));
    }
  }
  return values;
}

Result<Encoding> Encoding::learn(const Table& reference, Scale scale) {
  Encoding encoding;
  encoding.scale_ = scale;
  for (std::size_t i = 0; i < reference.columns.size(); ++i) {
    Code code = encoding.code_of(reference.columns[i]);
    code.column = i;
    const auto [mean, deviation] = moments(encoding.raw(code, reference.columns[i]));
    if (!(deviation > kConstant * std::abs(mean)) || !std::isfinite(deviation)) continue;
    code.mean = mean;
    code.deviation = deviation;
    encoding.codes_.push_back(std::move(code));
  }
  if (encoding.codes_.empty())
    return fail(ErrorCode::kInsufficientData, "no column varies in the reference");
  return encoding;
}

Eigen::MatrixXd Encoding::apply(const Table& table) const {
  Eigen::MatrixXd points(dimensions(), static_cast<Eigen::Index>(table.rows()));
  for (Eigen::Index d = 0; d < dimensions(); ++d) {
    const Code& code = codes_[static_cast<std::size_t>(d)];
    const std::vector<double> values = raw(code, table.columns[code.column]);
    for (std::size_t row = 0; row < values.size(); ++row) {
      const double point = (values[row] - code.mean) / code.deviation;
      points(d, static_cast<Eigen::Index>(row)) = std::isnan(point) ? 0.0 : point;
    }
  }
  return points;
}

}  // namespace leeway::multivariate
