#include "detectors/multivariate/baseline.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

namespace leeway::multivariate {
namespace {

constexpr std::size_t kFewestWindows = 4;
constexpr std::size_t kLiveWindowsForCritical = 14;
constexpr double kWarningLevels = 5.0;
constexpr double kMostAlpha = 0.5;

/// How far a value lies above the center, in multiples of the null's scale.
double position(const Shown& shown) { return (shown.value - shown.null.center) / shown.null.scale; }

double rank_alpha(std::size_t rank, std::size_t windows) {
  return static_cast<double>(rank + 1) / static_cast<double>(windows + 1);
}

/// The windows with a null to measure them by, the farthest first.
std::vector<Shown> usable(std::span<const Shown> windows) {
  std::vector<Shown> some;
  for (const Shown& shown : windows) {
    if (shown.null.scale > 0.0 && std::isfinite(shown.value)) some.push_back(shown);
  }
  std::sort(some.begin(), some.end(),
            [](const Shown& a, const Shown& b) { return position(a) > position(b); });
  return some;
}

/// Where the windows would lie at the null at hand, the farthest first.
std::vector<double> positions_at(const std::vector<Shown>& windows, const Null& now) {
  std::vector<double> positions;
  for (std::size_t i = 0; i < windows.size(); ++i) {
    const double at = position(windows[i]);
    const double sampling =
        std::min(at, windows[i].null.standard_quantile(rank_alpha(i, windows.size())));
    positions.push_back(sampling + (at - sampling) * windows[i].null.scale / now.scale);
  }
  std::sort(positions.begin(), positions.end(), std::greater<>());
  return positions;
}

}  // namespace

Level level(std::span<const Shown> windows, const Null& now, double alpha) {
  const double independent = now.standard_quantile(std::min(alpha, kMostAlpha));
  const std::vector<Shown> some = usable(windows);
  const auto at = [&now](double standard, ThresholdBasis basis) {
    return Level{.value = now.center + now.scale * standard, .basis = basis};
  };
  if (some.size() < kFewestWindows || !(now.scale > 0.0))
    return at(independent, ThresholdBasis::kIid);
  const std::vector<double> positions = positions_at(some, now);
  const double rank = alpha * static_cast<double>(positions.size() + 1);  // 1: the farthest
  if (rank >= 1.0) {
    const std::size_t above = std::min(static_cast<std::size_t>(rank), positions.size());
    const std::size_t below = std::min(above + 1, positions.size());
    const double seen = positions[above - 1] +
                        (rank - std::floor(rank)) * (positions[below - 1] - positions[above - 1]);
    return at(std::max(seen, independent), ThresholdBasis::kWindows);
  }
  double stretch = 1.0;
  for (std::size_t i = 0; i < positions.size() / 2; ++i) {
    const double expected = now.standard_quantile(rank_alpha(i, positions.size()));
    if (expected > 0.0) stretch = std::max(stretch, positions[i] / expected);
  }
  return at(stretch * independent, ThresholdBasis::kExtrapolated);
}

threshold::Limit limit(const MeasureInfo& measure, std::span<const Shown> windows, const Null& now,
                       double alpha, std::size_t live_windows) {
  const Level critical = level(windows, now, alpha);
  const Level warning = level(windows, now, kWarningLevels * alpha);
  threshold::Limit made{
      .warning = std::max(measure.practical_floor, std::min(warning.value, critical.value)),
      .critical = {},
      .basis = critical.basis};
  if (critical.basis != ThresholdBasis::kIid || live_windows >= kLiveWindowsForCritical)
    made.critical = std::max(measure.practical_floor, critical.value);
  return made;
}

Finding judge(const MeasureInfo& measure, const Result<Measured>& measured,
              const threshold::Limit& limit) {
  Finding finding{.measure = std::string(measure.name)};
  if (!measured) {
    finding.verdict =
        measured.error().code == ErrorCode::kInsufficientData ? Verdict::kTooFew : Verdict::kError;
    finding.note = measured.error().message;
    return finding;
  }
  finding.value = measured->value;
  finding.noise_floor = measured->null.mean();
  finding.p_value = measured->p_value;
  finding.warning = limit.warning;
  finding.critical = limit.critical;
  finding.basis = limit.basis;
  if (limit.critical && measured->value >= *limit.critical) {
    finding.verdict = Verdict::kCritical;
  } else if (limit.warning && measured->value >= *limit.warning) {
    finding.verdict = Verdict::kWarning;
  }
  if (finding.verdict != Verdict::kOk) finding.note = measured->moved;
  return finding;
}

}  // namespace leeway::multivariate
