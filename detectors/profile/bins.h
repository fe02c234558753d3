#pragma once

#include <cstdint>
#include <vector>

#include "detectors/profile/profile.h"

namespace leeway::profile {

/// Bounds of bins that are unions of cells and of about equal mass in these counts, as positions in
/// the edges of their grid: the edges nearest to the quantiles, each once, with something on either
/// side. Fewer than asked for where cells are heavy. O(cells).
/// @param bins  at least 1
std::vector<std::uint16_t> equal_mass_bins(const SparseCells& cells, std::size_t bins = 10);

/// The schema for a part of the reference's rows: the same cells, but numbers in bins of equal mass
/// of that part. Deciles of all rows see nothing of what happens inside a part that lies within one
/// of them. It has the id of `schema`.
/// @param part  the profile of the part's rows, folded with `schema`
Schema with_bins_of(const Schema& schema, const Profile& part);

}  // namespace leeway::profile
