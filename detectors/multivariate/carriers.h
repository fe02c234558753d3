#pragma once

#include <string>
#include <vector>

namespace leeway::multivariate {

/// A column and its part in a difference that was measured over many.
struct Carrier {
  std::string column;
  double share = 0.0;  ///< of all columns' parts, in (0, 1]
  bool operator==(const Carrier&) const = default;
};

/// The columns with a part above 0, largest first, shares adding up to 1.
/// @param names, parts  of equal length
std::vector<Carrier> carriers_of(const std::vector<std::string>& names,
                                 const std::vector<double>& parts);

/// "arr_delay (41 %), dep_delay (37 %)": the fewest that make up two thirds, at most three, but
/// none with less than a tenth unless it is the first. Empty without carriers.
std::string named(const std::vector<Carrier>& carriers);

}  // namespace leeway::multivariate
