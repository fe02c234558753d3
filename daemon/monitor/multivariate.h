#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "daemon/monitor/intake.h"
#include "detectors/multivariate/baseline.h"
#include "detectors/threshold/thresholds.h"

namespace leeway::monitor {

/// What the windows of a reference showed of each other by measures of several columns.
struct MultivariateBaseline {
  std::vector<tables::ComparedColumn> columns;  ///< without those that tell any two windows apart
  /// By column (of an embedding; empty: of all columns) and measure, one of each window.
  std::map<std::pair<std::string, std::string>, std::vector<multivariate::Shown>> shown;
};

/// Whether anything of several columns, or of an embedding, is judged against this reference.
bool has_multivariate(const ActiveReference& reference, const config::Model& model);

/// One file of the rows that were drawn of contributions, one sample a pane. False, and no file, if
/// of one of them none were drawn. Blocks.
Result<bool> gather_samples(const std::vector<store::Contribution>& contributions,
                            std::uint64_t schema_id, const std::filesystem::path& scratch,
                            const std::filesystem::path& to);

/// The comparison of the windows of a sampled reference with each other: every measure named, and
/// those of embeddings where the schema has some.
tables::MeasurePlan multivariate_plan(const profile::Schema& schema,
                                      std::filesystem::path reference_sample,
                                      std::vector<std::string> measures, std::uint64_t seed);

/// What an answer to such a plan shows.
MultivariateBaseline baseline_of(const tables::MeasurePlan& plan,
                                 const tables::MeasureAnswer& answer);

/// The findings of one window: limits of each measure from the baseline, at the level that the
/// budget leaves it, or the user's. Those of all columns have no column; of an embedding the first
/// measure decides. Pure.
std::vector<Finding> multivariate_findings(const MultivariateBaseline& baseline,
                                           const threshold::Policy& policy,
                                           const std::vector<tables::MeasuredDrift>& measured);

struct MultivariateJudgement {
  std::shared_ptr<const ActiveReference> reference;  ///< the same, with its baseline
  std::vector<Finding> findings;
};

/// Measures the drawn rows of a closed window in a worker. The baseline is measured first where the
/// reference does not have it yet, and kept beside its rows. What fails is an `error` of each
/// measure; only kCancelled is an error. Nothing where nothing is asked for, or the reference is
/// still learned.
/// @param samples  of the window's contributions
Async<MultivariateJudgement> judge_multivariate(Services services, config::Model model,
                                                std::shared_ptr<const ActiveReference> reference,
                                                Closing window,
                                                std::vector<std::filesystem::path> samples);

}  // namespace leeway::monitor
