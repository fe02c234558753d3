#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "detectors/base/random.h"
#include "detectors/sequential/detector.h"

namespace leeway::sequential {

/// Kolmogorov-Smirnov windowing (Raab, Heusinger, Schleif, Neurocomputing 416, 2020): the newest
/// `stat` values against `stat` of the older ones in the window, drawn anew for each value from a
/// seeded generator that starts again at each restart, or against all of them. A test is made at
/// each value, so a change is reported falsely far more often than once in 1/alpha values. On
/// values of which only a few differ (errors, 0 or 1) it sees little.
///
/// Memory is the window; an update sorts it, O(window log(stat)).
class Kswin final : public Detector {
 public:
  static std::span<const Parameter> parameters();
  static Result<> consistent(const Parameters& parameters);

  explicit Kswin(const Parameters& parameters);

  double statistic() const { return statistic_; }  ///< D of the last test, 0 before the first
  double p_value() const;                          ///< of the last test, 1 before the first

 private:
  DetectorState next(double value) override;
  void clear() override;
  void write_sequence(ByteWriter& out) const override;
  void read_sequence(ByteReader& in) override;

  std::size_t older_size() const;
  double p_of(double statistic) const;
  double least_reported() const;
  void draw_older();

  std::size_t window_;
  std::size_t stat_;
  double alpha_;
  double min_statistic_;
  bool all_;
  bool exact_;
  Random initial_;
  double critical_;  ///< the least D that is reported

  Random random_;
  std::vector<double> values_;  ///< the window, a ring once it is full
  std::size_t oldest_ = 0;
  double statistic_ = 0.0;
  std::vector<double> older_;  ///< kept between tests only to save allocations
  std::vector<double> newest_;
};

}  // namespace leeway::sequential
