// What judging one window by the measures over several columns costs: rows on each side, numeric
// columns (and a quarter as many categorical ones).

#include <benchmark/benchmark.h>

#include "detectors/multivariate/embedding_drift.h"
#include "detectors/multivariate/measures.h"
#include "tests/detectors/multivariate/samples.h"

namespace leeway::multivariate {
namespace {

void judge_window(benchmark::State& state, const char* name) {
  const auto rows = static_cast<std::size_t>(state.range(0));
  const auto columns = static_cast<std::size_t>(state.range(1));
  Random random(1);
  const Table reference = factor_table(rows, columns, columns / 4, random);
  const Table current = factor_table(rows, columns, columns / 4, random);
  const Measure& measure = *find_measure(name);
  for (auto _ : state) benchmark::DoNotOptimize(measure.measure(reference, current, 1));
}

void sizes(benchmark::internal::Benchmark* benchmark) {
  benchmark->Unit(benchmark::kMillisecond)->Args({1000, 16})->Args({2000, 16})->Args({1000, 80});
}
BENCHMARK_CAPTURE(judge_window, domain_classifier, "domain_classifier")->Apply(sizes);
BENCHMARK_CAPTURE(judge_window, correlation, "correlation")->Apply(sizes);
BENCHMARK_CAPTURE(judge_window, pca_reconstruction, "pca_reconstruction")->Apply(sizes);
BENCHMARK_CAPTURE(judge_window, mmd, "mmd")->Apply(sizes);

void judge_embedding(benchmark::State& state) {
  const auto dimension = static_cast<std::size_t>(state.range(1));
  Random random(1);
  const auto vectors = [&] {
    Vectors made{.dimension = dimension};
    for (std::int64_t i = 0; i < state.range(0) * state.range(1); ++i)
      made.values.push_back(static_cast<float>(normal(random)));
    return made;
  };
  const Vectors reference = vectors();
  const Vectors current = vectors();
  for (auto _ : state) benchmark::DoNotOptimize(embedding_drift(reference, current, {}));
}
BENCHMARK(judge_embedding)->Unit(benchmark::kMillisecond)->Args({500, 128})->Args({500, 768});

}  // namespace
}  // namespace leeway::multivariate
