#pragma once

#include <filesystem>
#include <vector>

#include "daemon/monitor/judge.h"
#include "daemon/store/ledger.h"

namespace leeway::monitor {

/// The contributions of a window by segment, in the order of merging; there is always a part of all
/// rows. Those of another schema are of an earlier reference and left out. A segment with one
/// contribution without sorted rows has none.
std::vector<SegmentParts> parts_of(const std::vector<store::Contribution>& contributions,
                                   std::uint64_t schema_id, const std::filesystem::path& scratch);

/// The files of drawn rows of the contributions of all rows. Empty if one of them has none.
std::vector<std::filesystem::path> samples_of(const std::vector<store::Contribution>& contributions,
                                              std::uint64_t schema_id,
                                              const std::filesystem::path& scratch);

}  // namespace leeway::monitor
