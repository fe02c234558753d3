#include "detectors/drift/quality_measures.h"

#include <algorithm>
#include <array>

namespace leeway::drift {

std::span<const QualityMeasure> quality_measures() {
  static constexpr auto kMeasures = std::to_array<QualityMeasure>({
      {"missing", "share of rows with null, NaN, an empty text or a value that stands for none"},
      {"unseen", "share of values that are no category of the reference"},
      {"type_errors", "share of rows with a value that is not of the column's type"},
      {"non_finite", "share of numbers that are infinite"},
      {"range", "share of numbers outside of 'min' and 'max', or beyond the reference's range"},
      {"set", "share of values that are none of 'one_of'"},
      {"pattern", "share of values that do not match 'pattern'"},
      {"duplicates",
       "share of rows that repeat an id, from a sample of the ids; at 1 % within 0.5 points"},
      {"constant", "1 for one value in all rows where the reference says that this is rare"},
      {"duplicate_rows", "share of rows that repeat another one, from a sample of the rows"},
  });
  return kMeasures;
}

bool is_quality_measure(std::string_view measure) {
  return std::ranges::any_of(quality_measures(),
                             [measure](const auto& known) { return known.name == measure; });
}

}  // namespace leeway::drift
