#include "collectors/tables/multivariate.h"

#include <algorithm>
#include <cmath>
#include <exception>
#include <utility>

#include "collectors/tables/sampled_rows.h"
#include "detectors/base/bytes.h"
#include "detectors/drift/kolmogorov_smirnov.h"
#include "detectors/multivariate/embedding_drift.h"
#include "detectors/multivariate/measures.h"

namespace leeway::tables {
namespace {

using multivariate::Measured;
using multivariate::Table;
using multivariate::Vectors;

constexpr std::size_t kMostWindows = 60;
constexpr std::size_t kFewestWindows = 4;
constexpr double kClockDistance = 0.5;
constexpr std::uint64_t kReferenceFactor =
    2;  // rows of the reference, as multiples of the window's

MeasuredDrift item(std::string column, std::string measure, Result<Measured> measured) {
  MeasuredDrift made;
  made.column = std::move(column);
  made.measure = std::move(measure);
  if (measured) {
    made.measured = std::move(*measured);
  } else {
    made.trouble = std::move(measured.error().message);
    made.too_few = measured.error().code == ErrorCode::kInsufficientData;
  }
  return made;
}

/// A failure of the mathematics is one finding's, not the window's.
template <class Measure>
Result<Measured> guarded(Measure measure) {
  try {
    return measure();
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& thrown) {
    return fail(ErrorCode::kUnavailable, thrown.what());
  }
}

const SampledVectors* find_embedding(const SampledRows& rows, std::uint64_t index) {
  const auto found =
      std::find_if(rows.embeddings.begin(), rows.embeddings.end(),
                   [index](const SampledVectors& each) { return each.index == index; });
  return found == rows.embeddings.end() ? nullptr : &*found;
}

/// Of all windows but one, cut to `most` rows.
SampledRows together(const std::vector<SampledRows>& windows, std::size_t without,
                     std::size_t most) {
  SampledRows all;
  for (std::size_t i = 0; i < windows.size(); ++i) {
    if (i != without) all.merge(windows[i]);
  }
  all.shrink(most);
  return all;
}

class Comparison {
 public:
  Comparison(const MeasurePlan& plan, const SampledRows& reference, const SampledRows& current,
             std::uint64_t seed)
      : plan_(plan), reference_(reference), current_(current), seed_(seed) {}

  std::vector<MeasuredDrift> run() const {
    std::vector<MeasuredDrift> items;
    measure_all_columns(items);
    for (const ComparedColumn& column : plan_.columns) {
      if (column.type == ColumnType::kEmbedding) measure_embedding(column, items);
    }
    return items;
  }

 private:
  void measure_all_columns(std::vector<MeasuredDrift>& items) const {
    const Table before = table_of(reference_, plan_.columns);
    const Table now = table_of(current_, plan_.columns);
    for (const std::string& name : plan_.measures) {
      const multivariate::Measure* const measure = multivariate::find_measure(name);
      items.push_back(item("", name, guarded([&]() -> Result<Measured> {
                             if (measure == nullptr)
                               return fail(ErrorCode::kNotFound, "there is no such measure");
                             return measure->measure(before, now, seed_);
                           })));
    }
  }

  void measure_embedding(const ComparedColumn& column, std::vector<MeasuredDrift>& items) const {
    if (plan_.embedding.empty()) return;
    const SampledVectors* const before = find_embedding(reference_, column.index);
    const SampledVectors* const now = find_embedding(current_, column.index);
    const auto drift = [&]() -> Result<multivariate::EmbeddingDrift> {
      if (before == nullptr || now == nullptr || now->vectors.rows() == 0)
        return fail(ErrorCode::kInsufficientData, "no vectors");
      return multivariate::embedding_drift(before->vectors, now->vectors, {.seed = seed_});
    }();
    for (const std::string& name : plan_.embedding) {
      const multivariate::EmbeddingMeasure* const measure =
          multivariate::find_embedding_measure(name);
      items.push_back(item(column.name, name, guarded([&]() -> Result<Measured> {
                             if (!drift) return fail(drift.error());
                             if (measure == nullptr)
                               return fail(ErrorCode::kNotFound, "there is no such measure");
                             return measure->view(*drift);
                           })));
    }
  }

  const MeasurePlan& plan_;
  const SampledRows& reference_;
  const SampledRows& current_;
  std::uint64_t seed_;
};

/// Those that stand for whole windows, evenly spread if there are many.
std::vector<std::size_t> representative(const std::vector<SampledRows>& windows) {
  std::vector<std::uint64_t> rows;
  for (const SampledRows& window : windows) rows.push_back(window.of);
  if (rows.empty()) return {};
  const auto middle = rows.begin() + static_cast<std::ptrdiff_t>(rows.size() / 2);
  std::nth_element(rows.begin(), middle, rows.end());
  std::vector<std::size_t> whole;
  for (std::size_t i = 0; i < windows.size(); ++i) {
    if (windows[i].of > 0 && windows[i].of >= *middle / 4) whole.push_back(i);
  }
  if (whole.size() <= kMostWindows) return whole;
  std::vector<std::size_t> some;
  for (std::size_t i = 0; i < kMostWindows; ++i)
    some.push_back(whole[i * whole.size() / kMostWindows]);
  return some;
}

/// So few rows of each window that all together are about as many as are looked at: merging them
/// again without each window in turn then costs little.
void cut_together(std::vector<SampledRows>& windows, std::size_t most) {
  SampledRows all = together(windows, windows.size(), most + most / 2);
  if (all.keys.size() >= all.of) return;
  const std::uint64_t end = all.keys.empty() ? 0 : all.keys.back();
  for (SampledRows& window : windows) {
    const auto below = std::upper_bound(window.keys.begin(), window.keys.end(), end);
    const auto rows = static_cast<std::size_t>(below - window.keys.begin());
    window.keys.resize(rows);
    for (SampledColumn& column : window.columns) column.values.resize(rows);
  }
}

std::vector<double> sorted_values(const SampledRows& rows, std::uint64_t index) {
  std::vector<double> values;
  for (const SampledColumn& column : rows.columns) {
    if (column.index == index) values = column.values;
  }
  std::erase_if(values, [](double value) { return std::isnan(value); });
  std::sort(values.begin(), values.end());
  return values;
}

bool is_clock(const ComparedColumn& column, const std::vector<SampledRows>& windows,
              const std::vector<SampledRows>& others) {
  if (column.type != ColumnType::kNumeric || windows.size() < kFewestWindows) return false;
  double sum = 0.0;
  for (std::size_t i = 0; i < windows.size(); ++i) {
    const auto distances = drift::kolmogorov_smirnov(sorted_values(others[i], column.index),
                                                     sorted_values(windows[i], column.index));
    if (distances) sum += distances->statistic(drift::Alternative::kTwoSided);
  }
  return sum >= kClockDistance * static_cast<double>(windows.size());
}

/// Every window of the reference that counts with the sample of all others.
MeasureAnswer measure_windows(const MeasurePlan& plan, const std::vector<SampledRows>& all) {
  const auto rows = static_cast<std::size_t>(std::max<std::uint64_t>(plan.rows, 1));
  std::vector<SampledRows> cut = all;
  cut_together(cut, rows * kReferenceFactor);
  std::vector<SampledRows> windows;
  std::vector<SampledRows> others;
  for (const std::size_t i : representative(all)) {
    windows.push_back(all[i]);
    windows.back().shrink(rows);
    others.push_back(together(cut, i, rows * kReferenceFactor));
  }
  MeasureAnswer answer;
  MeasurePlan without_clocks = plan;
  std::erase_if(without_clocks.columns, [&](const ComparedColumn& column) {
    const bool clock = is_clock(column, windows, others);
    if (clock) answer.clocks.push_back(column.name);
    return clock;
  });
  for (std::size_t i = 0; i < windows.size(); ++i) {
    const std::uint64_t seed =
        hash64(std::to_string(plan.seed) + "|" + std::to_string(to_micros(windows[i].start)));
    answer.windows.push_back(Comparison(without_clocks, others[i], windows[i], seed).run());
  }
  return answer;
}

Result<SampledRows> read_together(const std::vector<std::filesystem::path>& files) {
  SampledRows all;
  for (const auto& file : files) {
    auto panes = read_sample(file);
    if (!panes) return fail(std::move(panes.error()));
    for (const SampledRows& pane : *panes) all.merge(pane);
  }
  return all;
}

}  // namespace

Result<MeasureAnswer> measure(const MeasurePlan& plan) {
  auto windows = read_sample(plan.reference);
  if (!windows) return fail(std::move(windows.error()));
  if (plan.current.empty()) return measure_windows(plan, *windows);
  auto current = read_together(plan.current);
  if (!current) return fail(std::move(current.error()));
  const auto rows = static_cast<std::size_t>(std::max<std::uint64_t>(plan.rows, 1));
  current->shrink(rows);
  const SampledRows reference = together(*windows, windows->size(), rows * kReferenceFactor);
  return MeasureAnswer{.windows = {Comparison(plan, reference, *current, plan.seed).run()},
                       .clocks = {}};
}

}  // namespace leeway::tables
