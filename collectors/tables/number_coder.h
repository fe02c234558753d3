#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "collectors/tables/duckdb.h"
#include "collectors/tables/missing_values.h"

namespace leeway::tables {

/// Turns the numbers of a column that its file holds by dictionary into codes, in the order in
/// which they turn up. To count a code costs a fifth of what it costs to fold a number; the numbers
/// are folded once each, with their counts.
class NumberCoder {
 public:
  static constexpr std::uint32_t kMissing = 0;     ///< null
  static constexpr std::uint32_t kConfigured = 1;  ///< a value that stands for none
  static constexpr std::uint32_t kFirst = 2;
  static constexpr std::size_t kMost = 32'768;  ///< different numbers

  explicit NumberCoder(const MissingValues& missing);
  ~NumberCoder();
  NumberCoder(const NumberCoder&) = delete;
  NumberCoder& operator=(const NumberCoder&) = delete;

  /// True for the types that DuckDB has plain numbers in.
  static bool reads(std::string_view type_name) {
    return with_type(type_name, [](auto) { return true; });
  }
  /// make(T{}) for the type that those numbers have here; false if there is none.
  template <class Make>
  static bool with_type(std::string_view name, const Make& make) {
    if (name == "DOUBLE") return make(double{});
    if (name == "FLOAT") return make(float{});
    if (name == "BIGINT") return make(std::int64_t{});
    if (name == "INTEGER") return make(std::int32_t{});
    if (name == "SMALLINT") return make(std::int16_t{});
    if (name == "TINYINT") return make(std::int8_t{});
    if (name == "UBIGINT") return make(std::uint64_t{});
    if (name == "UINTEGER") return make(std::uint32_t{});
    if (name == "USMALLINT") return make(std::uint16_t{});
    if (name == "UTINYINT") return make(std::uint8_t{});
    return false;
  }
  /// For values of such a type. Lives as long as the coder.
  ValueCode& code_for(std::string_view type_name);

  std::uint32_t code(double value);

  /// By code; below kFirst NaN.
  std::span<const double> numbers() const { return numbers_; }

  /// There were more than kMost different numbers, some have no code: read the column otherwise.
  bool is_full() const { return full_; }

 private:
  template <class T>
  class Codes;
  void grow();

  const MissingValues* missing_;
  std::vector<double> numbers_;
  std::vector<std::uint32_t> slots_;  // open addressing, at most half full; 0 is free
  bool full_ = false;
  std::vector<std::pair<std::string_view, std::unique_ptr<ValueCode>>> codes_;
};

}  // namespace leeway::tables
