#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "detectors/base/finding.h"
#include "detectors/drift/dialects.h"
#include "detectors/drift/quality_findings.h"
#include "detectors/profile/reference.h"
#include "detectors/threshold/thresholds.h"

namespace leeway::drift {

/// By measure.
using MeasureLimits = std::map<std::string, Limits, std::less<>>;

struct CompareOptions {
  std::string dialect = "leeway-1";
  std::vector<std::string> numeric_measures{};  ///< the first decides; none: the dialect's defaults
  std::vector<std::string> categorical_measures{};
  std::uint64_t min_rows = 200;
  QualityLimits quality{};
  std::map<std::string, MeasureLimits, std::less<>> column_limits{};  ///< fixed ones, by column
  /// Calls its second argument once with each index below the first, in any order or at the same
  /// time: columns do not know of each other. Nothing: one after the other.
  std::function<void(std::size_t, const std::function<void(std::size_t)>&)> for_each_column{};
};

/// The values of the numeric columns in ascending order, +-inf included, NaN not; by the index of
/// the schema, empty where they are not at hand. With both sides at hand measures are exact.
struct SortedColumns {
  std::vector<std::span<const double>> columns;
};

/// The findings of one window (or batch) against the reference, column by column: the measures of
/// the column's type, the first of them deciding, then those of quality
/// (quality_findings.h), and last "duplicate_rows" of the model.
/// Only features, predictions, scores and labels are judged by drift measures; all roles but
/// `ignored` by quality. The thresholds are the user's fixed ones, for the column before those for
/// the model (as significance levels where the dialect decides by p-value), else the dialect's,
/// else learned ones. A measure that is judged by its p-value has `alpha` and no thresholds.
///
/// Unknown verdicts: `no_data` without rows or values, `too_few` below `min_rows` and where the
/// noise floor is over half of the warning threshold, `uncertain` where the exact value may lie on
/// either side of a threshold, `error` where a column cannot be judged, with a note. A column never
/// spoils the others.
/// @param current  must have been folded with the reference's schema
std::vector<Finding> compare(const profile::Reference& reference,
                             const SortedColumns& reference_sorted, const profile::Profile& current,
                             const SortedColumns& current_sorted,
                             const threshold::Thresholds& thresholds,
                             const CompareOptions& options);

/// The deciding finding of every column that is judged by drift, all with one unknown verdict: for
/// rows that there is nothing to compare with.
std::vector<Finding> not_compared(const profile::Schema& schema, const CompareOptions& options,
                                  Verdict verdict, const std::string& note);

/// Over the deciding findings of feature columns, without segments.
struct DriftSummary {
  std::uint64_t judged = 0;
  std::uint64_t drifted = 0;  ///< deciding finding critical
  std::uint64_t unknown = 0;
  std::optional<double> share;  ///< drifted / judged; nothing if fewer than half are judged
};

DriftSummary summarize(const profile::Schema& schema, const std::vector<Finding>& findings);

}  // namespace leeway::drift
