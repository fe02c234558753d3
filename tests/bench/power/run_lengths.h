#pragma once

namespace leeway::power {

/// Prints for each sequential detector by default how many values it takes to a false report, and
/// how many after a change.
/// @param streams  of each kind
void print_run_lengths(int streams);

}  // namespace leeway::power
