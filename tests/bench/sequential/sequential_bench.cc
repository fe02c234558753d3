// What a value costs each detector, on a stream of errors without a change. Items per second are
// values per second.

#include <benchmark/benchmark.h>

#include "tests/detectors/sequential/streams.h"

namespace leeway::sequential {
namespace {

void update(benchmark::State& state, const DetectorKind& kind) {
  Random random(1);
  std::vector<double> values(1 << 16U);
  for (double& value : values) value = error(random, 0.2);
  const SequentialDetector detector = made(kind.name);
  for (auto _ : state) {
    for (const double value : values) benchmark::DoNotOptimize(detector->update(value));
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(values.size()));
}

/// ADWIN with a window of a million values.
void long_window(benchmark::State& state) {
  Random random(1);
  const SequentialDetector detector = made("adwin");
  for (int i = 0; i < 1'000'000; ++i) detector->update(random.uniform());
  for (auto _ : state) benchmark::DoNotOptimize(detector->update(random.uniform()));
  state.SetItemsProcessed(state.iterations());
}

void save_and_restore(benchmark::State& state, const DetectorKind& kind) {
  Random random(1);
  const SequentialDetector detector = made(kind.name);
  for (int i = 0; i < 100'000; ++i) detector->update(error(random, 0.2));
  for (auto _ : state)
    benchmark::DoNotOptimize(SequentialDetector::deserialize(detector.serialize()));
}

void add_all() {
  for (const DetectorKind& kind : detectors()) {
    const std::string name(kind.name);
    benchmark::RegisterBenchmark(("update/" + name).c_str(), update, kind);
    benchmark::RegisterBenchmark(("save_and_restore/" + name).c_str(), save_and_restore, kind);
  }
  benchmark::RegisterBenchmark("update/adwin_of_a_million", long_window);
}

}  // namespace
}  // namespace leeway::sequential

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  leeway::sequential::add_all();
  benchmark::RunSpecifiedBenchmarks();
}
