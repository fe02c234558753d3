#pragma once

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

  bool contains(std::string_view text) const;
  bool contains(double number) const;

  std::span<const std::string> texts() const { return texts_; }
  bool has_numbers() const { return !numbers_.empty(); }

 private:
  std::vector<std::string> texts_;
  std::vector<double> numbers_;
};

/// All of `text` but the blanks around it as a number, also "inf" and "nan"; false if it is none.
bool read_number(std::string_view text, double& number);

}  // namespace leeway::tables
