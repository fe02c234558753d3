#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "collectors/compute/usage.h"

namespace leeway::compute {

/// What things cost, in one currency. All that are given add up.
struct Price {
  std::optional<double> per_hour{};       ///< of the machine or the endpoint, used or not
  std::optional<double> per_gpu_hour{};   ///< of each GPU that is seen, used or not
  std::optional<double> per_cpu_hour{};   ///< of CPU time that is used
  std::optional<double> per_gib_hour{};   ///< of memory that is used
  std::optional<double> per_1k_tokens{};  ///< of a language model
  std::optional<double> per_kwh{};        ///< of the energy of GPUs
  std::optional<double> grams_per_kwh{};  ///< carbon intensity of that energy, CO2 equivalent
};

/// What a span of usage cost.
struct Cost {
  double total = 0.0;
  std::map<std::string_view, double> parts;  ///< "time", "gpu_time", "cpu", "memory", ...
  /// Of the total, what was paid for time in which nothing was done: the price of time x (1 - share
  /// in use), by the busier of CPU and GPU. Nothing where no price is of time or no use is known.
  std::optional<double> idle;
  std::optional<double> energy_joules;
  std::optional<double> carbon_grams;
  /// A price is given and what it is for was not seen; the total leaves it out.
  std::map<std::string_view, std::string> unknown;
};

/// O(GPUs). A span of 0 costs nothing.
Cost cost_of(const Usage& usage, const Price& price);

/// The busier of CPU and GPU, from 0 to 1.
std::optional<double> busy_ratio(const Usage& usage);

}  // namespace leeway::compute
