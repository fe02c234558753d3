#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "collectors/tables/duckdb.h"
#include "collectors/tables/missing_values.h"
#include "detectors/profile/categories.h"
#include "detectors/profile/distinct.h"

namespace leeway::tables {

/// Turns the values of one categorical or boolean column into small numbers that can be counted:
/// the categories that are known and, in the order they turn up, those that are not. One value has
/// one name whatever its type in the file: 7, 7.0 and "7" are "7".
class CategoryCoder {
 public:
  static constexpr std::uint32_t kMissing = 0;  ///< null or NaN
  static constexpr std::uint32_t kTypeError = 1;
  static constexpr std::uint32_t kOther = 2;  ///< not known, and no room left to remember its name
  static constexpr std::uint32_t kEmpty = 3;  ///< missing, an empty text
  static constexpr std::uint32_t kConfigured = 4;  ///< missing, another value that stands for none
  static constexpr std::uint32_t kFirst = 5;

  static bool is_missing(std::uint32_t code) {
    return code == kMissing || code == kEmpty || code == kConfigured;
  }

  struct Options {
    bool boolean = false;          ///< names are "false" and "true", all else is a type error
    std::size_t max_new = 65'536;  ///< names to remember beside the known ones
    std::size_t max_bytes = std::size_t{16} << 20U;  ///< of those names
  };

  CategoryCoder(std::shared_ptr<const profile::Categories> known, const MissingValues& missing,
                Options options);
  ~CategoryCoder();
  CategoryCoder(const CategoryCoder&) = delete;
  CategoryCoder& operator=(const CategoryCoder&) = delete;

  /// For values of a kind: kBoolean, kInteger, kReal, kText. Lives as long as the coder.
  ValueCode& code_for(Kind kind);

  std::uint32_t code(std::string_view text);
  std::uint32_t code(std::int64_t number);
  std::uint32_t code(double number);
  std::uint32_t code(bool value);

  /// Codes are below this; it grows.
  std::uint32_t end() const;
  std::string_view name(std::uint32_t code) const;

  /// Of the values that became kOther.
  const profile::Distinct& others() const { return others_; }

 private:
  template <class T>
  class Codes;
  std::uint32_t look_up(std::string_view name);
  std::uint32_t boolean(std::string_view text);

  std::shared_ptr<const profile::Categories> known_;
  const MissingValues* missing_;
  Options options_;
  std::deque<std::string> new_names_;
  std::unordered_map<std::string_view, std::uint32_t> new_codes_;
  std::size_t new_bytes_ = 0;
  profile::Distinct others_;
  std::array<std::unique_ptr<ValueCode>, 4> codes_;
};

}  // namespace leeway::tables
