#include "detectors/drift/quality_findings.h"

#include <cmath>

#include "detectors/drift/numbers.h"

namespace leeway::drift {
namespace {

using profile::Column;
using profile::ColumnProfile;

struct Share {
  std::uint64_t part = 0;
  std::uint64_t whole = 0;

  double value() const {
    return whole == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(whole);
  }
};

Share missing(const ColumnProfile& column) {
  return {column.missing + column.not_a_number, column.rows};
}
Share type_errors(const ColumnProfile& column) { return {column.type_errors, column.rows}; }
Share unseen(const ColumnProfile& column) {
  return {column.unseen, column.unseen + column.cells.total()};
}

bool exceeds(const Share& share, const std::optional<double>& limit) {
  return limit && share.value() >= *limit;
}

/// Whether a share this far above the limit is more than the luck of few rows.
bool is_sure(const Share& share, double limit) {
  const double p = std::min(limit, 1.0);
  return share.value() >= limit + 3.0 * std::sqrt(p * (1.0 - p) / static_cast<double>(share.whole));
}

Verdict judge(const Share& share, const Finding& finding, std::uint64_t min_rows) {
  if (share.whole == 0) return Verdict::kNoData;
  const bool critical = exceeds(share, finding.critical);
  if (!critical && !exceeds(share, finding.warning)) return Verdict::kOk;
  const double limit = (critical ? finding.critical : finding.warning).value_or(1.0);
  if (share.whole < min_rows && !is_sure(share, limit)) return Verdict::kTooFew;
  return critical ? Verdict::kCritical : Verdict::kWarning;
}

Finding finding_of(const Column& column, const char* measure, const Share& reference,
                   const Share& current, const threshold::Fixed& limits, std::uint64_t min_rows) {
  Finding finding{.column = column.name, .measure = measure};
  if (current.whole > 0) finding.value = current.value();
  const auto above = [&](const std::optional<double>& limit) {
    return limit ? std::optional(reference.value() + *limit) : std::nullopt;
  };
  finding.warning = above(limits.warning);
  finding.critical = above(limits.critical);
  finding.basis =
      finding.warning || finding.critical ? ThresholdBasis::kFixed : ThresholdBasis::kNone;
  finding.verdict = judge(current, finding, min_rows);
  if (finding.verdict != Verdict::kOk && current.whole > 0) {
    finding.note =
        percent(current.value()) + ", " + percent(reference.value()) + " in the reference";
  }
  return finding;
}

/// The most frequent new category, where it may be named.
void name_newcomer(Finding& finding, const Column& column, const ColumnProfile& current) {
  if (column.is_private || finding.note.empty()) return;
  const auto top = current.unseen_values.top(1);
  if (!top.empty()) finding.note += "; most often '" + top.front().value + "'";
}

}  // namespace

std::vector<Finding> quality_findings(const Column& column, const ColumnProfile& reference,
                                      const ColumnProfile& current, const QualityLimits& limits,
                                      std::uint64_t min_rows) {
  std::vector<Finding> findings;
  findings.push_back(finding_of(column, "missing", missing(reference), missing(current),
                                limits.missing, min_rows));
  if (column.categories) {
    findings.push_back(
        finding_of(column, "unseen", unseen(reference), unseen(current), limits.unseen, min_rows));
    name_newcomer(findings.back(), column, current);
  }
  if (reference.type_errors != 0 || current.type_errors != 0) {
    findings.push_back(finding_of(column, "type_errors", type_errors(reference),
                                  type_errors(current), limits.type_errors, min_rows));
  }
  return findings;
}

}  // namespace leeway::drift
