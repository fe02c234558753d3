#pragma once

#include <cstdlib>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "detectors/drift/dialects.h"
#include "tests/detectors/drift/samples.h"

namespace leeway::drift {

/// Two samples of one column, with everything that a measure may look at.
class TwoSamples {
 public:
  TwoSamples(std::vector<double> reference, std::vector<double> current, bool is_private = false)
      : column_(hidden(numeric_column("x", reference), is_private)),
        reference_(folded(column_, reference)),
        current_(folded(column_, current)),
        reference_sorted_(sorted(std::move(reference))),
        current_sorted_(sorted(std::move(current))),
        classes_(column_, reference_, kMinRows) {}

  TwoSamples(const std::vector<std::string>& reference, const std::vector<std::string>& current,
             bool is_private = false)
      : column_(hidden(categorical_column("c", reference), is_private)),
        reference_(folded(column_, reference)),
        current_(folded(column_, current)),
        classes_(column_, reference_, kMinRows) {}

  Sides rows() const {
    return {.column = column_,
            .reference = reference_,
            .current = current_,
            .classes = classes_,
            .reference_sorted = reference_sorted_,
            .current_sorted = current_sorted_};
  }
  /// Without the rows.
  Sides profiles() const {
    return {.column = column_, .reference = reference_, .current = current_, .classes = classes_};
  }

 private:
  static constexpr std::uint64_t kMinRows = 200;

  static profile::Column hidden(profile::Column column, bool is_private) {
    column.is_private = is_private;
    return column;
  }

  profile::Column column_;
  profile::ColumnProfile reference_;
  profile::ColumnProfile current_;
  std::vector<double> reference_sorted_;
  std::vector<double> current_sorted_;
  Classes classes_;
};

inline const Measure& definition(std::string_view dialect, std::string_view measure,
                                 const Sides& sides) {
  return *find_measure(*find_dialect(dialect), measure, sides.column.type);
}

inline Result<Measured> measured(std::string_view dialect, std::string_view measure,
                                 const Sides& sides) {
  return definition(dialect, measure, sides).measure(sides);
}

/// Half a unit of the last digit of a number as it was printed, and a little more for the printing
/// of ours.
inline double half_digit(const char* printed) {
  const std::string text(printed);
  const std::size_t e = text.find_first_of("eE");
  const std::string mantissa = text.substr(0, e);
  const std::size_t dot = mantissa.find('.');
  const double decimals =
      dot == std::string::npos ? 0.0 : static_cast<double>(mantissa.size() - dot - 1);
  const double exponent = e == std::string::npos ? 0.0 : std::strtod(text.c_str() + e + 1, nullptr);
  return 0.5001 * std::pow(10.0, exponent - decimals);
}

}  // namespace leeway::drift
