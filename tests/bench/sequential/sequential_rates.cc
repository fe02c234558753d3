// How often each detector reports without a change and how late after one, with its defaults, as
// the Markdown tables of detectors/sequential/README.md. Seeded: two runs print the same.

#include <algorithm>
#include <cstdio>
#include <functional>
#include <string>

#include "tests/detectors/sequential/streams.h"

namespace leeway::sequential {
namespace {

constexpr int kStreams = 400;
constexpr int kBefore = 1000;
constexpr int kAfter = 5000;

/// Draws the i-th value; the second form is that after the change.
struct Stream {
  const char* name;
  bool shares;  ///< values from 0 to 1
  std::function<double(Random&, double& last)> draw;
  std::function<double(Random&, double& last)> changed;
};

double autocorrelated(Random& random, double& last) {
  last = 0.5 * last + normal(random, 0.0, 0.8660254037844386);
  return last;
}

std::vector<Stream> streams() {
  const auto errors = [](double rate) {
    return [rate](Random& random, double&) { return error(random, rate); };
  };
  const auto normals = [](double mean) {
    return [mean](Random& random, double&) { return normal(random, mean); };
  };
  return {
      {"errors 2 %, then 5 %", true, errors(0.02), errors(0.05)},
      {"errors 20 %, then 30 %", true, errors(0.2), errors(0.3)},
      {"errors 20 %, then 50 %", true, errors(0.2), errors(0.5)},
      {"normal, then mean +1", false, normals(0.0), normals(1.0)},
      {"normal, then mean +3", false, normals(0.0), normals(3.0)},
      {"normal, correlation 0.5, then mean +1", false, autocorrelated,
       [](Random& random, double& last) { return autocorrelated(random, last) + 1.0; }},
  };
}

struct Rates {
  double falsely = 0.0;    ///< share of streams with a report before the change
  double per_10000 = 0.0;  ///< reports in 10,000 values without a change
  double found = 0.0;      ///< share of streams with a report after it
  double delay = 0.0;      ///< median values from the change to the report
};

bool needs_mean(const DetectorKind& kind) {
  return std::ranges::find(kind.parameters, "mean", &Parameter::name) != kind.parameters.end();
}

/// Charts get the mean and deviation of the stream as it is before the change.
SequentialDetector detector_for(const DetectorKind& kind, const Stream& stream) {
  if (!stream.shares || !needs_mean(kind)) return made(kind.name);
  Random random(99);
  double last = 0.0;
  double mean = 0.0;
  for (int i = 0; i < 100'000; ++i) mean += stream.draw(random, last) / 100'000.0;
  return made(kind.name, {{"mean", mean}, {"sigma", std::sqrt(mean * (1.0 - mean))}});
}

Rates rates(const DetectorKind& kind, const Stream& stream) {
  Rates rates;
  std::vector<double> delays;
  for (int seed = 1; seed <= kStreams; ++seed) {
    Random random(static_cast<std::uint64_t>(seed));
    double last = 0.0;
    const SequentialDetector detector = detector_for(kind, stream);
    for (int i = 0; i < kBefore; ++i) detector->update(stream.draw(random, last));
    rates.falsely += detector->drifts() > 0 ? 1.0 / kStreams : 0.0;
    int waited = 0;
    while (waited < kAfter &&
           detector->update(stream.changed(random, last)) != DetectorState::kDrift)
      ++waited;
    if (waited < kAfter) rates.found += 1.0 / kStreams;
    delays.push_back(waited);
  }
  std::nth_element(delays.begin(), delays.begin() + kStreams / 2, delays.end());
  rates.delay = delays[kStreams / 2];
  const SequentialDetector steady = detector_for(kind, stream);
  Random random(7);
  double last = 0.0;
  for (int i = 0; i < 200'000; ++i) steady->update(stream.draw(random, last));
  rates.per_10000 = static_cast<double>(steady->drifts()) / 20.0;
  return rates;
}

void print(const Stream& stream) {
  std::printf("\n**%s**\n\n", stream.name);
  std::printf(
      "| detector | falsely in the first 1,000 | a 10,000 | found within 5,000 | median delay |\n");
  std::printf("|---|---|---|---|---|\n");
  for (const DetectorKind& kind : detectors()) {
    if (!stream.shares && kind.input != Input::kNumbers) continue;
    const Rates found = rates(kind, stream);
    std::printf("| `%s` | %.1f %% | %.2f | %.1f %% | %s |\n", std::string(kind.name).c_str(),
                100.0 * found.falsely, found.per_10000, 100.0 * found.found,
                found.found > 0.5 ? std::to_string(static_cast<int>(found.delay)).c_str() : "-");
  }
}

}  // namespace
}  // namespace leeway::sequential

int main() {
  for (const auto& stream : leeway::sequential::streams()) leeway::sequential::print(stream);
}
