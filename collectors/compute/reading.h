#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/compute/metric.h"

namespace leeway::compute {

struct Sample {
  Metric metric;
  std::string device;  ///< the GPU, as its source names it; empty for the others
  double value = 0.0;

  bool operator==(const Sample&) const = default;
};

/// A metric that the source would give and cannot, with the reason: never a silent 0.
struct Absent {
  Metric metric;
  std::string why;  ///< one sentence for a person, with what to do about it

  bool operator==(const Absent&) const = default;
};

/// What a source says at one moment.
struct Reading {
  /// What was measured: the inode of a cgroup, the boot of a host. Counters under another identity
  /// have begun anew, even where they are larger. Empty: a counter that falls has begun anew.
  std::string identity;
  std::vector<Sample> samples;
  std::vector<Absent> absent;

  void add(Metric metric, double value, std::string device = {}) {
    samples.push_back({metric, std::move(device), value});
  }
  void lacks(Metric metric, std::string why) { absent.push_back({metric, std::move(why)}); }

  /// Of the first sample of that metric (and GPU).
  std::optional<double> value(Metric metric, std::string_view device = {}) const;
  const Absent* find_absent(Metric metric) const;
};

}  // namespace leeway::compute
