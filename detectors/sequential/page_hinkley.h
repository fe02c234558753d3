#pragma once

#include <limits>
#include <span>

#include "detectors/sequential/detector.h"

namespace leeway::sequential {

/// Page-Hinkley test for a change of the mean, upwards, downwards or both (Page, Biometrika 41,
/// 1954). With the running mean and deviation d of each value from it:
/// U = alpha U + d - delta rises above its least value, or L = alpha L + d + delta falls below its
/// largest, by more than the threshold. With alpha = 1 it is the test as published; the river
/// library has this form from 0.15 on. O(1).
class PageHinkley final : public Detector {
 public:
  static std::span<const Parameter> parameters();

  explicit PageHinkley(const Parameters& parameters);

 private:
  DetectorState next(double value) override;
  void clear() override;
  void write_sequence(ByteWriter& out) const override;
  void read_sequence(ByteReader& in) override;

  struct Sums {
    double n = 0.0;
    double mean = 0.0;
    double up = 0.0;
    double down = 0.0;
    double least_up = std::numeric_limits<double>::infinity();
    double most_down = -std::numeric_limits<double>::infinity();
  };

  double min_samples_;
  double delta_;
  double threshold_;
  double alpha_;
  bool upwards_;
  bool downwards_;
  Sums sums_;
};

/// The same for a rise only, with a sum that never falls below 0: S = max(0, alpha S + d - delta)
/// reaches the threshold (`strict`: exceeds it). The form of older river, scikit-multiflow and,
/// with alpha = 1, of the "CUSUM" of Frouros. O(1).
class PageHinkleyOneSided final : public Detector {
 public:
  static std::span<const Parameter> parameters();

  explicit PageHinkleyOneSided(const Parameters& parameters);

  double mean() const { return mean_; }
  double sum() const { return sum_; }

 private:
  DetectorState next(double value) override;
  void clear() override;
  void write_sequence(ByteWriter& out) const override;
  void read_sequence(ByteReader& in) override;

  double min_samples_;
  double delta_;
  double threshold_;
  double alpha_;
  bool strict_;
  double n_ = 0.0;
  double mean_ = 0.0;
  double sum_ = 0.0;
};

}  // namespace leeway::sequential
