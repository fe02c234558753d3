#pragma once

#include <optional>
#include <span>

#include "detectors/sequential/detector.h"

namespace leeway::sequential {

/// HDDM-A (Frias-Blanco et al., IEEE TKDE 27(3), 2015): the mean of all values against the mean up
/// to the cut, the place where mean plus Hoeffding's bound was least. Without drift an increase is
/// seen with probability of at most `drift` at any value, whatever the distribution on [0, 1]; the
/// bound of the difference is sqrt(m/2 ln(1/alpha)), m = 1/n_cut - 1/n. O(1).
class HddmA final : public Detector {
 public:
  static std::span<const Parameter> parameters();
  static Result<> consistent(const Parameters& parameters);

  explicit HddmA(const Parameters& parameters);

 private:
  struct Mean {
    double n = 0.0;
    double sum = 0.0;
    double value() const { return sum / n; }
  };

  DetectorState next(double value) override;
  void clear() override;
  void write_sequence(ByteWriter& out) const override;
  void read_sequence(ByteReader& in) override;

  void move_cuts();
  bool rose(double log_alpha) const;
  bool fell(double log_alpha) const;

  double warm_up_;
  double log_drift_;  ///< ln(1/alpha)
  double log_warning_;
  bool two_sided_;
  Mean all_;
  Mean lowest_;   ///< up to the cut for an increase
  Mean highest_;  ///< up to the cut for a decrease
};

/// HDDM-W, of the same paper: exponentially weighted averages before and after the cut, with
/// McDiarmid's bound. Quicker at abrupt changes, where A is better at gradual ones. O(1).
class HddmW final : public Detector {
 public:
  static std::span<const Parameter> parameters();
  static Result<> consistent(const Parameters& parameters);

  explicit HddmW(const Parameters& parameters);

 private:
  /// The average with the sum of its squared weights, which the bound comes from. Its first value
  /// has the weight 1.
  struct Average {
    double value = 0.0;
    double weights = 0.0;
    bool empty() const { return weights == 0.0; }
  };
  /// A cut with the averages up to it and behind it.
  struct Cut {
    std::optional<double> bound{};
    Average before{};
    Average after{};
  };

  DetectorState next(double value) override;
  void clear() override;
  void write_sequence(ByteWriter& out) const override;
  void read_sequence(ByteReader& in) override;

  void add(Average& average, double value) const;
  void follow(Cut& cut, double value, double sign) const;
  bool differs(const Cut& cut, double log_alpha, double sign) const;

  double warm_up_;
  double log_drift_;
  double log_warning_;
  double lambda_;
  bool two_sided_;
  double n_ = 0.0;
  Average all_;
  Cut lowest_;
  Cut highest_;
};

}  // namespace leeway::sequential
