#pragma once

#include <span>

#include "detectors/sequential/detector.h"

namespace leeway::sequential {

/// Chart of the exponentially weighted moving average of a sequence whose mean and standard
/// deviation are known: z = lambda x + (1 - lambda) z leaves mean +- L sigma
/// sqrt(lambda/(2 - lambda) (1 - (1 - lambda)^(2i))), with i values since the start. Good at small
/// shifts; lambda = 1 is a Shewhart chart. Roberts, Technometrics 1(3), 1959. O(1).
class EwmaChart final : public Detector {
 public:
  static std::span<const Parameter> parameters();

  explicit EwmaChart(const Parameters& parameters);

  double average() const { return z_; }

 private:
  DetectorState next(double value) override;
  void clear() override;
  void write_sequence(ByteWriter& out) const override;
  void read_sequence(ByteReader& in) override;

  double mean_;
  double sigma_;
  double lambda_;
  double limit_;
  bool reset_;
  double settled_;  ///< values after which the limit stays the same
  double n_ = 0.0;
  double z_;
};

/// Shewhart's chart: every value further than L sigma from the mean. O(1), without memory.
class Shewhart final : public Detector {
 public:
  static std::span<const Parameter> parameters();

  explicit Shewhart(const Parameters& parameters);

 private:
  DetectorState next(double value) override;
  void clear() override {}
  void write_sequence(ByteWriter& /*out*/) const override {}
  void read_sequence(ByteReader& /*in*/) override {}

  double mean_;
  double limit_;
};

}  // namespace leeway::sequential
