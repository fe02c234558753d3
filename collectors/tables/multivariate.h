#pragma once

#include "collectors/tables/plan.h"

namespace leeway::tables {

/// Measures drawn rows by several columns at once. Deterministic in the plan and the files.
///
/// The reference is the sample of all its windows together. Without `current` each of its windows
/// (at most 60 evenly spread, those with a quarter of the median rows or more) is compared with the
/// sample of all others: what thresholds are learned from. A numeric column whose distance of
/// Kolmogorov and Smirnov between a window and the others is 1/2 or more on average is a clock (a
/// counter, a time in numbers): with it a classifier tells any two windows apart, drifted or not,
/// so it is named and left out. A measure that fails is an item with its
/// trouble; only files that cannot be read fail the whole.
Result<MeasureAnswer> measure(const MeasurePlan& plan);

}  // namespace leeway::tables
