#pragma once

#include <span>

#include "detectors/sequential/detector.h"

namespace leeway::sequential {

/// Tabular CUSUM of a sequence whose mean and standard deviation are known, of the reference for
/// instance: with z = (x - mean)/sigma, up = max(0, up + z - k) or down = max(0, down - z - k)
/// exceeds h. With k = 0.5 and h = 5 it finds a shift of one sigma after about 10 values and alarms
/// falsely once in 465 independent normal ones (Montgomery, Introduction to Statistical Quality
/// Control, section 9.1). O(1).
class Cusum final : public Detector {
 public:
  static std::span<const Parameter> parameters();

  explicit Cusum(const Parameters& parameters);

  double up() const { return up_; }
  double down() const { return down_; }

 private:
  DetectorState next(double value) override;
  void clear() override;
  void write_sequence(ByteWriter& out) const override;
  void read_sequence(ByteReader& in) override;

  double mean_;
  double sigma_;
  double k_;
  double h_;
  bool reset_;
  double up_ = 0.0;
  double down_ = 0.0;
};

/// The same with the mean and the sample standard deviation of the first values; after a change
/// they are learned anew. A sequence that was constant so far reports the first other value. The
/// form of river. O(1).
class CusumWarmUp final : public Detector {
 public:
  static std::span<const Parameter> parameters();

  explicit CusumWarmUp(const Parameters& parameters);

 private:
  DetectorState next(double value) override;
  void clear() override;
  void write_sequence(ByteWriter& out) const override;
  void read_sequence(ByteReader& in) override;

  struct Sums {
    double n = 0.0;
    double mean = 0.0;
    double squares = 0.0;
    double up = 0.0;
    double down = 0.0;
  };

  double warm_up_;
  double k_;
  double h_;
  bool include_last_;
  Sums sums_;
};

}  // namespace leeway::sequential
