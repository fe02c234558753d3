#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace leeway::tables {

/// The values that the user says are none: texts, and those of them that are numbers.
class MissingValues {
 public:
  MissingValues() = default;
  explicit MissingValues(std::vector<std::string> texts);

  /// The empty text is a missing value of its own kind where it is one.
  bool contains(std::string_view text) const;
  bool contains(double number) const;

  std::span<const std::string> texts() const { return texts_; }
  bool has_numbers() const { return !numbers_.empty(); }

 private:
  std::vector<std::string> texts_;
  std::vector<double> numbers_;
};

inline constexpr std::size_t kNumberBytes = 32;

/// The one name of a number: digits alone of a whole one below 2^53, else the shortest that reads
/// as the same. A view into `text`.
std::string_view write_number(double number, std::array<char, kNumberBytes>& text);

/// All of `text` but the blanks around it as a number, also "inf" and "nan"; false if it is none.
bool read_number(std::string_view text, double& number);

}  // namespace leeway::tables
