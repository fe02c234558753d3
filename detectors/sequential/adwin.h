#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "detectors/sequential/detector.h"

namespace leeway::sequential {

/// ADWIN2 (Bifet and Gavalda, SIAM Int. Conf. Data Mining 2007): keeps a window that is as long as
/// its values look alike. Where two parts of the window have means that differ by more than
///
///   sqrt(2 m V d) + 2/3 d m,  m = 1/(n0 - min_window + 1) + 1/(n1 - min_window + 1),
///   d = ln(2 ln(width) / delta),  V the variance of the window,
///
/// its oldest values are dropped until no two parts do. The window is held in buckets of 1, 2, 4,
/// ... values, at most max_buckets of each size, and parts are what lies between two buckets:
/// memory and time of a check are O(max_buckets log(width)); an update without a check is O(1)
/// amortised.
///
/// The bound is meant for values between 0 and 1; others work if their range is not much larger
/// than their deviation. Squares have to stay finite.
class Adwin final : public Detector {
 public:
  static std::span<const Parameter> parameters();

  explicit Adwin(const Parameters& parameters);

  double width() const { return width_; }  ///< values in the window
  double mean() const { return width_ > 0.0 ? total_ / width_ : 0.0; }
  std::size_t buckets() const;

 private:
  struct Bucket {
    double total = 0.0;
    double variance = 0.0;  ///< sum of squared deviations
  };
  /// Buckets of 2^i values, the oldest first.
  using Row = std::vector<Bucket>;

  DetectorState next(double value) override;
  void clear() override;
  void write_sequence(ByteWriter& out) const override;
  void read_sequence(ByteReader& in) override;

  void insert(double value);
  void compress();
  void drop_oldest();
  bool shrink();
  bool has_cut() const;
  bool differ(double n0, double total0, double d) const;

  double delta_;
  double clock_;
  std::size_t max_buckets_;
  double min_window_;
  double grace_;
  bool skip_last_;

  std::vector<Row> rows_;
  double width_ = 0.0;
  double total_ = 0.0;
  double variance_ = 0.0;
  double ticks_ = 0.0;  ///< since the last check
};

}  // namespace leeway::sequential
