#pragma once

#include <span>

namespace leeway::tables {

/// Ascending, infinities included; no NaN. Highway's vqsort, eight times as fast as std::sort, with
/// the widest vectors that the machine has.
void sort(std::span<double> values);

}  // namespace leeway::tables
