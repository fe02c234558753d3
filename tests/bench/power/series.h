#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "detectors/base/random.h"
#include "detectors/profile/reference.h"

namespace leeway::power {

/// A simulated model without drift: windows differ by more than the luck of their rows. Numeric
/// columns are normal (or log-normal) with the location and the logarithm of the scale straying
/// from window to window; the categorical one has eight values whose log shares stray.
struct Process {
  std::string_view name;
  std::string_view sentence;
  std::size_t numeric = 1;
  bool categorical = true;
  double stray = 0.0;        ///< standard deviation of a window's location, in those of the rows
  double scale_stray = 0.0;  ///< of the logarithm of its scale
  double autocorrelation = 0.0;  ///< of the strays from one window to the next
  double common = 0.0;           ///< the part of the strays' variance that columns share
  double weekend = 0.0;          ///< two windows of seven lie so far off
  double walk = 0.0;             ///< the location of every window moves on by so much
  double volume = 0.0;           ///< standard deviation of the logarithm of the row count
  bool heavy = false;            ///< strays have Student's distribution with 3 degrees of freedom
  bool skewed = false;
};

const std::vector<Process>& processes();
const Process& process(std::string_view name);

/// What happens to the first numeric and to the categorical column when there is drift.
struct Shift {
  std::string_view name;
  double size = 0.0;
  double location = 0.0;  ///< added, in standard deviations
  double scale = 1.0;     ///< multiplies what rows differ by
  double tail = 0.0;      ///< share of rows that lie 4 standard deviations higher
  double swap = 0.0;      ///< share of rows that take the rarest category
  double missing = 0.0;   ///< share of rows without a value
};

const std::vector<Shift>& shifts();

/// One window: numbers by column (NaN is missing), then the codes 0 to 7 of the category (-1 is
/// missing).
struct Window {
  std::vector<std::vector<double>> numbers;
  std::vector<int> categories;
  std::size_t rows = 0;
};

/// Draws the windows of a process one after another.
class Series {
 public:
  Series(const Process& process, std::uint64_t seed);

  Window next(std::size_t rows, const Shift& shift = {});

 private:
  double normal();
  double stray();
  std::vector<double> strays(std::vector<double>& state);

  const Process* process_;
  Random random_;
  std::optional<double> spare_;    // normal values are drawn in pairs
  std::vector<double> locations_;  // states of the autoregressions
  std::vector<double> scales_;
  double walked_ = 0.0;
  std::size_t time_ = 0;
};

/// The reference of windows that were drawn one after another, and profiles of more of them.
profile::Reference reference_of(const Process& process, const std::vector<Window>& windows);
profile::Profile profile_of(const profile::Schema& schema, const Window& window);

}  // namespace leeway::power
