#pragma once

#include <span>

#include "detectors/sequential/detector.h"

namespace leeway::sequential {

/// Drift detection method (Gama et al., SBIA 2004): the error rate p of a model with its deviation
/// s = sqrt(p(1-p)/n), against where p + s was least: a warning above p_min + 2 s_min, drift above
/// p_min + 3 s_min. A model without an error so far drifts with the first one after the warm-up.
/// O(1).
class Ddm final : public Detector {
 public:
  static std::span<const Parameter> parameters();
  static Result<> consistent(const Parameters& parameters);

  explicit Ddm(const Parameters& parameters);

  double error_rate() const { return p_; }

 private:
  DetectorState next(double value) override;
  void clear() override;
  void write_sequence(ByteWriter& out) const override;
  void read_sequence(ByteReader& in) override;

  double warm_up_;
  double warning_;
  double drift_;
  double n_ = 0.0;
  double p_ = 0.0;
  double p_least_ = 0.0;
  double s_least_ = 0.0;
  bool has_least_ = false;
};

/// Early drift detection method (Baena-Garcia et al., 2006): the distance between two errors, mean
/// plus two deviations, against the largest that was seen. Finds a gradual rise of errors earlier
/// than DDM, at the price of many false alarms on a steady stream of errors: 5 in 1,000 values at
/// an error rate of 0.2 with its defaults. O(1).
class Eddm final : public Detector {
 public:
  static std::span<const Parameter> parameters();
  static Result<> consistent(const Parameters& parameters);

  explicit Eddm(const Parameters& parameters);

 private:
  DetectorState next(double value) override;
  void clear() override;
  void write_sequence(ByteWriter& out) const override;
  void read_sequence(ByteReader& in) override;

  DetectorState judge(double level);

  struct Sums {
    double n = 0.0;
    double last = 0.0;  ///< position of the last error
    double errors = 0.0;
    double mean = 0.0;
    double squares = 0.0;
    double most = -1.0;
  };

  double warm_up_;
  double min_errors_;
  double warning_;
  double drift_;
  double ddof_;
  Sums sums_;
  DetectorState held_ = DetectorState::kWarmingUp;  ///< between two errors
};

}  // namespace leeway::sequential
