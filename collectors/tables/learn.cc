#include "collectors/tables/learn.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "collectors/tables/extract.h"
#include "collectors/tables/fold.h"
#include "collectors/tables/infer.h"
#include "collectors/tables/parallel.h"
#include "collectors/tables/sampled_rows.h"
#include "collectors/tables/sort.h"
#include "collectors/tables/survey_fold.h"
#include "collectors/tables/survey_parts.h"
#include "detectors/profile/reference.h"

namespace leeway::tables {
namespace {

constexpr std::size_t kLeastWindows = 3;  // for `calendar`
constexpr double kNearlyEvery = 0.9;

std::span<const double> finite_part(std::span<const double> sorted) {
  const auto first =
      std::find_if(sorted.begin(), sorted.end(), [](double v) { return std::isfinite(v); });
  const auto last =
      std::find_if(sorted.rbegin(), sorted.rend(), [](double v) { return std::isfinite(v); });
  if (first == sorted.end()) return {};
  return {first, last.base()};
}

std::shared_ptr<const profile::Categories> categories(std::vector<std::string> names) {
  auto made = profile::Categories::from_names(std::move(names));
  LEEWAY_ASSERT(made.has_value(), "the names are different and not too many");
  return std::make_shared<const profile::Categories>(std::move(*made));
}

std::shared_ptr<const profile::Categories> categories_of(const ColumnSurvey& survey) {
  std::vector<std::string> names;
  if (survey.read_as == ColumnType::kNumeric) {
    const MissingValues none;
    CategoryCoder coder(nullptr, none, {});
    for (const double value : survey.few) names.emplace_back(coder.name(coder.code(value)));
  }
  for (const auto& [name, rows] : survey.names) {
    if (names.size() == profile::Categories::kMaxCategories) break;
    names.push_back(name);
  }
  return categories(std::move(names));
}

Segments segments_of(const ColumnSurvey& survey) {
  Segments segments{.column = survey.name, .values = {}};
  for (const auto& [name, rows] : survey.names) {
    if (segments.values.size() == Segments::kMaxValues) break;
    segments.values.push_back(name);
  }
  return segments;
}

/// From the survey of a reference to the reference.
class Learner {
 public:
  Learner(const LearnPlan& plan, SurveyParts& survey, KeptColumns* kept)
      : plan_(plan), survey_(survey), kept_(kept), surveys_(survey.finish()) {}

  Result<LearnAnswer> run() {
    infer_columns();
    if (survey_.keeps()) {
      keep_columns();
    } else if (auto made = make_grids(); !made)
      return fail(std::move(made.error()));
    if (folds_survey()) {
      if (auto folded = fold_rest(); !folded) return fail(std::move(folded.error()));
    } else if (auto folded = fold_windows(); !folded)
      return fail(std::move(folded.error()));
    find_calendar();
    add_notes();
    reference_.source = plan_.source;
    answer_.reference = reference_.serialize();
    return std::move(answer_);
  }

 private:
  void infer_columns() {
    for (const ColumnSurvey& survey : surveys_) {
      Inferred inferred = infer(survey, plan_.rules, survey_.timestamp());
      profile::Column& column = reference_.schema.columns.emplace_back();
      column.name = survey.name;
      column.type = inferred.type;
      column.role = inferred.role;
      column.reason = std::move(inferred.reason);
      column.is_private = inferred.is_private;
      if (column.role == ColumnRole::kIgnored) continue;
      if (column.type == ColumnType::kBoolean) column.categories = categories({"false", "true"});
      if (column.type == ColumnType::kCategorical) column.categories = categories_of(survey);
    }
    for (const ColumnInfo& column : survey_.columns()) {
      answer_.columns.push_back({.name = column.name, .file_type = column.type_name});
    }
    for (const std::string& name : plan_.rules.segments) {
      const auto found =
          std::find_if(surveys_.begin(), surveys_.end(),
                       [&name](const ColumnSurvey& each) { return each.name == name; });
      if (found != surveys_.end() && !found->names.empty()) {
        answer_.segments.push_back(segments_of(*found));
      } else {
        answer_.notes.push_back("column '" + name + "' has no values to make segments of");
      }
    }
  }

  Result<> make_grids() {
    std::set<std::uint32_t> numeric;
    for (std::size_t i = 0; i < surveys_.size(); ++i) {
      const profile::Column& column = reference_.schema.columns[i];
      if (column.type == ColumnType::kNumeric && column.role != ColumnRole::kIgnored) {
        numeric.insert(static_cast<std::uint32_t>(i));
      }
    }
    auto name = survey_.write_extract(numeric);
    if (!name) return fail(std::move(name.error()));
    answer_.extract = *name;
    MappedExtract extract;
    if (answer_.extract) {
      auto opened = MappedExtract::open(plan_.scratch.directory / *answer_.extract);
      if (!opened) return fail(std::move(opened.error()));
      extract = std::move(*opened);
    }
    reference_.sampled_edges = !answer_.extract && !survey_.sample_is_whole();
    for (const std::uint32_t index : numeric) {
      std::span<const double> sorted = extract.column(index);
      if (!answer_.extract) {
        std::vector<double>& sample = survey_.sample_of(index);
        std::erase_if(sample, [](double value) { return std::isnan(value); });
        sort(sample);
        sorted = sample;
      }
      reference_.schema.columns[index].grid =
          std::make_shared<const profile::Grid>(profile::Grid::from_sorted(finite_part(sorted)));
    }
    return {};
  }

  /// Without windows the survey has seen all that a profile says, but drawn no rows.
  bool folds_survey() const {
    return survey_.keeps() && survey_.timestamp().empty() && plan_.files.size() == 1 &&
           plan_.scratch.sample_rows == 0 && answer_.segments.empty();
  }

  /// Column by column: sorts its numbers, cuts them into cells, folds them and keeps them.
  void keep_columns() {
    const std::size_t count = surveys_.size();
    folded_.resize(count);
    kept_->columns.resize(count);
    kept_->kept = true;
    for_each_index(count, survey_.threads(), [this](std::size_t i) {
      profile::Column& column = reference_.schema.columns[i];
      NumberColumn* const numbers = survey_.numbers_of(static_cast<std::uint32_t>(i));
      const bool is_numeric = numbers != nullptr && column.type == ColumnType::kNumeric &&
                              column.role != ColumnRole::kIgnored;
      if (numbers != nullptr && column.role != ColumnRole::kIgnored) numbers->sort();
      NumberBuffer expanded;
      if (is_numeric) {
        column.grid = std::make_shared<const profile::Grid>(
            profile::Grid::from_sorted(finite_part(numbers->expand(expanded))));
      }
      if (folds_survey()) folded_[i] = fold_survey(column, surveys_[i], numbers);
      if (is_numeric) kept_->columns[i] = numbers->take(std::move(expanded));
      if (numbers != nullptr) *numbers = NumberColumn();
    });
  }

  /// The profile of what the survey has seen, and of the other columns, which are read once more.
  Result<> fold_rest() {
    FoldPlan plan = plan_of_windows();
    plan.schema.columns.clear();
    for (std::size_t i = 0; i < folded_.size(); ++i) {
      if (!folded_[i]) plan.schema.columns.push_back(reference_.schema.columns[i]);
    }
    profile::Profile rest;
    if (!plan.schema.columns.empty()) {
      auto folded = fold(plan);
      if (!folded) return fail(std::move(folded.error()));
      auto read = profile::Profile::deserialize(folded->panes.front().profile);
      if (!read) return fail(std::move(read.error()));
      rest = std::move(*read);
    }
    reference_.profile = profile::Profile::empty_for(reference_.schema);
    reference_.profile.rows = survey_.rows();
    std::size_t next = 0;
    for (std::size_t i = 0; i < folded_.size(); ++i) {
      reference_.profile.columns[i] =
          folded_[i] ? std::move(*folded_[i]) : std::move(rest.columns[next++]);
    }
    return {};
  }

  FoldPlan plan_of_windows() const {
    FoldPlan plan{.files = plan_.files,
                  .schema = reference_.schema,
                  .reference_columns = answer_.columns,
                  .timestamp = survey_.timestamp(),
                  .panes = plan_.panes,
                  .not_after = {},
                  .segments = answer_.segments,
                  .missing_values = plan_.rules.missing_values,
                  .value_rules = {},
                  .count_row_keys = false,
                  .scratch = {.directory = plan_.scratch.directory,
                              .stem = plan_.scratch.stem,
                              .extract_rows = 0,
                              .sample_rows = plan_.scratch.sample_rows},
                  .limits = plan_.limits};
    if (plan.timestamp.empty()) plan.panes.size = Duration::zero();
    return plan;
  }

  Result<> fold_windows() {
    const FoldPlan plan = plan_of_windows();
    auto folded = fold(plan);
    if (!folded) return fail(std::move(folded.error()));
    if (auto gathered = gather_samples(folded->panes); !gathered) return gathered;
    return gather(*folded, plan.panes.size != Duration::zero());
  }

  Result<> gather(const FoldAnswer& folded, bool has_windows) {
    reference_.profile = profile::Profile::empty_for(reference_.schema);
    std::map<std::string, profile::Reference::Part> parts;
    for (const FoldedPane& pane : folded.panes) {
      auto rows = profile::Profile::deserialize(pane.profile);
      if (!rows) return fail(std::move(rows.error()));
      profile::Profile* whole = &reference_.profile;
      std::vector<profile::Reference::Window>* windows = &reference_.windows;
      if (!pane.segment.empty()) {
        const auto [part, fresh] = parts.try_emplace(pane.segment);
        if (fresh) {
          part->second.segment = pane.segment;
          part->second.profile = profile::Profile::empty_for(reference_.schema);
        }
        whole = &part->second.profile;
        windows = &part->second.windows;
      }
      if (auto merged = whole->merge(*rows); !merged) return merged;
      if (has_windows) windows->push_back({.start = pane.start, .profile = std::move(*rows)});
    }
    for (auto& [segment, part] : parts) reference_.parts.push_back(std::move(part));
    return {};
  }

  /// One file in the place of one a window.
  Result<> gather_samples(const std::vector<FoldedPane>& panes) {
    if (plan_.scratch.sample_rows == 0) return {};
    std::vector<SampledRows> windows;
    for (const FoldedPane& pane : panes) {
      if (!pane.sample) continue;
      const auto path = plan_.scratch.directory / *pane.sample;
      auto read = read_sample(path);
      if (!read) return fail(std::move(read.error()));
      std::move(read->begin(), read->end(), std::back_inserter(windows));
      std::error_code ignored;
      std::filesystem::remove(path, ignored);
    }
    answer_.sample = plan_.scratch.stem + ".reference.sample";
    return write_sample(plan_.scratch.directory / *answer_.sample, windows);
  }

  static bool is_constant(const profile::ColumnProfile& column) {
    return column.rows > 0 && column.cells.index.size() == 1 &&
           column.cells.total() == column.rows &&
           (column.moments.count == 0 || column.min == column.max);
  }

  /// What is one value within a window and another in the next says which window it is, and nothing
  /// about drift.
  void find_calendar() {
    if (reference_.windows.size() < kLeastWindows) return;
    for (std::size_t i = 0; i < surveys_.size(); ++i) {
      profile::Column& column = reference_.schema.columns[i];
      if (column.role != ColumnRole::kFeature || is_constant(reference_.profile.columns[i]))
        continue;
      const auto constant =
          std::count_if(reference_.windows.begin(), reference_.windows.end(),
                        [i](const auto& window) { return is_constant(window.profile.columns[i]); });
      const auto windows = static_cast<double>(reference_.windows.size());
      if (static_cast<double>(constant) < kNearlyEvery * windows) continue;
      column.role = ColumnRole::kCalendar;
      column.reason += "; constant within " + std::to_string(constant) + " of " +
                       std::to_string(reference_.windows.size()) + " windows but not over them";
    }
  }

  void add_notes() {
    if (survey_.timestamp().empty() && plan_.panes.size != Duration::zero()) {
      answer_.notes.emplace_back("no timestamp column: the reference has no windows");
    }
    if (survey_.timeless_rows() > 0) {
      answer_.notes.push_back(std::to_string(survey_.timeless_rows()) +
                              " rows have no time that can be read and are left out");
    }
    if (reference_.sampled_edges) {
      answer_.notes.emplace_back("cells are made from a sample of the rows");
    }
  }

  const LearnPlan& plan_;
  SurveyParts& survey_;
  KeptColumns* kept_;
  std::vector<ColumnSurvey> surveys_;
  std::vector<std::optional<profile::ColumnProfile>> folded_;  // where the survey says enough
  profile::Reference reference_;
  LearnAnswer answer_;
};

Result<LearnAnswer> learn_with(const LearnPlan& plan, KeptColumns* kept) {
  const auto clock = PaneClock::create(plan.panes);
  if (!clock) return fail(clock.error());
  SurveyParts survey(plan, *clock, kept);
  if (auto done = survey.run(); !done) return fail(std::move(done.error()));
  return Learner(plan, survey, kept).run();
}

}  // namespace

Result<LearnAnswer> learn(const LearnPlan& plan) { return learn_with(plan, nullptr); }

Result<LearnAnswer> learn_keeping(const LearnPlan& plan, KeptColumns& kept) {
  return learn_with(plan, &kept);
}

}  // namespace leeway::tables
