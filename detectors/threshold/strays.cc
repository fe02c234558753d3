#include "detectors/threshold/strays.h"

#include <algorithm>
#include <limits>
#include <map>

#include "detectors/drift/approximate_rows.h"
#include "detectors/profile/bins.h"

namespace leeway::threshold {
namespace {

using drift::Classes;
using drift::Measure;
using profile::Column;
using profile::ColumnProfile;
using profile::Reference;

constexpr std::size_t kFewestWindows = 4;

double median(std::vector<double> values) {
  if (values.empty()) return 0.0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

/// Indices of the windows that stand for whole ones, in order of time.
std::vector<std::size_t> representative_windows(const Reference& reference) {
  std::vector<double> rows;
  for (const Reference::Window& window : reference.windows)
    rows.push_back(static_cast<double>(window.profile.rows));
  const double least = std::max(median(rows) / 4.0, 1.0);
  std::vector<std::size_t> windows;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i] >= least) windows.push_back(i);
  }
  return windows.size() < kFewestWindows ? std::vector<std::size_t>{} : windows;
}

/// Finds what of each stray is sampling: at most what independent rows show at its rank.
void split(Strays& strays) {
  std::vector<Stray*> ranked;
  for (std::optional<Stray>& window : strays.windows) {
    if (window) ranked.push_back(&*window);
  }
  std::sort(ranked.begin(), ranked.end(), [](const Stray* a, const Stray* b) {
    return a->value / a->noise > b->value / b->noise;
  });
  for (std::size_t i = 0; i < ranked.size(); ++i) {
    const double alpha = static_cast<double>(i + 1) / static_cast<double>(ranked.size() + 1);
    ranked[i]->sampling =
        std::min(ranked[i]->value, strays.null.quantile(alpha) * ranked[i]->noise);
  }
}

/// Of the strays that could be measured.
class Mean {
 public:
  void add(const std::optional<Stray>& stray) {
    if (!stray) return;
    value_ += stray->value;
    noise_ += stray->noise;
    size_ += 1.0;
  }
  Differences differences(const Mean& from_next) const {
    return {.from_all = value_ / std::max(size_, 1.0),
            .from_next = from_next.value_ / std::max(from_next.size_, 1.0),
            .noise_from_all = noise_ / std::max(size_, 1.0),
            .noise_from_next = from_next.noise_ / std::max(from_next.size_, 1.0)};
  }

 private:
  double value_ = 0.0;
  double noise_ = 0.0;
  double size_ = 0.0;
};

bool has_measures(const Column& column) {
  return is_judged(column.role) && (column.grid != nullptr || column.categories != nullptr);
}

/// Windows that are compared with each other: those of one phase of the season.
struct Group {
  std::vector<std::size_t> at;  // positions among the representative windows, in order of time
  const Column* column = nullptr;
  const Classes* classes = nullptr;
};

/// Strays of all measures of one column.
class ColumnStrays {
 public:
  ColumnStrays(const Reference& reference, std::size_t column,
               const std::vector<std::size_t>& windows, std::uint64_t min_rows)
      : reference_(reference),
        column_(column),
        windows_(windows),
        min_rows_(min_rows),
        all_(reference.profile.columns[column]),
        classes_(reference.schema.columns[column], all_, min_rows) {}

  std::vector<Strays> of(const StrayMeasures& measures) {
    const std::vector<std::string> names = names_for(
        measures, {.column = column(), .reference = all_, .current = all_, .classes = classes_});
    for (std::size_t place = 0; place < names.size(); ++place) {
      const Measure* const measure =
          drift::find_measure(measures.dialect, names[place], column().type);
      if (measure == nullptr || !drift::applies(*measure, column().type) || !measure->has_null())
        continue;
      made_.push_back({.column = column_,
                       .place = place,
                       .measure = measure,
                       .null = NullModel(*measure, column(), all_, classes_),
                       .reference_rows = measure->rows(all_)});
    }
    if (!made_.empty()) measure_windows();
    return std::move(made_);
  }

 private:
  const Column& column() const { return reference_.schema.columns[column_]; }

  const ColumnProfile& window(std::size_t at) const {
    return reference_.windows[windows_[at]].profile.columns[column_];
  }

  /// Element k: the first k windows of a group merged, or the last k.
  std::vector<ColumnProfile> merged(const Group& group, bool from_the_end) const {
    std::vector<ColumnProfile> sums(1);
    for (std::size_t k = 0; k < group.at.size(); ++k) {
      sums.push_back(sums.back());
      sums.back().merge(window(group.at[from_the_end ? group.at.size() - 1 - k : k]));
    }
    return sums;
  }

  void measure_windows() {
    for (Strays& each : made_) each.windows.resize(windows_.size());
    rows_.resize(made_.size());
    from_all_.resize(made_.size());
    from_next_.resize(made_.size());
    std::map<std::uint32_t, Group> phases;
    for (std::size_t at = 0; at < windows_.size(); ++at)
      phases[reference_.windows[windows_[at]].phase].at.push_back(at);
    if (phases.size() == 1) {
      Group& whole = phases.begin()->second;
      whole.column = &column();
      whole.classes = &classes_;
      measure_group(whole, merged(whole, false));
    } else if (phases.size() > 1) {
      for (auto& [phase, group] : phases) measure_phase(group);
      for (std::size_t i = 0; i < made_.size(); ++i)
        made_[i].reference_rows = median(reference_rows_of(i, phases));
    }
    for (std::size_t i = 0; i < made_.size(); ++i) {
      made_[i].window_rows = median(rows_[i]);
      made_[i].persistence =
          persistence_of(from_all_[i].differences(from_next_[i]), windows_.size());
    }
  }

  /// In bins of the phase, as its windows will be judged.
  void measure_phase(Group& group) {
    const std::vector<ColumnProfile> before = merged(group, false);
    Column own = column();
    if (own.grid && own.grid->bins() != profile::Grid::Bins::kValues)
      own.bins = profile::equal_mass_bins(before.back().cells);
    const Classes classes(own, before.back(), min_rows_);
    group.column = &own;
    group.classes = &classes;
    measure_group(group, before);
  }

  /// @param before  merged(group, false)
  void measure_group(const Group& group, const std::vector<ColumnProfile>& before) {
    const std::size_t count = group.at.size();
    const std::vector<ColumnProfile> behind = merged(group, true);
    for (std::size_t k = 0; k < count; ++k) {
      ColumnProfile others = before[k];
      others.merge(behind[count - (k + 1)]);
      const ColumnProfile& current = window(group.at[k]);
      for (std::size_t i = 0; i < made_.size(); ++i) {
        std::optional<Stray>& own = made_[i].windows[group.at[k]];
        own = stray(made_[i], group, others, current);
        from_all_[i].add(own);
        if (k + 1 < count)
          from_next_[i].add(stray(made_[i], group, current, window(group.at[k + 1])));
        rows_[i].push_back(made_[i].measure->rows(current));
      }
    }
  }

  /// What each window will be compared with, in rows that the measure counts.
  std::vector<double> reference_rows_of(std::size_t measure,
                                        const std::map<std::uint32_t, Group>& phases) const {
    std::vector<double> rows;
    for (const auto& [phase, group] : phases) {
      double sum = 0.0;
      for (const std::size_t at : group.at) sum += made_[measure].measure->rows(window(at));
      rows.insert(rows.end(), group.at.size(), sum);
    }
    return rows;
  }

  std::optional<Stray> stray(const Strays& of, const Group& group, const ColumnProfile& others,
                             const ColumnProfile& window) const {
    const bool by_rows = of.measure->needs_rows && column().grid != nullptr;
    const auto rows_of = [this, by_rows](const ColumnProfile& side) {
      return by_rows ? drift::approximate_rows(*column().grid, side, drift::kMostApproximateRows)
                     : std::vector<double>{};
    };
    const std::vector<double> others_rows = rows_of(others);
    const std::vector<double> window_rows = rows_of(window);
    const auto measured = of.measure->measure({.column = *group.column,
                                               .reference = others,
                                               .current = window,
                                               .classes = *group.classes,
                                               .reference_sorted = others_rows,
                                               .current_sorted = window_rows});
    // What the statistic was of: test statistics grow with it.
    const double most = by_rows ? static_cast<double>(drift::kMostApproximateRows)
                                : std::numeric_limits<double>::infinity();
    const double reference_rows = std::min(of.measure->rows(others), most);
    const double rows = std::min(of.measure->rows(window), most);
    if (!measured || reference_rows <= 0.0 || rows <= 0.0) return std::nullopt;
    const double noise = of.null.noise(reference_rows, rows);
    if (noise <= 0.0) return std::nullopt;
    const double scaled = measured->value / of.measure->scale_at(reference_rows, rows);
    return Stray{.value = of.null.additive(scaled), .noise = noise};
  }

  const Reference& reference_;
  std::size_t column_;
  const std::vector<std::size_t>& windows_;
  std::uint64_t min_rows_;
  const ColumnProfile& all_;
  Classes classes_;
  std::vector<Strays> made_;
  std::vector<std::vector<double>> rows_;  // of the windows, by measure
  std::vector<Mean> from_all_;
  std::vector<Mean> from_next_;
};

}  // namespace

std::vector<std::string> names_for(const StrayMeasures& measures, const drift::Sides& sides) {
  const auto& named = sides.column.grid ? measures.numeric : measures.categorical;
  if (!named.empty()) return named;
  const drift::MeasureNames defaults = drift::default_measures(measures.dialect, sides);
  return {defaults.begin(), defaults.end()};
}

std::vector<Strays> strays(const Reference& reference, const StrayMeasures& measures,
                           std::uint64_t min_rows) {
  const std::vector<std::size_t> windows = representative_windows(reference);
  std::vector<Strays> all;
  for (std::size_t i = 0; i < reference.schema.columns.size(); ++i) {
    const Column& column = reference.schema.columns[i];
    if (!has_measures(column)) continue;
    std::vector<Strays> some = ColumnStrays(reference, i, windows, min_rows).of(measures);
    std::move(some.begin(), some.end(), std::back_inserter(all));
  }
  for (Strays& some : all) {
    const auto usable = std::count_if(some.windows.begin(), some.windows.end(),
                                      [](const auto& window) { return window.has_value(); });
    if (usable < static_cast<std::ptrdiff_t>(kFewestWindows)) some.windows.clear();
    if (some.windows.empty())
      some.window_rows = static_cast<double>(std::max<std::uint64_t>(min_rows, 1));
    split(some);
  }
  return all;
}

}  // namespace leeway::threshold
