#pragma once

#include <optional>
#include <string>
#include <vector>

#include "detectors/drift/dialects.h"
#include "detectors/profile/reference.h"
#include "detectors/threshold/null_model.h"
#include "detectors/threshold/persistence.h"

namespace leeway::threshold {

/// How far one window of the reference lies from the others, on the additive scale. So much of it
/// as independent rows show at its rank among the windows is sampling, and scales with the noise
/// floor; what exceeds that is a difference between windows and stays, however many rows there are.
struct Stray {
  double value = 0.0;
  double noise = 0.0;     ///< the noise floor of that comparison
  double sampling = 0.0;  ///< so much of the value is sampling, see at()

  /// What the same window would show at another noise floor.
  double at(double other_noise) const { return sampling * other_noise / noise + value - sampling; }
};

/// The strays of one measure on one column.
struct Strays {
  std::size_t column = 0;
  std::size_t place = 0;  ///< of the measure in the list of its type; 0 decides
  const drift::Measure* measure = nullptr;
  NullModel null;
  double reference_rows = 0.0;
  double window_rows = 0.0;  ///< the median of the windows'; `min_rows` without windows
  std::vector<std::optional<Stray>> windows{};  ///< in order of time; nothing if not measurable
  Persistence persistence{};                    ///< of those
};

/// The measures whose strays are wanted: those of the two lists, or where one is empty what the
/// dialect measures such columns by.
struct StrayMeasures {
  std::vector<std::string> numeric{};
  std::vector<std::string> categorical{};
  const drift::Dialect& dialect;
};

/// Those that a column is measured by.
std::vector<std::string> names_for(const StrayMeasures& measures, const drift::Sides& sides);

/// Compares each window of the reference with the others, and with the next one: what happens to a
/// window often lasts, and the windows that will be judged lie beyond the end of the reference. See
/// persistence_of().
///
/// Windows of different phases of a season (Reference::Window::phase) are not compared: the others
/// are those of the same phase, in bins of equal mass of that phase.
///
/// Windows with less than a quarter of the median row count say nothing about whole ones and are
/// left out; with fewer than 4 others there are no strays at all, but every judged column and every
/// measure of it whose null distribution is known has its entry.
/// Measures of numbers that need their rows are given approximate_rows().
/// O(windows x columns x cells) time, O(windows x cells) space.
std::vector<Strays> strays(const profile::Reference& reference, const StrayMeasures& measures,
                           std::uint64_t min_rows);

}  // namespace leeway::threshold
