#include "detectors/threshold/family.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace leeway::threshold {
namespace {

constexpr double kEnough = 0.75;  // of the windows that a level takes
constexpr double kNever = -std::numeric_limits<double>::infinity();

double root(double additive) { return std::sqrt(std::sqrt(additive)); }
double additive(double root) { return root * root * root * root; }

}  // namespace

Family::Family(std::span<const Strays* const> members, double factor) {
  for (const Strays* const member : members) add(*member, factor);
  std::sort(maxima_.begin(), maxima_.end(), std::greater<>());
}

void Family::add(const Strays& strays, double factor) {
  const double rows = factor * strays.window_rows;
  Member member{.strays = &strays,
                .noise = strays.null.noise(strays.reference_rows, rows),
                .scale = strays.measure->scale_at(strays.reference_rows, rows),
                .floor = strays.null.additive(strays.measure->practical_floor)};
  maxima_.resize(std::max(maxima_.size(), strays.windows.size()), kNever);
  std::vector<double> roots;
  std::vector<std::size_t> at;
  for (std::size_t i = 0; i < strays.windows.size(); ++i) {
    if (!strays.windows[i]) continue;
    roots.push_back(root(strays.windows[i]->at(member.noise)));
    at.push_back(i);
  }
  if (!roots.empty()) {
    const double least = strays.null.root_deviation() * root(member.noise);
    member.roots = spread_of(roots, least);
    const std::vector<double> residuals = deleted_residuals(roots, least);
    for (std::size_t i = 0; i < roots.size(); ++i) {
      if (strays.persistence.inflation * additive(roots[i]) >= member.floor)
        maxima_[at[i]] = std::max(maxima_[at[i]], residuals[i]);
    }
  }
  members_.push_back(std::move(member));
}

double Family::exceeds(const Member& member, double value) const {
  const double distance = root(value / member.strays->persistence.inflation) - member.roots.mean;
  if (member.roots.deviation <= 0.0) return distance > 0.0 ? 0.0 : 1.0;
  return residual_probability(distance / member.roots.deviation,
                              static_cast<double>(member.roots.size));
}

/// The level of each column at which the union of all is at `alpha`: a column exceeds its limit
/// with that probability, or with that of reaching its floor if it is smaller.
double Family::share_of(double alpha) const {
  std::vector<double> reach;
  for (const Member& member : members_) {
    if (member.has_windows()) reach.push_back(exceeds(member, member.floor));
  }
  std::sort(reach.begin(), reach.end());
  double left = alpha;
  for (std::size_t i = 0; i < reach.size(); ++i) {
    const double even = left / static_cast<double>(reach.size() - i);
    if (reach[i] >= even) return even;
    left -= reach[i];
  }
  return alpha;
}

double Family::independent_share_of(double alpha) const {
  const double even = alpha / static_cast<double>(std::max<std::size_t>(members_.size(), 1));
  const auto reaching =
      std::count_if(members_.begin(), members_.end(), [even](const Member& member) {
        return member.strays->null.quantile(even) * member.noise > member.floor;
      });
  return alpha / static_cast<double>(std::max<std::ptrdiff_t>(reaching, 1));
}

double Family::bound(const Member& member, double residual, double independent_alpha) const {
  const NullModel& null = member.strays->null;
  double value = null.quantile(independent_alpha) * member.noise;
  if (member.has_windows() && std::isfinite(residual)) {
    const double seen = additive(std::max(member.roots.at(residual), 0.0));
    value = std::max(value, member.strays->persistence.inflation * seen);
  }
  return member.scale * std::max(member.strays->measure->practical_floor, null.scaled_value(value));
}

bool Family::vouched_for(const Member& member, double alpha) const {
  const double effective = member.strays->persistence.effective_windows;
  return alpha * static_cast<double>(maxima_.size() + 1) >= 1.0 &&
         alpha * (effective + 1.0) >= kEnough;
}

std::vector<Bound> Family::bounds(double alpha) const {
  const bool vouched = alpha * static_cast<double>(maxima_.size() + 1) >= 1.0;
  const double seen = maxima_.empty() ? kNever
                      : vouched       ? upper_quantile(maxima_, alpha)
                                      : maxima_.front();
  const double share = vouched ? alpha : share_of(alpha);
  const double independent = independent_share_of(alpha);
  std::vector<Bound> bounds;
  for (const Member& member : members_) {
    if (!member.has_windows()) {
      bounds.push_back({bound(member, kNever, independent), ThresholdBasis::kIid});
    } else if (vouched_for(member, alpha)) {
      bounds.push_back({bound(member, seen, independent), ThresholdBasis::kWindows});
    } else {
      const double worth = std::min(member.strays->persistence.effective_windows,
                                    static_cast<double>(member.roots.size));
      const double beyond = std::max(seen, residual_quantile(share, worth));
      bounds.push_back({bound(member, beyond, independent), ThresholdBasis::kExtrapolated});
    }
  }
  return bounds;
}

double Family::probability(std::size_t member, double value) const {
  const Member& of = members_[member];
  if (of.has_windows()) return exceeds(of, of.strays->null.additive(value / of.scale));
  // Without windows only quantiles are known: the level at which independent rows reach the value.
  double low = 1e-12;
  double high = 1.0 - 1e-12;
  const double multiple =
      of.noise > 0.0 ? of.strays->null.additive(value / of.scale) / of.noise : 0.0;
  for (int i = 0; i < 60; ++i) {
    const double middle = std::sqrt(low * high);
    (of.strays->null.quantile(middle) > multiple ? low : high) = middle;
  }
  return high;
}

}  // namespace leeway::threshold
