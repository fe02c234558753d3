#include "tests/bench/power/run_lengths.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numbers>
#include <string>
#include <vector>

#include "detectors/base/random.h"
#include "detectors/sequential/detectors.h"

namespace leeway::power {
namespace {

using sequential::DetectorKind;
using sequential::DetectorState;
using sequential::Input;
using sequential::SequentialDetector;

constexpr int kLongest = 20'000;  // values without a report
constexpr int kBefore = 1000;     // values before a change
constexpr int kPatience = 3000;   // values after it
constexpr double kErrorRate = 0.1;

/// A change of the mean by so many standard deviations, or of the rate of errors to a value.
struct Change {
  double deviations;
  double rate;
};
constexpr Change kChanges[] = {{0.5, 0.15}, {1.0, 0.2}, {2.0, 0.4}};

class Stream {
 public:
  Stream(Input input, std::uint64_t seed) : input_(input), random_(seed) {}

  double next() {
    if (input_ == Input::kErrors || input_ == Input::kShares)
      return random_.uniform() < rate_ ? 1.0 : 0.0;
    const double radius = std::sqrt(-2.0 * std::log(1.0 - random_.uniform()));
    return mean_ + radius * std::cos(2.0 * std::numbers::pi * random_.uniform());
  }
  void change(const Change& change) {
    mean_ = change.deviations;
    rate_ = change.rate;
  }

 private:
  Input input_;
  Random random_;
  double mean_ = 0.0;
  double rate_ = kErrorRate;
};

double quantile(std::vector<int> values, double share) {
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
}

/// Values up to the first report; `most` if there is none.
int run_length(const DetectorKind& kind, std::uint64_t seed, int most) {
  const auto detector = SequentialDetector::make(kind.name);
  Stream stream(kind.input, seed);
  for (int i = 1; i <= most; ++i) {
    if ((*detector)->update(stream.next()) == DetectorState::kDrift) return i;
  }
  return most;
}

/// Values from the change to the first report after it; reports before are let pass, as users do.
int delay(const DetectorKind& kind, const Change& change, std::uint64_t seed) {
  const auto detector = SequentialDetector::make(kind.name);
  Stream stream(kind.input, seed);
  for (int i = 0; i < kBefore; ++i) (*detector)->update(stream.next());
  stream.change(change);
  for (int i = 1; i <= kPatience; ++i) {
    if ((*detector)->update(stream.next()) == DetectorState::kDrift) return i;
  }
  return kPatience;
}

std::string length(double value, int most) {
  char text[32];
  std::snprintf(text, sizeof text, value >= most ? "> %.0f" : "%.0f", value >= most ? most : value);
  return text;
}

}  // namespace

void print_run_lengths(int streams) {
  std::printf(
      "Normal values of mean 0 and deviation 1, or errors at a rate of %.0f %%; %d streams each. "
      "To a "
      "false report: mean (of at most %d, so a bound where many reach it) and the tenth that is "
      "first. After a change at value %d: median; not found within %d values.\n\n",
      100.0 * kErrorRate, streams, kLongest, kBefore, kPatience);
  std::printf(
      "| detector | input | mean to a false report | first tenth | 0.5 deviations, or 15 %% | 1, "
      "or "
      "20 %% | 2, or 40 %% | not found |\n|---|---|--:|--:|--:|--:|--:|--:|\n");
  for (const DetectorKind& kind : sequential::detectors()) {
    std::vector<int> runs;
    double sum = 0.0;
    for (int i = 0; i < streams; ++i) {
      runs.push_back(run_length(kind, static_cast<std::uint64_t>(i) + 1, kLongest));
      sum += runs.back();
    }
    const bool cut = std::ranges::count(runs, kLongest) > 0;
    std::printf("| %.*s | %s | %s%.0f | %s |", static_cast<int>(kind.name.size()), kind.name.data(),
                kind.input == Input::kNumbers ? "numbers" : "errors", cut ? "> " : "",
                sum / streams, length(quantile(runs, 0.1), kLongest).c_str());
    int missed = 0;
    for (const Change& change : kChanges) {
      std::vector<int> delays;
      for (int i = 0; i < streams; ++i)
        delays.push_back(delay(kind, change, static_cast<std::uint64_t>(i) + 1001));
      missed += static_cast<int>(std::ranges::count(delays, kPatience));
      std::printf(" %s |", length(quantile(delays, 0.5), kPatience).c_str());
    }
    std::printf(" %.0f %% |\n", 100.0 * missed / (3.0 * streams));
  }
}

}  // namespace leeway::power
