#include "detectors/drift/quality_findings.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

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

Share non_finite(const ColumnProfile& column) {
  return {column.positive_infinite + column.negative_infinite,
          column.cells.total() + column.unseen};
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

/// @param expected  the share that is no finding yet: limits are added to it
Finding judged(const Column& column, const char* measure, double expected, const Share& current,
               const threshold::Fixed& limits, std::uint64_t min_rows) {
  Finding finding{.column = column.name, .measure = measure};
  if (current.whole > 0) finding.value = current.value();
  const auto above = [&](const std::optional<double>& limit) {
    return limit ? std::optional(expected + *limit) : std::nullopt;
  };
  finding.warning = above(limits.warning);
  finding.critical = above(limits.critical);
  finding.basis =
      finding.warning || finding.critical ? ThresholdBasis::kFixed : ThresholdBasis::kNone;
  finding.verdict = judge(current, finding, min_rows);
  return finding;
}

bool needs_note(const Finding& finding) {
  return finding.verdict != Verdict::kOk && finding.value.has_value();
}

Finding increase_of(const Column& column, const char* measure, const Share& reference,
                    const Share& current, const threshold::Fixed& limits, std::uint64_t min_rows) {
  Finding finding = judged(column, measure, reference.value(), current, limits, min_rows);
  if (needs_note(finding)) {
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

/// The kind of missing value whose share grew most, if it is not the plain one.
void name_kind(Finding& finding, const ColumnProfile& reference, const ColumnProfile& current) {
  if (finding.note.empty() || finding.verdict == Verdict::kTooFew) return;
  const auto shares = [](const ColumnProfile& side) {
    const std::uint64_t known = side.empty_texts + side.configured_missing;
    return std::array{Share{side.missing - known, side.rows}.value(),
                      Share{side.not_a_number, side.rows}.value(),
                      Share{side.empty_texts, side.rows}.value(),
                      Share{side.configured_missing, side.rows}.value()};
  };
  constexpr std::array kNames = {"null", "NaN", "empty texts", "values that stand for none"};
  const auto before = shares(reference);
  const auto now = shares(current);
  std::size_t most = 0;
  for (std::size_t i = 1; i < now.size(); ++i) {
    if (now[i] - before[i] > now[most] - before[most]) most = i;
  }
  if (most > 0) finding.note += std::string("; mostly ") + kNames[most];
}

/// "3.1 % of 20,000 values".
std::string part_of(const Finding& finding, std::uint64_t whole, const char* what) {
  std::string digits = std::to_string(whole);
  for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, ",");
  return percent(finding.value.value_or(0.0)) + " of " + digits + " " + what;
}

Share share_of(const profile::Checked& check) { return {check.violations, check.checked}; }

std::uint64_t finite_values(const ColumnProfile& column) {
  return column.cells.total() + column.unseen - column.positive_infinite - column.negative_infinite;
}

/// What the user says of the column, else the range that the reference shows.
void add_checks(std::vector<Finding>& findings, const Column& column,
                const ColumnProfile& reference, const ColumnProfile& current,
                const QualityLimits& limits, std::uint64_t min_rows) {
  const auto known = limits.rules.find(column.name);
  const RuleTexts texts = known == limits.rules.end() ? RuleTexts{} : known->second;
  const auto add = [&](const char* measure, const profile::Checked& check, std::string breach) {
    if (check.checked == 0) return;
    Finding finding = judged(column, measure, 0.0, share_of(check), limits.violations, min_rows);
    if (needs_note(finding))
      finding.note = part_of(finding, check.checked, "values") + std::move(breach);
    findings.push_back(std::move(finding));
  };
  const auto or_else = [](const std::string& text, const char* other) {
    return text.empty() ? std::string(other) : text;
  };
  const profile::Checks& checks = current.checks;
  add("range", checks.range, " are not " + or_else(texts.range, "in the range that is set"));
  add("set", checks.set, " are not in the set that is given");
  add("pattern", checks.pattern, " do not match " + or_else(texts.pattern, "the pattern"));
  if (checks.range.checked > 0 || checks.shown.violations == 0) return;
  const double expected = 10.0 / (static_cast<double>(finite_values(reference)) + 1.0);
  Finding finding =
      judged(column, "range", expected, share_of(checks.shown), limits.range, min_rows);
  if (needs_note(finding)) {
    finding.note =
        part_of(finding, checks.shown.checked, "values") + " lie beyond the reference's range";
  }
  findings.push_back(std::move(finding));
}

/// The largest share of ids that repeat in what the limit is added to; nothing if it was made
/// before there were samples.
std::optional<double> usual_duplicates(const QualityReference& reference) {
  std::optional<double> usual;
  const auto look_at = [&usual](const ColumnProfile& side) {
    if (const auto found = side.keys.duplicates())
      usual = std::max(usual.value_or(0.0), found->share);
  };
  for (const ColumnProfile* window : reference.windows) look_at(*window);
  if (reference.windows.empty()) look_at(reference.column);
  return usual;
}

/// The limits are held against what the share is at least.
Finding duplicates_finding(const Column& column, const char* measure, double expected,
                           const profile::KeySample::Duplicates& found, std::uint64_t rows,
                           const threshold::Fixed& limits, std::uint64_t min_rows) {
  const double least = std::max(0.0, found.share - 2.0 * found.standard_error);
  const Share share{static_cast<std::uint64_t>(std::llround(least * static_cast<double>(rows))),
                    rows};
  Finding finding = judged(column, measure, expected, share, limits, min_rows);
  finding.value = found.share;
  if (needs_note(finding)) {
    finding.note = part_of(finding, rows, "rows");
    if (found.standard_error > 0.0)
      finding.note += " (within " + percent(2.0 * found.standard_error) + ")";
  }
  return finding;
}

void add_duplicates(std::vector<Finding>& findings, const Column& column,
                    const QualityReference& reference, const ColumnProfile& current,
                    const QualityLimits& limits, std::uint64_t min_rows) {
  const auto found = current.keys.duplicates();
  if (!found) return;
  const auto usual = usual_duplicates(reference);
  Finding finding = duplicates_finding(column, "duplicates", usual.value_or(0.0), *found,
                                       current.rows - current.missing,
                                       usual ? limits.duplicate_ids : threshold::Fixed{}, min_rows);
  if (!finding.note.empty())
    finding.note += " repeat an id, " + percent(*usual) + " in the reference";
  if (!usual) finding.note = "the reference has no sample of its ids; learn it again";
  findings.push_back(std::move(finding));
}

bool is_constant(const Column& column, const ColumnProfile& side) {
  const bool no_infinities = side.positive_infinite == 0 && side.negative_infinite == 0;
  if (column.grid) return side.moments.count > 0 && side.min == side.max && no_infinities;
  if (!column.categories) return false;
  if (side.unseen == 0) return side.cells.index.size() == 1;
  return side.cells.index.empty() && side.distinct.estimate() < 1.5;
}

/// Whether the reference shows that `rows` rows of one value are nothing rare.
bool may_be_constant(const Column& column, const QualityReference& reference, std::uint64_t rows) {
  constexpr double kRare = 1e-6;
  for (const ColumnProfile* window : reference.windows) {
    if (is_constant(column, *window)) return true;
  }
  const auto& counts = reference.column.cells.count;
  if (counts.empty()) return true;
  const std::uint64_t whole = reference.column.cells.total() + reference.column.unseen;
  const Share most{*std::max_element(counts.begin(), counts.end()), whole};
  return static_cast<double>(rows) * std::log(most.value()) >= std::log(kRare);
}

void add_constant(std::vector<Finding>& findings, const Column& column,
                  const QualityReference& reference, const ColumnProfile& current,
                  const QualityLimits& limits, std::uint64_t min_rows) {
  if (limits.constant == Verdict::kOk || !is_judged(column.role)) return;
  if (!is_constant(column, current)) return;
  const std::uint64_t rows = current.cells.total() + current.unseen;
  if (may_be_constant(column, reference, rows)) return;
  Finding finding{.column = column.name, .measure = "constant", .value = 1.0};
  finding.verdict = rows < min_rows ? Verdict::kTooFew : limits.constant;
  (limits.constant == Verdict::kCritical ? finding.critical : finding.warning) = 1.0;
  finding.basis = ThresholdBasis::kFixed;
  finding.note = part_of(finding, rows, "values") + " are one and the same";
  findings.push_back(std::move(finding));
}

}  // namespace

std::vector<Finding> quality_findings(const Column& column, const QualityReference& reference,
                                      const ColumnProfile& current, const QualityLimits& limits,
                                      std::uint64_t min_rows) {
  const ColumnProfile& before = reference.column;
  std::vector<Finding> findings;
  findings.push_back(
      increase_of(column, "missing", missing(before), missing(current), limits.missing, min_rows));
  name_kind(findings.back(), before, current);
  if (column.categories) {
    findings.push_back(
        increase_of(column, "unseen", unseen(before), unseen(current), limits.unseen, min_rows));
    name_newcomer(findings.back(), column, current);
  }
  const auto add_if_any = [&](const char* measure, const Share& then, const Share& now,
                              const threshold::Fixed& own) {
    if (then.part == 0 && now.part == 0) return;
    findings.push_back(increase_of(column, measure, then, now, own, min_rows));
  };
  add_if_any("type_errors", type_errors(before), type_errors(current), limits.type_errors);
  add_if_any("non_finite", non_finite(before), non_finite(current), limits.non_finite);
  add_checks(findings, column, before, current, limits, min_rows);
  add_duplicates(findings, column, reference, current, limits, min_rows);
  add_constant(findings, column, reference, current, limits, min_rows);
  return findings;
}

std::optional<Finding> duplicate_rows(const profile::Profile& current, const QualityLimits& limits,
                                      std::uint64_t min_rows) {
  const auto found = current.row_keys.duplicates();
  const threshold::Fixed& own = limits.duplicate_rows;
  if (!found || (!own.warning && !own.critical)) return std::nullopt;
  Finding finding =
      duplicates_finding(Column{}, "duplicate_rows", 0.0, *found, current.rows, own, min_rows);
  if (!finding.note.empty()) finding.note += " repeat another row";
  return finding;
}

}  // namespace leeway::drift
