#pragma once

#include <cstddef>
#include <fstream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "detectors/base/time.h"

namespace leeway::sequential {

/// A CPU series of the Numenta Anomaly Benchmark with its labelled windows.
struct NabSeries {
  std::vector<TimePoint> times;
  std::vector<double> values;
  std::vector<std::pair<std::size_t, std::size_t>> windows;  ///< rows [first, end)
};

/// `start` is the time of its first row, which the file counts minutes from.
inline NabSeries nab_series(const std::string& name, const std::string& start) {
  NabSeries series;
  std::ifstream file(std::string(LEEWAY_SOURCE_DIR) + "/tests/fixtures/nab/" + name + ".csv");
  std::string line;
  std::getline(file, line);
  bool inside = false;
  while (std::getline(file, line)) {
    std::istringstream fields(line);
    long minute = 0;
    double value = 0.0;
    int anomaly = 0;
    char comma = 0;
    fields >> minute >> comma >> value >> comma >> anomaly;
    const std::size_t row = series.values.size();
    series.times.push_back(*parse_time(start) + std::chrono::minutes(minute));
    series.values.push_back(value);
    if (anomaly == 1 && !inside) series.windows.emplace_back(row, row);
    inside = anomaly == 1;
    if (inside) series.windows.back().second = row + 1;
  }
  return series;
}

inline NabSeries nab_asg() { return nab_series("cpu_asg", "2014-05-14T01:14:00Z"); }
inline NabSeries nab_rds() { return nab_series("cpu_rds", "2014-02-14T14:30:00Z"); }

/// How alarms lie to the labels.
struct NabScore {
  std::size_t found = 0;    ///< windows with an alarm
  std::size_t inside = 0;   ///< alarms in windows
  std::size_t outside = 0;  ///< alarms elsewhere

  bool operator==(const NabScore&) const = default;
};

inline NabScore score(const NabSeries& series, const std::vector<std::size_t>& alarms) {
  NabScore score;
  for (const auto& [first, end] : series.windows) {
    std::size_t inside = 0;
    for (const std::size_t row : alarms) inside += row >= first && row < end ? 1 : 0;
    score.inside += inside;
    score.found += inside > 0 ? 1 : 0;
  }
  score.outside = alarms.size() - score.inside;
  return score;
}

}  // namespace leeway::sequential
