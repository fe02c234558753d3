#include "detectors/threshold/thresholds.h"

#include <algorithm>
#include <cmath>

namespace leeway::threshold {
namespace {

using drift::Classes;
using drift::Measure;
using profile::Column;
using profile::ColumnProfile;
using profile::Reference;

constexpr std::size_t kFewestWindows = 4;
constexpr std::size_t kLiveWindowsForCritical = 14;
constexpr double kWarningLevels = 5.0;
constexpr double kMostAlpha = 0.5;

std::uint64_t less(std::uint64_t all, std::uint64_t part) { return all > part ? all - part : 0; }

/// The counts of the rows that are not in `part`; what measures do not read is left out.
ColumnProfile without(const ColumnProfile& all, const ColumnProfile& part) {
  ColumnProfile rest;
  rest.rows = less(all.rows, part.rows);
  rest.missing = less(all.missing, part.missing);
  rest.not_a_number = less(all.not_a_number, part.not_a_number);
  rest.positive_infinite = less(all.positive_infinite, part.positive_infinite);
  rest.negative_infinite = less(all.negative_infinite, part.negative_infinite);
  rest.type_errors = less(all.type_errors, part.type_errors);
  rest.unseen = less(all.unseen, part.unseen);
  rest.cells = all.cells;
  rest.cells.subtract(part.cells);
  return rest;
}

std::vector<std::size_t> representative_windows(const Reference& reference) {
  std::vector<std::uint64_t> rows;
  for (const Reference::Window& window : reference.windows) rows.push_back(window.profile.rows);
  if (rows.empty()) return {};
  const auto middle = rows.begin() + static_cast<std::ptrdiff_t>(rows.size() / 2);
  std::nth_element(rows.begin(), middle, rows.end());
  const std::uint64_t least = std::max<std::uint64_t>(*middle / 4, 1);
  std::vector<std::size_t> windows;
  for (std::size_t i = 0; i < reference.windows.size(); ++i) {
    if (reference.windows[i].profile.rows >= least) windows.push_back(i);
  }
  return windows.size() < kFewestWindows ? std::vector<std::size_t>{} : windows;
}

bool has_measures(const Column& column) {
  return is_judged(column.role) && (column.grid != nullptr || column.categories != nullptr);
}

double windows_judged(const Policy& policy) {
  const double size = to_seconds(policy.window_size);
  return size > 0.0 ? std::max(1.0, to_seconds(policy.per) / size) : 1.0;
}

/// The names, or without any what the dialect measures such a column by.
std::vector<std::string> names_or_defaults(const std::vector<std::string>& names,
                                           const drift::Dialect& dialect,
                                           const drift::Sides& sides) {
  if (!names.empty()) return names;
  const auto defaults = drift::default_measures(dialect, sides);
  return {defaults.begin(), defaults.end()};
}

/// The noise floor, without what the row counts alone do to the value.
double noise_of(const Measure& measure, const drift::NullParameters& null, double reference_rows,
                double rows) {
  return measure.noise_floor(null, reference_rows, rows) / measure.scale_at(reference_rows, rows);
}

}  // namespace

Thresholds Thresholds::learn(const Reference& reference,
                             const std::vector<std::string>& numeric_measures,
                             const std::vector<std::string>& categorical_measures, Policy policy) {
  Thresholds made;
  const drift::Dialect* const dialect = drift::find_dialect(policy.dialect);
  const std::vector<std::size_t> windows = representative_windows(reference);
  double judged = 0.0;
  made.by_column_.resize(reference.schema.columns.size());
  for (std::size_t i = 0; i < reference.schema.columns.size(); ++i) {
    const Column& column = reference.schema.columns[i];
    if (!has_measures(column)) continue;
    judged += 1.0;
    const Classes classes(column, reference.profile.columns[i], policy.min_rows);
    if (dialect == nullptr) continue;
    const ColumnProfile& all = reference.profile.columns[i];
    const auto names =
        names_or_defaults(column.grid ? numeric_measures : categorical_measures, *dialect,
                          {.column = column, .reference = all, .current = all, .classes = classes});
    for (const std::string& name : names) {
      const Measure* const measure = drift::find_measure(*dialect, name, column.type);
      if (measure == nullptr || !drift::applies(*measure, column.type)) continue;
      if (measure->limits_from != drift::LimitsFrom::kLearned || !measure->has_null()) continue;
      made.by_column_[i].push_back(learn_one(*measure, reference, i, classes, windows));
    }
  }
  const double columns = std::max(judged, 1.0);
  const double live_windows = windows_judged(policy);
  made.alpha_ = policy.false_alarms / live_windows / columns;
  const double vouched = columns * live_windows / static_cast<double>(windows.size() + 1);
  made.achievable_ = std::max(policy.false_alarms, std::min(vouched, live_windows));
  made.policy_ = std::move(policy);
  return made;
}

Thresholds::Learned Thresholds::learn_one(const Measure& measure, const Reference& reference,
                                          std::size_t column, const Classes& classes,
                                          const std::vector<std::size_t>& windows) {
  const ColumnProfile& all = reference.profile.columns[column];
  Learned learned;
  learned.measure = &measure;
  learned.null = measure.null_parameters(reference.schema.columns[column], all, classes);
  learned.reference_rows = measure.rows(all);
  for (const std::size_t at : windows) {
    const ColumnProfile& window = reference.windows[at].profile.columns[column];
    const ColumnProfile rest = without(all, window);
    const auto measured = measure.measure({.column = reference.schema.columns[column],
                                           .reference = rest,
                                           .current = window,
                                           .classes = classes});
    if (!measured) continue;
    const double rows = measure.rows(window);
    const double noise = noise_of(measure, learned.null, measure.rows(rest), rows);
    if (noise <= 0.0) continue;
    const double value = measured->value / measure.scale_at(measure.rows(rest), rows);
    learned.windows.push_back({.value = value / noise, .noise = noise});
  }
  if (learned.windows.size() < kFewestWindows) learned.windows.clear();
  std::sort(learned.windows.begin(), learned.windows.end(),
            [](const Ratio& a, const Ratio& b) { return a.value > b.value; });
  for (std::size_t rank = 1; rank <= learned.windows.size(); ++rank) {
    const double alpha =
        static_cast<double>(rank) / static_cast<double>(learned.windows.size() + 1);
    learned.null_ranks.push_back(measure.null_quantile(learned.null, alpha));
  }
  return learned;
}

/// What the windows would have shown at another noise floor, as multiples of it, largest first.
std::vector<double> Thresholds::ratios_at(const Learned& learned, double noise) {
  std::vector<double> ratios;
  for (std::size_t i = 0; i < learned.windows.size(); ++i) {
    const Ratio& window = learned.windows[i];
    const double sampling = std::min(window.value, learned.null_ranks[i]);
    ratios.push_back(sampling + (window.value - sampling) * window.noise / noise);
  }
  std::sort(ratios.begin(), ratios.end(), std::greater<>());
  return ratios;
}

Thresholds::Level Thresholds::at_level(const Learned& learned, double alpha, double rows) {
  const double noise = noise_of(*learned.measure, learned.null, learned.reference_rows, rows);
  const double independent =
      learned.measure->null_quantile(learned.null, std::min(alpha, kMostAlpha));
  if (learned.windows.empty() || noise <= 0.0) {
    return {.value = noise * independent, .basis = ThresholdBasis::kIid};
  }
  const std::vector<double> ratios = ratios_at(learned, noise);
  const double rank = alpha * static_cast<double>(ratios.size() + 1);  // 1: the largest
  if (rank >= 1.0) {
    const std::size_t above = std::min(static_cast<std::size_t>(rank), ratios.size());
    const std::size_t below = std::min(above + 1, ratios.size());
    const double between = rank - std::floor(rank);
    const double seen = ratios[above - 1] + between * (ratios[below - 1] - ratios[above - 1]);
    return {.value = noise * std::max(seen, independent), .basis = ThresholdBasis::kWindows};
  }
  double stretch = 1.0;
  for (std::size_t i = 0; i < (ratios.size() + 1) / 2; ++i) {
    stretch = std::max(stretch, ratios[i] / learned.null_ranks[i]);
  }
  return {.value = noise * stretch * independent, .basis = ThresholdBasis::kExtrapolated};
}

Limit Thresholds::limit(std::size_t column, std::string_view measure, double rows) const {
  if (const auto fixed = policy_.fixed.find(measure); fixed != policy_.fixed.end()) {
    return {.warning = fixed->second.warning,
            .critical = fixed->second.critical,
            .basis = ThresholdBasis::kFixed};
  }
  if (column >= by_column_.size() || rows <= 0.0) return {};
  for (const Learned& learned : by_column_[column]) {
    if (learned.measure->name != measure) continue;
    const double floor = learned.measure->practical_floor;
    const Level critical = at_level(learned, alpha_, rows);
    const Level warning = at_level(learned, kWarningLevels * alpha_, rows);
    const double scale = learned.measure->scale_at(learned.reference_rows, rows);
    Limit limit{.warning = scale * std::max(floor, std::min(warning.value, critical.value)),
                .basis = critical.basis};
    if (critical.basis != ThresholdBasis::kIid || policy_.live_windows >= kLiveWindowsForCritical) {
      limit.critical = scale * std::max(floor, critical.value);
    }
    return limit;
  }
  return {};
}

}  // namespace leeway::threshold
