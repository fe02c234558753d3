#include "detectors/drift/compare.h"

#include <algorithm>
#include <array>
#include <exception>
#include <iterator>

#include "detectors/drift/distance_measures.h"
#include "detectors/drift/rank_measures.h"
#include "detectors/drift/sorted_distances.h"

namespace leeway::drift {
namespace {

using profile::Column;
using profile::ColumnProfile;
using threshold::Limit;

std::span<const double> sorted_of(const SortedColumns& sorted, std::size_t column) {
  return column < sorted.columns.size() ? sorted.columns[column] : std::span<const double>{};
}

Finding unknown(Finding finding, Verdict verdict, std::string note) {
  finding.verdict = verdict;
  finding.note = std::move(note);
  return finding;
}

/// What is held against limits: between what it is at the value and at value + error_bound.
struct Evidence {
  double near;
  double far;
};

Evidence evidence_of(const Measure& measure, const Measured& measured) {
  if (!by_p_value(measure.line)) {
    return {.near = measured.value, .far = measured.value + measured.error_bound};
  }
  const double p = measured.p_value.value_or(1.0);
  return {.near = p, .far = measured.p_value_at_bound.value_or(p)};
}

Verdict judge(Line line, const Evidence& evidence, const Limit& limit) {
  const auto beyond = [line](double x, const std::optional<double>& at) {
    return at && is_beyond(line, x, *at);
  };
  if (beyond(evidence.near, limit.critical)) return Verdict::kCritical;
  if (beyond(evidence.far, limit.critical)) return Verdict::kUncertain;
  if (beyond(evidence.near, limit.warning)) return Verdict::kWarning;
  return beyond(evidence.far, limit.warning) ? Verdict::kUncertain : Verdict::kOk;
}

/// A value whose mean without drift is over half of a fixed threshold says little about drift.
/// Learned thresholds rise with the noise floor and keep their word at any size; they say nothing
/// once they lie where no value can.
bool is_noise(const Measure& measure, double noise_floor, const Limit& limit) {
  const std::optional<double>& first = limit.warning ? limit.warning : limit.critical;
  if (!first) return false;
  if (limit.basis == ThresholdBasis::kFixed) return noise_floor > 0.5 * *first;
  return *first >= measure.most;
}

/// The level that the verdict was reached at: the one crossed last, else the one nearest to it.
std::optional<double> alpha_of(Verdict verdict, const Limit& limit) {
  if (verdict == Verdict::kCritical || !limit.warning) return limit.critical;
  return limit.warning;
}

/// Everything that judging one column needs.
class ColumnJudge {
 public:
  ColumnJudge(const Sides& sides, std::size_t index, const Dialect& dialect,
              const threshold::Thresholds& thresholds, const CompareOptions& options)
      : sides_(sides),
        index_(index),
        dialect_(dialect),
        thresholds_(thresholds),
        options_(options) {}

  std::vector<Finding> drift() const {
    std::vector<Finding> findings;
    for (const std::string& name : names()) {
      findings.push_back(finding_of(name));
      findings.back().deciding = findings.size() == 1;
    }
    return findings;
  }

 private:
  std::vector<std::string> names() const {
    const auto& named =
        sides_.column.grid ? options_.numeric_measures : options_.categorical_measures;
    if (!named.empty()) return named;
    const MeasureNames defaults = default_measures(dialect_, sides_);
    return {defaults.begin(), defaults.end()};
  }

  Finding finding_of(const std::string& name) const {
    Finding finding{.column = sides_.column.name, .measure = name};
    const Measure* const measure = find_measure(dialect_, name, sides_.column.type);
    if (measure == nullptr)
      return unknown(std::move(finding), Verdict::kError, "there is no measure of this name");
    if (!applies(*measure, sides_.column.type)) {
      return unknown(std::move(finding), Verdict::kError,
                     "does not measure " + std::string(to_string(sides_.column.type)) + " columns");
    }
    if (sides_.current.rows == 0)
      return unknown(std::move(finding), Verdict::kNoData, "the window has no rows");
    if (measure->needs_rows && sides_.column.grid && !sides_.has_rows()) {
      return unknown(std::move(finding), Verdict::kError,
                     "exact only: " + name + " of " + std::string(dialect_.name) +
                         " needs the rows of both sides, and they are not at hand");
    }
    auto measured = measure->measure(sides_);
    if (!measured) {
      const bool empty = measured.error().code == ErrorCode::kInsufficientData;
      return unknown(std::move(finding), empty ? Verdict::kNoData : Verdict::kError,
                     std::move(measured.error().message));
    }
    return judged(std::move(finding), *measure, std::move(*measured));
  }

  Finding judged(Finding finding, const Measure& measure, Measured measured) const {
    const bool by_p = by_p_value(measure.line);
    finding.value = measured.value;
    finding.error_bound = measured.error_bound;
    finding.noise_floor = noise_floor(measure, measured);
    finding.p_value = measured.p_value;
    const Limit limit = limit_of(measure);
    finding.basis = limit.basis;
    if (!by_p) {
      finding.warning = limit.warning;
      finding.critical = limit.critical;
    }
    if (sides_.current.rows < options_.min_rows) {
      return unknown(std::move(finding), Verdict::kTooFew,
                     std::to_string(sides_.current.rows) + " rows, " +
                         std::to_string(options_.min_rows) + " are needed");
    }
    if (!by_p && finding.noise_floor && is_noise(measure, *finding.noise_floor, limit)) {
      return unknown(std::move(finding), Verdict::kTooFew,
                     "so few rows give half the threshold without any drift");
    }
    finding.verdict = judge(measure.line, evidence_of(measure, measured), limit);
    if (by_p) finding.alpha = alpha_of(finding.verdict, limit);
    if (finding.verdict != Verdict::kOk) {
      Explanation moved = measure.explain(sides_);
      finding.note = std::move(moved.sentence);
      finding.shifts = std::move(moved.shifts);
    }
    return finding;
  }

  std::optional<double> noise_floor(const Measure& measure, const Measured& measured) const {
    if (measured.noise_floor || !measure.has_null()) return measured.noise_floor;
    const NullParameters null =
        measure.null_parameters(sides_.column, sides_.reference, sides_.classes);
    return measure.noise_floor(null, measure.rows(sides_.reference), measure.rows(sides_.current));
  }

  Limit limit_of(const Measure& measure) const {
    if (const auto column = options_.column_limits.find(sides_.column.name);
        column != options_.column_limits.end()) {
      if (const auto own = column->second.find(measure.name); own != column->second.end())
        return fixed(own->second);
    }
    Limit limit = thresholds_.limit(index_, measure.name, measure.rows(sides_.current));
    const bool of_user = limit.basis == ThresholdBasis::kFixed;
    return measure.limits_from == LimitsFrom::kDialect && !of_user ? fixed(measure.limits) : limit;
  }

  static Limit fixed(const Limits& limits) {
    return {
        .warning = limits.warning, .critical = limits.critical, .basis = ThresholdBasis::kFixed};
  }

  const Sides& sides_;
  std::size_t index_;
  const Dialect& dialect_;
  const threshold::Thresholds& thresholds_;
  const CompareOptions& options_;
};

/// Measures that all come from one walk over the sorted rows.
constexpr std::array kOfOneWalk = {&ks, &ks_up, &ks_down, &wasserstein, &wasserstein_plain};

/// That walk, where more than one of them is asked for.
std::optional<SortedDistances> walk_of(const Sides& sides, const Dialect& dialect,
                                       const std::vector<std::string>& names) {
  if (!sides.has_rows()) return std::nullopt;
  const auto asked = std::ranges::count_if(names, [&](const std::string& name) {
    const Measure* const measure = find_measure(dialect, name, sides.column.type);
    return measure != nullptr &&
           std::ranges::find(kOfOneWalk, measure->measure) != kOfOneWalk.end();
  });
  if (asked < 2) return std::nullopt;
  auto distances = sorted_distances(sides.reference_sorted, sides.current_sorted);
  return distances ? std::optional(*distances) : std::nullopt;
}

bool has_drift_measures(const Column& column) {
  return is_judged(column.role) &&
         (column.type == ColumnType::kNumeric || column.type == ColumnType::kCategorical ||
          column.type == ColumnType::kBoolean);
}

Finding cannot_be_judged(const Column& column, const CompareOptions& options, std::string why) {
  const auto& names =
      column.type == ColumnType::kNumeric ? options.numeric_measures : options.categorical_measures;
  const bool judged = has_drift_measures(column);
  return {.column = column.name,
          .measure = !judged         ? "missing"
                     : names.empty() ? "psi"
                                     : names.front(),
          .verdict = Verdict::kError,
          .deciding = judged,
          .note = std::move(why)};
}

std::vector<Finding> drift_findings(const Sides& sides, std::size_t index, const Dialect& dialect,
                                    const threshold::Thresholds& thresholds,
                                    const CompareOptions& options) {
  if (!has_drift_measures(sides.column)) return {};
  if (!sides.column.grid && !sides.column.categories) {
    return {cannot_be_judged(sides.column, options, "the reference has no values to compare with")};
  }
  const auto walk = walk_of(sides, dialect, options.numeric_measures);
  Sides walked = sides;
  walked.distances = walk ? &*walk : nullptr;
  return ColumnJudge(walked, index, dialect, thresholds, options).drift();
}

std::vector<Finding> column_findings(const Sides& sides, std::size_t index, const Dialect& dialect,
                                     const threshold::Thresholds& thresholds,
                                     const CompareOptions& options,
                                     std::span<const profile::Reference::Window> windows) {
  try {
    std::vector<Finding> findings = drift_findings(sides, index, dialect, thresholds, options);
    QualityReference reference{.column = sides.reference, .windows = {}};
    for (const auto& window : windows) reference.windows.push_back(&window.profile.columns[index]);
    std::vector<Finding> quality =
        quality_findings(sides.column, reference, sides.current, options.quality, options.min_rows);
    std::move(quality.begin(), quality.end(), std::back_inserter(findings));
    return findings;
  } catch (const std::exception& thrown) {  // of the mathematics library, say: this column's alone
    return {cannot_be_judged(sides.column, options, thrown.what())};
  }
}

}  // namespace

std::vector<Finding> compare(const profile::Reference& reference,
                             const SortedColumns& reference_sorted, const profile::Profile& current,
                             const SortedColumns& current_sorted,
                             const threshold::Thresholds& thresholds,
                             const CompareOptions& options) {
  const auto fits = current.fits(reference.schema);
  const Dialect* const dialect = find_dialect(options.dialect);
  const std::size_t count = reference.schema.columns.size();
  std::vector<std::vector<Finding>> found(count);
  const auto compare_column = [&](std::size_t i) {
    const Column& column = reference.schema.columns[i];
    if (column.role == ColumnRole::kIgnored) return;
    if (!fits || dialect == nullptr) {
      found[i].push_back(cannot_be_judged(
          column, options,
          fits ? "there is no dialect '" + options.dialect + "'" : fits.error().message));
      return;
    }
    const ColumnProfile& before = reference.profile.columns[i];
    const Classes classes(column, before, options.min_rows);
    const Sides sides{.column = column,
                      .reference = before,
                      .current = current.columns[i],
                      .classes = classes,
                      .reference_sorted = sorted_of(reference_sorted, i),
                      .current_sorted = sorted_of(current_sorted, i)};
    found[i] = column_findings(sides, i, *dialect, thresholds, options, reference.windows);
  };
  if (options.for_each_column) {
    options.for_each_column(count, compare_column);
  } else {
    for (std::size_t i = 0; i < count; ++i) compare_column(i);
  }
  std::vector<Finding> findings;
  for (auto& each : found) std::move(each.begin(), each.end(), std::back_inserter(findings));
  if (auto rows = duplicate_rows(current, options.quality, options.min_rows); fits && rows) {
    findings.push_back(std::move(*rows));
  }
  return findings;
}

std::vector<Finding> not_compared(const profile::Schema& schema, const CompareOptions& options,
                                  Verdict verdict, const std::string& note) {
  std::vector<Finding> findings;
  for (const Column& column : schema.columns) {
    if (!has_drift_measures(column)) continue;
    findings.push_back(cannot_be_judged(column, options, note));
    findings.back().verdict = verdict;
  }
  return findings;
}

DriftSummary summarize(const profile::Schema& schema, const std::vector<Finding>& findings) {
  DriftSummary summary;
  for (const Finding& finding : findings) {
    if (!finding.deciding || !finding.segment.empty()) continue;
    const Column* const column = schema.find(finding.column);
    if (column == nullptr || column->role != ColumnRole::kFeature) continue;
    ++(is_unknown(finding.verdict) ? summary.unknown : summary.judged);
    if (finding.verdict == Verdict::kCritical) ++summary.drifted;
  }
  if (summary.judged > 0 && summary.judged >= summary.unknown) {
    summary.share = static_cast<double>(summary.drifted) / static_cast<double>(summary.judged);
  }
  return summary;
}

}  // namespace leeway::drift
