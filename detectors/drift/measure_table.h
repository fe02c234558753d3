#pragma once

#include <array>
#include <cstddef>

#include "detectors/drift/histogram_measures.h"
#include "detectors/drift/measures.h"
#include "detectors/drift/rank_measures.h"

namespace leeway::drift {

/// What measures() lists. A constant, so that the configuration language, which is one too, takes
/// its words from here.
inline constexpr auto kMeasures = std::to_array<Measure>({
    {.name = "psi",
     .sentence = "population stability index over the reference's tenths or categories: how far "
                 "the shares moved",
     .numeric = true,
     .categorical = true,
     .practical_floor = 0.05,
     .measure = &psi,
     .rows = &all_rows,
     .null_parameters = &filled_classes,
     .noise_floor = &psi_noise,
     .null_quantile = &psi_null_quantile},
    {.name = "ks",
     .sentence = "Kolmogorov-Smirnov distance: the largest difference between the two distribution "
                 "functions",
     .numeric = true,
     .most = 1.0,
     .practical_floor = 0.05,
     .measure = &ks,
     .rows = &rows_with_values,
     .null_parameters = &no_parameters,
     .noise_floor = &ks_noise,
     .null_quantile = &ks_null_quantile},
});

/// The names of those that can measure columns of a kind: &Measure::numeric, &Measure::categorical.
template <bool Measure::* kKind>
constexpr auto measure_names() {
  constexpr std::size_t kCount = [] {
    std::size_t count = 0;
    for (const Measure& measure : kMeasures) count += measure.*kKind ? 1 : 0;
    return count;
  }();
  std::array<std::string_view, kCount> names{};
  std::size_t at = 0;
  for (const Measure& measure : kMeasures) {
    if (measure.*kKind) names[at++] = measure.name;
  }
  return names;
}

constexpr auto all_measure_names() {
  std::array<std::string_view, kMeasures.size()> names{};
  for (std::size_t i = 0; i < names.size(); ++i) names[i] = kMeasures[i].name;
  return names;
}

}  // namespace leeway::drift
