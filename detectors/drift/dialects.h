#pragma once

#include <array>
#include <span>
#include <string_view>

#include "detectors/drift/measures.h"

namespace leeway::drift {

using MeasureNames = std::span<const std::string_view>;

/// A versioned set of exact definitions of the measures, so that a team can keep the numbers it
/// knows. What a dialect does not define anew is as in `leeway-1`.
struct Dialect {
  std::string_view name;
  std::string_view sentence;
  /// Its own definitions: entries as those of measures(), under the same names. Numbers and
  /// categories may have an entry each.
  std::span<const Measure> (*measures)();
  /// What it measures where the user names nothing, the deciding measure first.
  MeasureNames numeric = {};
  MeasureNames categorical = {};
  /// The same where that depends on the column; then the two above are empty.
  MeasureNames (*choose)(const Sides& sides) = nullptr;
};

std::span<const Measure> own_measures();  ///< none: leeway-1 is measures() itself
std::span<const Measure> scorecard_measures();
std::span<const Measure> evidently_measures();
MeasureNames evidently_choice(const Sides& sides);
std::span<const Measure> nannyml_measures();
std::span<const Measure> scipy_measures();
std::span<const Measure> azureml_measures();

inline constexpr auto kPsiAndKs = std::to_array<std::string_view>({"psi", "ks"});
inline constexpr auto kPsi = std::to_array<std::string_view>({"psi"});
inline constexpr auto kKs = std::to_array<std::string_view>({"ks"});
inline constexpr auto kChiSquared = std::to_array<std::string_view>({"chi_squared"});
inline constexpr auto kWasserstein = std::to_array<std::string_view>({"wasserstein"});
inline constexpr auto kJensenShannon = std::to_array<std::string_view>({"jensen_shannon"});

/// All dialects, ours first: the one list.
inline constexpr auto kDialects = std::to_array<Dialect>({
    {.name = "leeway-1",
     .sentence = "Leeway's own: reference tenths or values, cells of their own for missing, "
                 "non-finite and unseen values, rare categories together, limits learned from the "
                 "reference",
     .measures = &own_measures,
     .numeric = kPsiAndKs,
     .categorical = kPsi},
    {.name = "scorecard-1",
     .sentence = "as credit scoring has it: reference deciles with open ends or all categories, "
                 "missing values left out; psi of 0.1 warns, 0.25 is critical",
     .measures = &scorecard_measures,
     .numeric = kPsi,
     .categorical = kPsi},
    {.name = "evidently-0.7",
     .sentence = "Evidently 0.7: a test for up to 1,000 reference rows, a distance beyond, chosen "
                 "for each column by its values; equal-width bins over both sides together",
     .measures = &evidently_measures,
     .choose = &evidently_choice},
    {.name = "nannyml-0.13",
     .sentence = "NannyML 0.13: bins of the reference alone; critical beyond mean + 3 standard "
                 "deviations over the windows of the reference",
     .measures = &nannyml_measures,
     .numeric = kJensenShannon,
     .categorical = kJensenShannon},
    {.name = "scipy",
     .sentence = "the functions of scipy.stats with their defaults; tests are held against a level "
                 "of 0.05, distances inform",
     .measures = &scipy_measures,
     .numeric = kKs,
     .categorical = kChiSquared},
    {.name = "azureml-v2",
     .sentence = "model monitoring of Azure Machine Learning (v2): equal-width bins over both "
                 "sides together; wasserstein and jensen_shannon are critical above 0.1",
     .measures = &azureml_measures,
     .numeric = kWasserstein,
     .categorical = kJensenShannon},
});

constexpr auto dialect_names() {
  std::array<std::string_view, kDialects.size()> names{};
  for (std::size_t i = 0; i < names.size(); ++i) names[i] = kDialects[i].name;
  return names;
}

const Dialect* find_dialect(std::string_view name);

/// What a dialect measures a column by where the user names nothing.
MeasureNames default_measures(const Dialect& dialect, const Sides& sides);

/// The definition of a measure for columns of a type; null if there is no such measure. It may be
/// one that does not apply to the type.
const Measure* find_measure(const Dialect& dialect, std::string_view name, ColumnType type);

}  // namespace leeway::drift
