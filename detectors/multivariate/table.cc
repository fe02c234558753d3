#include "detectors/multivariate/table.h"

#include <algorithm>
#include <numeric>

#include "detectors/base/random.h"

namespace leeway::multivariate {

Table Table::rows_at(const std::vector<std::size_t>& rows) const {
  Table chosen;
  for (const TableColumn& column : columns) {
    TableColumn& to = chosen.columns.emplace_back();
    to.name = column.name;
    to.is_categorical = column.is_categorical;
    for (const std::size_t row : rows) {
      if (column.is_categorical) {
        to.codes.push_back(column.codes[row]);
      } else {
        to.numbers.push_back(column.numbers[row]);
      }
    }
  }
  return chosen;
}

void Table::append(const Table& other) {
  if (columns.empty()) {
    columns = other.columns;
    return;
  }
  LEEWAY_ASSERT(columns.size() == other.columns.size(), "the samples have one schema");
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const TableColumn& from = other.columns[i];
    columns[i].numbers.insert(columns[i].numbers.end(), from.numbers.begin(), from.numbers.end());
    columns[i].codes.insert(columns[i].codes.end(), from.codes.begin(), from.codes.end());
  }
}

Result<> check_alike(const Table& reference, const Table& current, std::size_t least_rows) {
  if (reference.columns.size() != current.columns.size() || reference.columns.empty()) {
    return fail(ErrorCode::kInvalidArgument,
                "the reference has " + std::to_string(reference.columns.size()) +
                    " columns to compare, the window " + std::to_string(current.columns.size()));
  }
  for (std::size_t i = 0; i < reference.columns.size(); ++i) {
    const TableColumn& before = reference.columns[i];
    const TableColumn& now = current.columns[i];
    if (before.name != now.name || before.is_categorical != now.is_categorical) {
      return fail(ErrorCode::kInvalidArgument,
                  "column '" + before.name + "' meets another one, '" + now.name + "'");
    }
    if (before.rows() != reference.rows() || now.rows() != current.rows()) {
      return fail(ErrorCode::kInvalidArgument, "column '" + before.name + "' lacks rows");
    }
  }
  const std::size_t fewest = std::min(reference.rows(), current.rows());
  if (fewest < least_rows) {
    return fail(ErrorCode::kInsufficientData, std::to_string(fewest) + " rows, " +
                                                  std::to_string(least_rows) +
                                                  " are needed on each side");
  }
  return {};
}

std::vector<std::size_t> sample_rows(std::size_t rows, std::size_t most, std::uint64_t seed) {
  std::vector<std::size_t> chosen(rows);
  std::iota(chosen.begin(), chosen.end(), std::size_t{0});
  if (rows <= most) return chosen;
  Random random(seed);
  for (std::size_t i = 0; i < most; ++i) {  // the beginning of a Fisher-Yates shuffle
    std::swap(chosen[i], chosen[i + static_cast<std::size_t>(random.below(rows - i))]);
  }
  chosen.resize(most);
  std::sort(chosen.begin(), chosen.end());
  return chosen;
}

}  // namespace leeway::multivariate
