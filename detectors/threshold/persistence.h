#pragma once

#include <cstddef>

namespace leeway::threshold {

/// How much the windows of a reference say about windows to come, when what sets a window apart
/// lasts into the next ones.
struct Persistence {
  double effective_windows = 0.0;  ///< so many independent ones have as steady a largest stray
  double inflation = 1.0;          ///< future strays are so much larger (additive scale), >= 1
};

/// What persistence is estimated from, on the additive scale, means over windows.
struct Differences {
  double from_all = 0.0;        ///< of a window from all others
  double from_next = 0.0;       ///< of a window from the next
  double noise_from_all = 0.0;  ///< what of these is the luck of the rows
  double noise_from_next = 0.0;
};

/// The windows are taken as an autoregression of first order with the luck of their rows added.
/// Neighbours differ by 2 (1 - phi) of the variance of strays, which gives phi; half of the known
/// bias of its estimate, (1 + 3 phi)/n (Marriott and Pope, Biometrika 41, 1954), is added: all of
/// it costs more power than it gains. phi is at most 0.95: a month of windows cannot tell more
/// from a walk.
///
/// With V the variance of the mean of n such windows over that of one, a later window lies off the
/// mean by a variance of 1 + V, those that were seen by 1 - V on average: inflation is their ratio,
/// over what it is without persistence. The squares of deviations, of which a largest one is
/// sought, correlate by the square of what deviations do.
///
/// O(windows). For n >= 4.
Persistence persistence_of(const Differences& differences, std::size_t windows);

}  // namespace leeway::threshold
