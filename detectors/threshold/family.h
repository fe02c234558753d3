#pragma once

#include <span>
#include <vector>

#include "detectors/base/finding.h"
#include "detectors/threshold/residuals.h"
#include "detectors/threshold/strays.h"

namespace leeway::threshold {

/// The limit of one member of a family, as a value of its measure.
struct Bound {
  double value = 0.0;
  ThresholdBasis basis = ThresholdBasis::kNone;
};

/// The measures that decide about the columns of one window together, at one size of the window.
///
/// Fourth roots of strays are nearly normal, whether they stray in few directions or in many
/// (Hawkins and Wixley, Am. Stat. 40(4), 1986); their residuals make columns comparable. A window
/// is falsely critical if any column is, so it is the largest residual of each window of the
/// reference whose quantile is the limit of all columns: columns that stray together are paid for
/// once (Westfall and Young 1993, 2.6). A stray below its practical floor is never critical, and
/// costs nothing.
class Family {
 public:
  /// @param members  which outlive the family
  /// @param factor   rows of the window, as a multiple of what is usual in each column
  Family(std::span<const Strays* const> members, double factor);

  /// One bound per member, so that one more window like those of the reference is beyond any of
  /// them with probability alpha.
  ///
  /// From alpha = 1/(W+1) on, W windows vouch for that, assuming only that windows are
  /// exchangeable. Below, normal roots are assumed, alpha is divided among the columns that can
  /// reach their floor, and no bound is below the largest residual seen. Where strays last from one
  /// window to the next, bounds are raised by what that hides (Persistence::inflation), and where
  /// W windows are worth fewer than 3/4 of the independent ones that alpha takes, normal roots are
  /// assumed for the member. Members without windows
  /// have independent rows assumed. No bound is below what independent rows show at their part of
  /// alpha, nor below the practical floor.
  std::vector<Bound> bounds(double alpha) const;

  /// The probability that one more window shows a member's measure at `value` or more.
  double probability(std::size_t member, double value) const;

 private:
  struct Member {
    const Strays* strays = nullptr;
    double noise = 0.0;
    double scale = 1.0;
    double floor = 0.0;  ///< additive
    Spread roots{};
    bool has_windows() const { return roots.size > 0; }
  };

  void add(const Strays& strays, double factor);
  double exceeds(const Member& member, double value) const;
  bool vouched_for(const Member& member, double alpha) const;
  double share_of(double alpha) const;
  double independent_share_of(double alpha) const;
  double bound(const Member& member, double residual, double independent_alpha) const;

  std::vector<Member> members_;
  std::vector<double> maxima_;  // of the residuals of each window, descending
};

}  // namespace leeway::threshold
