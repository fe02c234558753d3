#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "collectors/tables/plan.h"
#include "daemon/cli/compare.h"
#include "detectors/base/finding.h"
#include "detectors/threshold/thresholds.h"

namespace leeway::cli {

/// kInvalidArgument naming the measure that there is not, and one like it.
Result<> check_multivariate(const CompareArguments& arguments);

/// How many rows are drawn of each window of the reference and of the current file; 0 if nothing is
/// measured of them.
std::uint64_t sample_rows(const CompareArguments& arguments);

/// The budget's default, spread over what is judged.
threshold::Policy policy_of(const CompareArguments& arguments);

/// The findings of all columns at once and of embeddings, by rows that were drawn into `folder`.
/// Without days in the reference nothing is learned and nothing critical, as for single columns.
Result<std::vector<Finding>> compare_together(const CompareArguments& arguments,
                                              const std::filesystem::path& folder,
                                              const profile::Schema& schema,
                                              const tables::LearnAnswer& learned,
                                              const tables::FoldedPane& current);

}  // namespace leeway::cli
