#pragma once

#include <algorithm>
#include <cmath>
#include <map>
#include <string>

#include "tests/bench/power/rules.h"
#include "tests/bench/power/series.h"

namespace leeway::power {

/// A mean over months, each of which counts once, with its standard error: windows of one month
/// share a reference.
class Mean {
 public:
  void add(double value) {
    ++size_;
    sum_ += value;
    squares_ += value * value;
  }
  double value() const { return size_ == 0 ? 0.0 : sum_ / size(); }
  double error() const {
    if (size_ < 2) return 0.0;
    return std::sqrt(std::max(0.0, squares_ / size() - value() * value()) / (size() - 1.0));
  }

 private:
  double size() const { return static_cast<double>(size_); }
  std::size_t size_ = 0;
  double sum_ = 0.0;
  double squares_ = 0.0;
};

inline constexpr std::size_t kLiveWindows = 30;
inline constexpr std::size_t kShiftedWindows = 10;

/// What is judged: so many months of a process.
struct Trial {
  std::size_t rows = 1000;  ///< of a window
  std::size_t months = 60;
  std::size_t reference_windows = 30;
  std::vector<Setup> setups{};
};

/// Windows with a falsely critical column, per 30 windows, by rule.
std::map<std::string, Mean> false_alarms(const Process& process, const Trial& trial);

struct Detection {
  Mean share;  ///< of the shifted windows that are found
  Mean delay;  ///< windows up to the first that is found, kShiftedWindows + 1 if none is
};
/// By shift, in the order of shifts(), and by rule. Every shift happens to the same windows.
std::vector<std::map<std::string, Detection>> detections(const Process& process,
                                                         const Trial& trial);

}  // namespace leeway::power
