#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "detectors/base/finding.h"

namespace leeway::drift {

/// What moved, for people.
struct Explanation {
  std::string sentence{};       ///< that fits into an alert
  std::vector<Shift> shifts{};  ///< what moved most, the furthest first
};

/// "values from 41 on rose from 6.1 % to 11.8 % of rows".
std::string sentence_of(const Shift& shift, const char* of_what = "rows");

/// Of bins or categories: up to three, those that contributed most to the statistic.
/// @param contributions  by bin, larger is more; one that is not above 0 is left out
/// @param reference, current  counts by bin
/// @param name  of a bin, as a person calls it
Explanation explain_bins(std::span<const double> contributions,
                         std::span<const std::uint64_t> reference,
                         std::span<const std::uint64_t> current,
                         const std::function<std::string(std::size_t)>& name);

}  // namespace leeway::drift
