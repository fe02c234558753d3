// What a value costs in the inner loops. Items per second are values per second.

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "collectors/tables/sort.h"
#include "detectors/base/random.h"
#include "detectors/drift/energy.h"
#include "detectors/drift/psi.h"
#include "detectors/drift/sorted_distances.h"
#include "detectors/profile/fold.h"
#include "detectors/profile/grid.h"

namespace leeway::profile {
namespace {

enum class Shape { kUniform, kNormal, kLogNormal, kMinutes, kZeroInflated };

double draw(Shape shape, Random& random) {
  double sum = -6.0;
  for (int i = 0; i < 12; ++i) sum += random.uniform();
  switch (shape) {
    case Shape::kUniform:
      return random.uniform();
    case Shape::kNormal:
      return sum;
    case Shape::kLogNormal:
      return std::exp(3.0 * sum);
    case Shape::kMinutes:
      return std::floor(std::exp(0.8 * sum) * 15.0 - 20.0);
    case Shape::kZeroInflated:
      return random.uniform() < 0.6 ? 0.0 : std::exp(sum);
  }
  return 0.0;
}

std::vector<double> sample(Shape shape, std::size_t n, std::uint64_t seed) {
  Random random(seed);
  std::vector<double> values(n);
  for (double& value : values) value = draw(shape, random);
  return values;
}

Grid grid_of(Shape shape) {
  std::vector<double> reference = sample(shape, 100'000, 1);
  std::sort(reference.begin(), reference.end());
  return Grid::from_sorted(reference);
}

constexpr std::int64_t kValues = 1 << 18U;

void cell_by_index(benchmark::State& state) {
  const auto shape = static_cast<Shape>(state.range(0));
  const Grid grid = grid_of(shape);
  const std::vector<double> values = sample(shape, kValues, 2);
  for (auto _ : state) {
    std::size_t sum = 0;
    for (const double value : values) sum += grid.cell(value);
    benchmark::DoNotOptimize(sum);
  }
  state.SetItemsProcessed(state.iterations() * kValues);
}
BENCHMARK(cell_by_index)->DenseRange(0, 4);

void cells_of_a_block(benchmark::State& state) {
  const auto shape = static_cast<Shape>(state.range(0));
  const Grid grid = grid_of(shape);
  const std::vector<double> values = sample(shape, kValues, 2);
  std::vector<std::uint16_t> cells(512);
  for (auto _ : state) {
    for (std::size_t at = 0; at < kValues; at += cells.size()) {
      grid.find_cells(std::span(values).subspan(at, cells.size()), cells);
      benchmark::DoNotOptimize(cells.data());
    }
  }
  state.SetItemsProcessed(state.iterations() * kValues);
}
BENCHMARK(cells_of_a_block)->DenseRange(0, 4);

void cell_by_binary_search(benchmark::State& state) {
  const auto shape = static_cast<Shape>(state.range(0));
  const Grid grid = grid_of(shape);
  const auto edges = grid.edges();
  const std::vector<double> values = sample(shape, kValues, 2);
  for (auto _ : state) {
    std::ptrdiff_t sum = 0;
    for (const double value : values)
      sum += std::upper_bound(edges.begin(), edges.end(), value) - edges.begin();
    benchmark::DoNotOptimize(sum);
  }
  state.SetItemsProcessed(state.iterations() * kValues);
}
BENCHMARK(cell_by_binary_search)->DenseRange(0, 4);

/// A column without cells of its own: count, missing, moments, range.
void moments_with_gaps(benchmark::State& state) {
  const std::vector<double> values = sample(Shape::kNormal, kValues, 2);
  const std::vector<std::uint64_t> valid(512 / 64, 0xFFFFFF0FFFFFFFFFULL);
  std::vector<double> kept(512);
  Moments moments;
  for (auto _ : state) {
    for (std::size_t at = 0; at < kValues; at += 512) {
      const std::size_t n = keep_valid(std::span(values).subspan(at, 512), valid, kept.data());
      moments.merge(Moments::of(std::span(kept).first(n)));
    }
  }
  benchmark::DoNotOptimize(moments);
  state.SetItemsProcessed(state.iterations() * kValues);
}
BENCHMARK(moments_with_gaps);

void fold_numbers(benchmark::State& state) {
  const auto shape = static_cast<Shape>(state.range(0));
  Column column;
  column.grid = std::make_shared<const Grid>(grid_of(shape));
  const std::vector<double> values = sample(shape, kValues, 2);
  ColumnFold fold(column);
  for (auto _ : state) {
    for (std::size_t at = 0; at < kValues; at += 2048)
      fold.add_numbers(std::span(values).subspan(at, 2048), {});
  }
  benchmark::DoNotOptimize(fold.take());
  state.SetItemsProcessed(state.iterations() * kValues);
}
BENCHMARK(fold_numbers)->DenseRange(0, 4);

/// Beside fold_numbers: held against the user's range and the reference's, with so many per mille
/// of the values outside of both.
void fold_numbers_in_bounds(benchmark::State& state) {
  Column column;
  column.grid = std::make_shared<const Grid>(grid_of(Shape::kNormal));
  const std::vector<double> values = sample(Shape::kNormal, kValues, 2);
  std::vector<double> sorted = values;
  std::sort(sorted.begin(), sorted.end());
  const auto outside = static_cast<std::size_t>(state.range(0)) * kValues / 1000;
  const Interval inside{.min = sorted.front(), .max = sorted[kValues - 1 - outside]};
  ColumnFold fold(column, {.range = inside, .shown = inside});
  for (auto _ : state) {
    for (std::size_t at = 0; at < kValues; at += 2048)
      fold.add_numbers(std::span(values).subspan(at, 2048), {});
  }
  benchmark::DoNotOptimize(fold.take());
  state.SetItemsProcessed(state.iterations() * kValues);
}
BENCHMARK(fold_numbers_in_bounds)->Arg(0)->Arg(10)->Arg(200);

void fold_numbers_with_gaps(benchmark::State& state) {
  Column column;
  column.grid = std::make_shared<const Grid>(grid_of(Shape::kNormal));
  const std::vector<double> values = sample(Shape::kNormal, kValues, 2);
  const std::vector<std::uint64_t> valid(2048 / 64, 0xFFFFFF0FFFFFFFFFULL);
  ColumnFold fold(column);
  for (auto _ : state) {
    for (std::size_t at = 0; at < kValues; at += 2048)
      fold.add_numbers(std::span(values).subspan(at, 2048), valid);
  }
  benchmark::DoNotOptimize(fold.take());
  state.SetItemsProcessed(state.iterations() * kValues);
}
BENCHMARK(fold_numbers_with_gaps);

void fold_text(benchmark::State& state) {
  const auto known = static_cast<std::uint64_t>(state.range(0));
  std::vector<std::string> names;
  for (std::uint64_t i = 0; i < known; ++i) names.push_back("category-" + std::to_string(i));
  Column column;
  column.type = ColumnType::kCategorical;
  column.categories = std::make_shared<const Categories>(*Categories::from_names(names));
  const auto unseen = static_cast<double>(state.range(1)) / 100.0;
  Random random(3);
  std::vector<std::string> values(kValues);
  for (std::string& value : values) {
    value = random.uniform() < unseen ? "new-" + std::to_string(random.below(100'000))
                                      : names[random.below(known)];
  }
  ColumnFold fold(column);
  for (auto _ : state) {
    for (const std::string& value : values) fold.add_text(value);
  }
  benchmark::DoNotOptimize(fold.take());
  state.SetItemsProcessed(state.iterations() * kValues);
}
BENCHMARK(fold_text)->Args({12, 0})->Args({1000, 0})->Args({1000, 100});

struct SortedPair {
  std::vector<double> reference;
  std::vector<double> current;

  SortedPair(Shape shape, std::size_t n)
      : reference(sample(shape, n, 4)), current(sample(shape, n, 5)) {
    std::sort(reference.begin(), reference.end());
    std::sort(current.begin(), current.end());
  }
};

void ks_of_sorted_rows(benchmark::State& state) {
  const SortedPair pair(static_cast<Shape>(state.range(0)), kValues);
  for (auto _ : state)
    benchmark::DoNotOptimize(drift::kolmogorov_smirnov(pair.reference, pair.current));
  state.SetItemsProcessed(state.iterations() * 2 * kValues);
}
BENCHMARK(ks_of_sorted_rows)->DenseRange(1, 4);

void ks_and_wasserstein_of_sorted_rows(benchmark::State& state) {
  const SortedPair pair(static_cast<Shape>(state.range(0)), kValues);
  for (auto _ : state)
    benchmark::DoNotOptimize(drift::sorted_distances(pair.reference, pair.current));
  state.SetItemsProcessed(state.iterations() * 2 * kValues);
}
BENCHMARK(ks_and_wasserstein_of_sorted_rows)->DenseRange(1, 4);

void energy_of_sorted_rows(benchmark::State& state) {
  const SortedPair pair(static_cast<Shape>(state.range(0)), kValues);
  for (auto _ : state)
    benchmark::DoNotOptimize(drift::energy_distance(pair.reference, pair.current));
  state.SetItemsProcessed(state.iterations() * 2 * kValues);
}
BENCHMARK(energy_of_sorted_rows)->DenseRange(1, 4);

/// KS, Wasserstein-1, PSI over ten reference quantiles and moments of unsorted columns, exactly.
void exact_numbers(benchmark::State& state) {
  const auto shape = static_cast<Shape>(state.range(0));
  const auto n = static_cast<std::size_t>(state.range(1));
  const std::vector<double> left = sample(shape, n, 4);
  const std::vector<double> right = sample(shape, n, 5);
  std::vector<double> reference;
  std::vector<double> current;
  for (auto _ : state) {
    reference = left;
    current = right;
    benchmark::DoNotOptimize(Moments::of(reference));
    benchmark::DoNotOptimize(Moments::of(current));
    tables::sort(reference);
    tables::sort(current);
    benchmark::DoNotOptimize(drift::sorted_distances(reference, current));
    const auto edges = drift::psi_edges(drift::Binning::kQuantile, 10, reference, current);
    benchmark::DoNotOptimize(drift::population_stability_index(
        drift::psi_counts(reference, edges, drift::OuterBins::kOpen),
        drift::psi_counts(current, edges, drift::OuterBins::kOpen)));
  }
  state.SetItemsProcessed(state.iterations() * 2 * state.range(1));
}
BENCHMARK(exact_numbers)->ArgsProduct({{1, 2, 3}, {10'000, 1'000'000}});

}  // namespace
}  // namespace leeway::profile
