#include "daemon/monitor/judge.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "daemon/monitor/settings.h"
#include "daemon/monitor/versions.h"

namespace leeway::monitor {
namespace {

constexpr std::size_t kMinWindowsForVolume = 4;
constexpr double kMadToSigma = 1.4826;  // of a normal distribution
constexpr double kLeastSpread = 0.05;
constexpr double kVolumeSpreads = 6.0;

/// Sorted values of one segment, from one extract (mapped) or several (merged in memory).
class SortedRows {
 public:
  static Result<SortedRows> read(const std::vector<std::filesystem::path>& paths,
                                 std::size_t columns) {
    SortedRows rows;
    for (const std::filesystem::path& path : paths) {
      Result<tables::MappedExtract> mapped = tables::MappedExtract::open(path);
      if (!mapped) return fail(std::move(mapped.error()).in("extract '" + path.string() + "'"));
      rows.mapped_.push_back(std::move(*mapped));
    }
    rows.views_.columns.resize(columns);
    if (!rows.mapped_.empty()) rows.merge(columns);
    return rows;
  }

  const drift::SortedColumns& columns() const { return views_; }

 private:
  void merge(std::size_t columns) {
    merged_.resize(columns);
    for (std::size_t column = 0; column < columns; ++column) {
      const auto index = static_cast<std::uint32_t>(column);
      if (mapped_.size() == 1) {
        views_.columns[column] = mapped_.front().column(index);
        continue;
      }
      std::vector<double>& values = merged_[column];
      for (const tables::MappedExtract& extract : mapped_) {
        const std::span<const double> more = extract.column(index);
        std::vector<double> both;
        both.reserve(values.size() + more.size());
        std::ranges::merge(values, more, std::back_inserter(both));
        values = std::move(both);
      }
      views_.columns[column] = values;
    }
  }

  std::vector<tables::MappedExtract> mapped_;
  std::vector<std::vector<double>> merged_;
  drift::SortedColumns views_;
};

Result<profile::Profile> merge_profiles(const profile::Schema& schema,
                                        const std::vector<std::string>& parts) {
  profile::Profile merged = profile::Profile::empty_for(schema);
  for (const std::string& bytes : parts) {
    Result<profile::Profile> part = profile::Profile::deserialize(bytes);
    if (!part) return fail(std::move(part.error()).in("reading a contribution"));
    if (Result<> done = merged.merge(*part); !done)
      return fail(std::move(done.error()).in("merging contributions"));
  }
  return merged;
}

/// What rows are compared with, and their sorted values where both sides have them.
struct Against {
  const profile::Reference& reference;
  const threshold::Thresholds& thresholds;
  const std::vector<SeasonLevel>& seasons;
  drift::SortedColumns sorted = {};
  drift::SortedColumns current_sorted = {};
};

void add_note(Finding& finding, const std::string& note) {
  finding.note += (finding.note.empty() ? "" : "; ") + note;
}

/// With the windows of the same phase of the season, on the cells, or else with all.
std::vector<Finding> compare_in_season(const ActiveReference& reference, const Closing& window,
                                       const Against& against, const profile::Profile& rows,
                                       const drift::CompareOptions& options) {
  SeasonChoice choice;
  if (reference.clock) choice = choose(against.seasons, *reference.clock, window.from, window.end);
  std::vector<Finding> findings =
      choice.level == nullptr ? drift::compare(against.reference, against.sorted, rows,
                                               against.current_sorted, against.thresholds, options)
                              : drift::compare(choice.reference(reference.reference.schema), {},
                                               rows, {}, choice.level->thresholds, options);
  for (Finding& finding : findings) {
    const bool moved =
        finding.verdict == Verdict::kWarning || finding.verdict == Verdict::kCritical;
    if (finding.deciding && !choice.note.empty()) {
      add_note(finding, choice.note);
    } else if (moved && choice.level != nullptr) {
      add_note(finding, "compared with " + choice.name());
    }
  }
  return findings;
}

std::vector<Finding> compare_all(const ActiveReference& reference, const Closing& window,
                                 const SegmentParts& part, const profile::Profile& rows,
                                 const drift::CompareOptions& options) {
  const std::size_t columns = reference.reference.schema.columns.size();
  // Without the sorted rows the grid still judges; the finding shows its bound.
  const Result<SortedRows> sorted = SortedRows::read(part.extracts, columns);
  const Against against{.reference = reference.reference,
                        .thresholds = reference.thresholds,
                        .seasons = reference.seasons,
                        .sorted = reference.sorted,
                        .current_sorted = sorted ? sorted->columns() : drift::SortedColumns{}};
  return compare_in_season(reference, window, against, rows, options);
}

/// On the cells: no sorted rows are kept of segments.
std::vector<Finding> compare_segment(const ActiveReference& reference, const Closing& window,
                                     const std::string& segment, const profile::Profile& rows,
                                     const drift::CompareOptions& options) {
  const auto found = reference.segments.find(segment);
  const Baseline* const baseline = found == reference.segments.end() ? nullptr : &found->second;
  std::vector<Finding> findings;
  if (baseline != nullptr && baseline->is_enough()) {
    const Against against{.reference = baseline->reference,
                          .thresholds = baseline->thresholds,
                          .seasons = baseline->seasons};
    findings = compare_in_season(reference, window, against, rows, options);
  } else {
    const Unjudged why = why_not_judged(baseline);
    findings = drift::not_compared(reference.reference.schema, options, why.verdict, why.note);
  }
  for (Finding& finding : findings) finding.segment = segment;
  return findings;
}

/// A label that no row has yet says nothing of the data.
void wait_for_labels(std::vector<Finding>& findings, const profile::Schema& schema,
                     const profile::Profile& profile) {
  for (Finding& finding : findings) {
    const auto column = schema.index_of(finding.column);
    if (!column || schema.columns[*column].role != ColumnRole::kLabel) continue;
    const profile::ColumnProfile& label = profile.columns[*column];
    if (label.rows == 0 || label.missing < label.rows) continue;
    finding.verdict = Verdict::kImmature;
    finding.note = "labels are not in yet";
  }
}

std::optional<VolumeExpectation> expected_of(std::vector<double> rows) {
  if (rows.size() < kMinWindowsForVolume) return std::nullopt;
  const auto median_of = [](std::vector<double>& values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
  };
  VolumeExpectation expected;
  expected.median = median_of(rows);
  for (double& value : rows) value = std::abs(value - expected.median);
  expected.spread = std::max(kMadToSigma * median_of(rows), kLeastSpread * expected.median);
  return expected;
}

}  // namespace

void apply_mutes(std::vector<Finding>& findings, const config::Columns& columns, TimePoint now) {
  for (Finding& finding : findings) {
    const auto found = columns.overrides.find(finding.column);
    if (found == columns.overrides.end() || !found->second.mute_until) continue;
    if (*found->second.mute_until <= now) continue;
    finding.verdict = Verdict::kOk;
    finding.deciding = false;
    finding.note = "muted until " + to_rfc3339(*found->second.mute_until);
    if (!found->second.reason.empty()) finding.note += ": " + found->second.reason;
  }
}

std::optional<std::string> ActiveReference::timestamp() const {
  for (const profile::Column& column : reference.schema.columns) {
    if (column.role == ColumnRole::kTimestamp) return column.name;
  }
  return std::nullopt;
}

Result<std::shared_ptr<const ActiveReference>> activate(
    profile::Reference reference, const std::optional<std::filesystem::path>& extract,
    Origin origin, const config::Model& model, bool provisional) {
  auto active = std::make_shared<ActiveReference>();
  active->id = reference.id();
  active->reference = std::move(reference);
  active->origin = std::move(origin);
  active->provisional = provisional;
  if (!provisional) {
    if (model.reference.season != Season::kNone && !active->reference.windows.empty()) {
      auto clock = tables::SeasonClock::create(pane_rule(model, true));
      if (!clock) return fail(std::move(clock.error()));
      active->clock = std::move(*clock);
    }
    LearnedThresholds learned =
        learn_thresholds(active->reference, model, active->clock ? &*active->clock : nullptr);
    active->seasons = std::move(learned.seasons);
    active->thresholds = std::move(learned.all);
    active->segments = std::move(learned.segments);
    active->reference.parts.clear();
  }
  const std::size_t columns = active->reference.schema.columns.size();
  active->sorted.columns.resize(columns);
  if (extract) {
    Result<tables::MappedExtract> mapped = tables::MappedExtract::open(*extract);
    if (!mapped)
      return fail(std::move(mapped.error()).in("sorted reference '" + extract->string() + "'"));
    active->extract = std::make_shared<const tables::MappedExtract>(std::move(*mapped));
    for (std::size_t column = 0; column < columns; ++column) {
      active->sorted.columns[column] = active->extract->column(static_cast<std::uint32_t>(column));
    }
  }
  return active;
}

std::optional<VolumeExpectation> expected_volume(const profile::Reference& reference) {
  std::vector<double> rows;
  for (const auto& window : reference.windows)
    rows.push_back(static_cast<double>(window.profile.rows));
  return expected_of(std::move(rows));
}

std::optional<VolumeExpectation> expected_volume(const ActiveReference& reference,
                                                 TimePoint start) {
  if (reference.clock) {
    auto seasonal =
        expected_of(rows_in_phase(reference.reference, reference.seasons, *reference.clock, start));
    if (seasonal) return seasonal;
  }
  return expected_volume(reference.reference);
}

Finding judge_volume(const std::optional<VolumeExpectation>& expected, std::uint64_t rows,
                     const config::Limits& limits) {
  Finding finding;
  finding.measure = "volume";
  if (expected && expected->median <= 0.0) {
    finding.basis = ThresholdBasis::kWindows;
    finding.note = "no rows are usual at this time of the season";
    return finding;
  }
  if (!expected) {
    finding.verdict = rows == 0 ? Verdict::kNoData : Verdict::kOk;
    finding.note = "the reference has too few windows to expect a number of rows";
    return finding;
  }
  const double value = static_cast<double>(rows);
  finding.value = value / expected->median;
  finding.basis = ThresholdBasis::kFixed;
  const bool fewer = *finding.value < 1.0;
  const double varies = kVolumeSpreads * expected->spread / expected->median;
  // On the side where the value lies, and beyond what the windows vary by.
  const auto threshold = [fewer, varies](const std::optional<double>& factor) {
    if (!factor) return std::optional<double>();
    return std::optional(fewer ? std::min(1.0 / *factor, std::max(0.0, 1.0 - varies))
                               : std::max(*factor, 1.0 + varies));
  };
  finding.warning = threshold(limits.warning);
  finding.critical = threshold(limits.critical);
  const auto beyond = [&](const std::optional<double>& at) {
    return at && (fewer ? *finding.value < *at : *finding.value > *at);
  };
  if (rows == 0 || beyond(finding.critical)) {
    finding.verdict = Verdict::kCritical;
  } else if (beyond(finding.warning)) {
    finding.verdict = Verdict::kWarning;
  } else {
    return finding;
  }
  finding.note = (rows == 0 ? "no" : std::to_string(rows)) + std::string(" rows, about ") +
                 std::to_string(std::llround(expected->median)) + " expected";
  return finding;
}

Result<Judgement> judge(const ActiveReference& reference, const config::Model& model,
                        const Closing& window, WindowRows rows, TimePoint now) {
  const profile::Schema& schema = reference.reference.schema;
  const drift::CompareOptions options = compare_options(model);
  Judgement judgement;
  judgement.rows = window.rows;
  judgement.profile = profile::Profile::empty_for(schema);
  judgement.findings.push_back(judge_volume(expected_volume(reference, window.start),
                                            window.own_rows, model.quality.volume));
  if (window.extended()) {
    judgement.findings.back().note +=
        std::string(judgement.findings.back().note.empty() ? "" : "; ") +
        "judged together with the windows since " + to_rfc3339(window.from);
  }

  if (reference.provisional && reference.learned_anew) {
    judgement.findings.push_back({.measure = "learning",
                                  .value = static_cast<double>(reference.learned_anew->times),
                                  .verdict = Verdict::kWarning,
                                  .note = reference.learned_anew->note});
  }
  apply_mutes(rows.schema, model.columns, now);
  std::ranges::move(rows.schema, std::back_inserter(judgement.findings));

  for (const SegmentParts& part : rows.parts) {
    Result<profile::Profile> merged = merge_profiles(schema, part.profiles);
    if (!merged) return fail(std::move(merged.error()));
    if (!reference.provisional) {
      std::vector<Finding> found =
          part.segment.empty() ? compare_all(reference, window, part, *merged, options)
                               : compare_segment(reference, window, part.segment, *merged, options);
      wait_for_labels(found, schema, *merged);
      apply_mutes(found, model.columns, now);
      judgement.findings.insert(judgement.findings.end(), std::make_move_iterator(found.begin()),
                                std::make_move_iterator(found.end()));
    }
    if (part.segment.empty()) judgement.profile = std::move(*merged);
  }
  apply_mutes(rows.multivariate, model.columns, now);
  std::ranges::move(rows.multivariate, std::back_inserter(judgement.findings));
  if (!rows.mixed.empty()) hold_back_mixed(judgement.findings);
  judgement.mixed = std::move(rows.mixed);
  judgement.summary = drift::summarize(schema, judgement.findings);
  return judgement;
}

}  // namespace leeway::monitor
