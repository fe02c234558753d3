#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "detectors/base/result.h"

namespace leeway::multivariate {

/// One column of a sample of rows: numbers, or codes of categories.
struct TableColumn {
  static constexpr std::uint32_t kMissing = 0;  ///< code of a missing value
  static constexpr std::uint32_t kOther = 1;    ///< code of a category that the reference lacks
  static constexpr std::uint32_t kFirst = 2;    ///< code of the reference's first category

  std::string name{};
  std::vector<double> numbers{};       ///< NaN: missing; infinities are values
  std::vector<std::uint32_t> codes{};  ///< of categorical and boolean columns; else empty
  bool is_categorical = false;

  std::size_t rows() const { return is_categorical ? codes.size() : numbers.size(); }
};

/// The same rows of several columns: what measures over several columns read. A sample that is
/// bounded by whoever made it, in any order of rows.
struct Table {
  std::vector<TableColumn> columns{};

  std::size_t rows() const { return columns.empty() ? 0 : columns.front().rows(); }

  /// These rows, which may repeat.
  Table rows_at(const std::vector<std::size_t>& rows) const;
  /// The rows of `other` behind its own. The columns must be the same.
  void append(const Table& other);
};

/// Rows of an embedding column: lists of one length, without missing ones.
struct Vectors {
  std::size_t dimension = 0;
  std::vector<float> values{};  ///< row after row

  std::size_t rows() const { return dimension == 0 ? 0 : values.size() / dimension; }
};

/// Both have at least one column and `least_rows` rows, columns of equal length, and agree in names
/// and kinds; else kInvalidArgument, or kInsufficientData where only rows are lacking.
Result<> check_alike(const Table& reference, const Table& current, std::size_t least_rows);

/// Positions of at most `most` of `rows` rows, ascending: all of them, or a seeded sample.
std::vector<std::size_t> sample_rows(std::size_t rows, std::size_t most, std::uint64_t seed);

}  // namespace leeway::multivariate
