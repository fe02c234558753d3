#pragma once

#include <cstdint>

#include "detectors/base/random.h"

namespace leeway::drift {

/// How many of `row` rows, drawn without replacement from `row + other_row`, are among the `column`
/// marked ones: the first cell of a 2 x 2 table whose margins are given. All are whole numbers
/// below 2^51, column <= row + other_row. Thread-safe: std::lgamma, which writes a global, is not
/// called.
class Hypergeometric {
 public:
  Hypergeometric(double row, double other_row, double column)
      : row_(row), other_row_(other_row), column_(column) {}

  double least() const;
  double most() const;
  double mode() const;

  /// To some 1e-13 relative to the probability, also for billions (Loader 2000, saddle points).
  double log_probability(double x) const;

  /// P(X <= x) / P(X = x) for x not above the mode, so that the terms fall.
  double lower_tail(double x) const;
  /// P(X >= x) / P(X = x) for x not below the mode.
  double upper_tail(double x) const;

  /// One draw, by inversion from the mode outwards: as many steps as it lies away from the mode.
  double draw(Random& random) const;

 private:
  /// P(X = x + 1) / P(X = x), and P(X = x - 1) / P(X = x).
  double ratio_up(double x) const {
    return (row_ - x) / (x + 1.0) * ((column_ - x) / (other_row_ - column_ + x + 1.0));
  }
  double ratio_down(double x) const {
    return x / (row_ - x + 1.0) * ((other_row_ - column_ + x) / (column_ - x + 1.0));
  }

  double row_;
  double other_row_;
  double column_;
};

}  // namespace leeway::drift
