#include "collectors/tables/fold.h"

#include <algorithm>
#include <atomic>
#include <deque>

#include "collectors/tables/fold_parts.h"
#include "collectors/tables/pane_folds.h"
#include "collectors/tables/parallel.h"
#include "collectors/tables/router.h"
#include "collectors/tables/row_reader.h"

namespace leeway::tables {
namespace {

/// Shares of limits.memory_bytes; the rest is for buffers and what the allocators keep.
constexpr std::uint64_t kForDuckDb = 40;
constexpr std::uint64_t kForFolds = 25;
constexpr std::uint64_t kForExtracts = 20;
constexpr std::uint64_t kForSamples = 10;

std::uint64_t percent(std::uint64_t bytes, std::uint64_t share) { return bytes / 100 * share; }

template <class T>
void add_once(std::vector<T>& values, const T& value) {
  if (std::find(values.begin(), values.end(), value) == values.end()) values.push_back(value);
}

/// How a source is read: first the way that mostly works.
struct Manner {
  bool as_texts = false;  ///< with no trust in the types that are found in text files
  bool by_codes = true;   ///< numbers that a file holds by dictionary are counted by their codes
};

/// What of a source is folded, and into what.
struct Share {
  Part part{};
  KeptColumns* kept = nullptr;
};

/// One attempt at one source.
class SourceFold final : private ChunkSink {
 public:
  SourceFold(const FoldPlan& plan, const PaneClock& clock, Database database, Manner manner,
             Share share)
      : plan_(plan),
        share_(share),
        manner_(manner),
        clock_(clock),
        missing_(plan.missing_values),
        router_(clock, plan.not_after),
        database_(std::move(database)) {}

  Result<FoldAnswer> run() {
    want_schema();
    if (auto compiled = compile_rules(); !compiled) return fail(std::move(compiled.error()));
    want_timestamp();
    want_segments();
    panes_.emplace(
        plan_.schema, folded_, plan_.scratch,
        PaneFolds::Limits{.fold_bytes = percent(plan_.limits.memory_bytes, kForFolds),
                          .extract_bytes = percent(plan_.limits.memory_bytes, kForExtracts),
                          .sample_bytes = percent(plan_.limits.memory_bytes, kForSamples)},
        share_.kept, plan_.count_row_keys);
    for (const auto& path : plan_.files) {
      auto file = SourceFile::open(path);
      if (!file) return fail(std::move(file.error()));
      if (auto folded = fold_file(*file); !folded) {
        text_file_failed_ = file->is_text() && folded.error().code == ErrorCode::kCorrupt;
        codes_failed_ = reader_ && reader_->needs_no_codes();
        return fail(std::move(folded.error()).in(file->context()));
      }
    }
    return finish();
  }

  bool keeps_too_much() const { return panes_ && panes_->keeps_too_much(); }

  /// After a failure: how another attempt may succeed. The types that were found in a text file may
  /// be at fault, not the file.
  std::optional<Manner> better_manner() const {
    if (codes_failed_) return Manner{.as_texts = manner_.as_texts, .by_codes = false};
    if (text_file_failed_ && !manner_.as_texts) {
      return Manner{.as_texts = true, .by_codes = manner_.by_codes};
    }
    return std::nullopt;
  }

 private:
  Kind expected(const std::string& name) const {
    for (const ObservedColumn& column : plan_.reference_columns) {
      if (column.name == name) return kind_of(column.file_type);
    }
    return Kind::kNone;
  }

  CategoryCoder* make_coder(std::shared_ptr<const profile::Categories> known,
                            CategoryCoder::Options options) {
    return &coders_.emplace_back(std::move(known), missing_, options);
  }

  void want_schema() {
    std::size_t extracted = 0;
    for (const profile::Column& column : plan_.schema.columns) {
      FoldedColumn& how = folded_.emplace_back();
      how.ignored = column.role == ColumnRole::kIgnored || !share_.part.has(folded_.size() - 1);
      if (how.ignored) continue;
      how.position = wanted_.size();
      WantedColumn& wanted = wanted_.emplace_back(WantedColumn{
          .name = column.name, .type = column.type, .expected = expected(column.name)});
      const bool boolean = column.type == ColumnType::kBoolean;
      if (boolean || column.type == ColumnType::kCategorical) {
        wanted.coder = make_coder(column.categories, {.boolean = boolean});
        how.coder = wanted.coder;
      }
      if (column.type == ColumnType::kNumeric) {
        if (manner_.by_codes) how.numbers = wanted.numbers = &numbers_.emplace_back(missing_);
        if (is_judged(column.role)) how.extract = extracted++;
      }
    }
  }

  Result<> compile_rules() {
    for (std::size_t i = 0; i < plan_.schema.columns.size(); ++i) {
      const profile::Column& column = plan_.schema.columns[i];
      const auto rules = plan_.value_rules.find(column.name);
      if (folded_[i].ignored || rules == plan_.value_rules.end()) continue;
      auto checker = ValueChecker::compile(rules->second, column.type);
      if (!checker) return fail(std::move(checker.error()).in("column '" + column.name + "'"));
      folded_[i].checker = &checkers_.emplace_back(std::move(*checker));
    }
    return {};
  }

  void want_timestamp() {
    if (plan_.timestamp.empty()) return;
    const auto same = [this](const WantedColumn& wanted) {
      return wanted.name == plan_.timestamp && wanted.type == ColumnType::kDatetime;
    };
    const auto found = std::find_if(wanted_.begin(), wanted_.end(), same);
    time_ = static_cast<std::size_t>(found - wanted_.begin());
    if (found == wanted_.end()) {
      wanted_.push_back({.name = plan_.timestamp, .type = ColumnType::kDatetime});
    }
  }

  void want_segments() {
    for (const Segments& segments : plan_.segments) {
      Cut& cut = cuts_.emplace_back();
      cut.position = wanted_.size();
      cut.names.push_back(segment_name(segments.column, std::nullopt));
      auto known = profile::Categories::from_names(segments.values);
      for (std::size_t i = 0; known && i < known->size(); ++i) {
        cut.names.push_back(segment_name(segments.column, known->name(i)));
      }
      cut.rows.resize(cut.names.size());
      CategoryCoder* coder = make_coder(
          known ? std::make_shared<const profile::Categories>(std::move(*known)) : nullptr,
          {.max_new = 0});
      wanted_.push_back({.name = segments.column,
                         .type = ColumnType::kCategorical,
                         .expected = expected(segments.column),
                         .coder = coder});
    }
  }

  Result<> fold_file(const SourceFile& file) {
    auto columns = describe(database_, file, missing_);
    if (!columns) return fail(std::move(columns.error()));
    if (auto fine = compare_columns(*columns, file.is_text()); !fine) return fine;
    RowReader& reader = reader_ ? *reader_ : reader_.emplace(database_, wanted_, missing_, clock_);
    return reader.read(file, *columns, manner_.as_texts, *this);
  }

  /// What is new, gone or of another type in this file.
  Result<> compare_columns(const std::vector<ColumnInfo>& columns, bool text_file) {
    suspects_.clear();
    bool any = false;
    for (const ColumnInfo& column : columns) {
      const bool seen = std::any_of(
          answer_.columns.begin(), answer_.columns.end(),
          [&column](const ObservedColumn& observed) { return observed.name == column.name; });
      if (!seen) answer_.columns.push_back({.name = column.name, .file_type = column.type_name});
      const profile::Column* known = plan_.schema.find(column.name);
      if (known == nullptr) {
        if (column.name != plan_.timestamp) add_once(answer_.new_columns, column.name);
        continue;
      }
      any = true;
      const FoldedColumn& how = folded_[*plan_.schema.index_of(column.name)];
      if (how.ignored) continue;
      if (is_retyped(wanted_[how.position], column, text_file)) {
        suspects_.push_back({.position = how.position, .column = column});
      }
    }
    if (!any) return fail(ErrorCode::kCorrupt, "has none of the model's columns");
    for (const profile::Column& known : plan_.schema.columns) {
      const bool there = known.role == ColumnRole::kIgnored ||
                         std::any_of(columns.begin(), columns.end(), [&known](const auto& column) {
                           return column.name == known.name;
                         });
      if (!there) add_once(answer_.vanished_columns, known.name);
    }
    return {};
  }

  Result<> take(std::size_t rows, std::span<const ColumnChunk> columns) override {
    answer_.rows += rows;
    settle_suspects(columns);
    chunks_.clear();
    for (const ColumnChunk& column : columns) chunks_.push_back(&column);
    const ColumnChunk* times = time_ ? chunks_[*time_] : nullptr;
    for (const Router::Group& group : router_.route(times, rows)) {
      if (auto added = panes_->add(group.pane, "", chunks_, group.rows); !added) return added;
      for (Cut& cut : cuts_) {
        if (auto added = add_segments(cut, group); !added) return added;
      }
    }
    return {};
  }

  static bool is_missing(const ColumnChunk& chunk, std::size_t row) {
    if (chunk.form == ColumnChunk::Form::kCodes) {
      return CategoryCoder::is_missing(chunk.codes[row]);
    }
    return !chunk.present(row) && !chunk.has_type_error(row);
  }

  /// A column is retyped once a value of the other type turns up: one of nulls may have any type.
  void settle_suspects(std::span<const ColumnChunk> columns) {
    std::erase_if(suspects_, [&](const Suspect& suspect) {
      const ColumnChunk& chunk = columns[suspect.position];
      for (std::size_t row = 0; row < chunk.rows; ++row) {
        if (is_missing(chunk, row)) continue;
        add_once(answer_.retyped_columns, ObservedColumn{.name = suspect.column.name,
                                                         .file_type = suspect.column.type_name});
        return true;
      }
      return false;
    });
  }

  struct Cut {
    std::size_t position = 0;
    std::vector<std::string> names;  // the rest, then the known values
    std::vector<std::vector<std::uint16_t>> rows;
  };

  Result<> add_segments(Cut& cut, const Router::Group& group) {
    for (auto& rows : cut.rows) rows.clear();
    const ColumnChunk& chunk = *chunks_[cut.position];
    for (std::size_t i = 0; i < group.rows.count; ++i) {
      const std::size_t row = group.rows[i];
      const bool known =
          chunk.form == ColumnChunk::Form::kCodes && chunk.codes[row] >= CategoryCoder::kFirst;
      const std::size_t at = known ? chunk.codes[row] - CategoryCoder::kFirst + 1 : 0;
      cut.rows[at].push_back(static_cast<std::uint16_t>(row));
    }
    for (std::size_t at = 0; at < cut.rows.size(); ++at) {
      if (cut.rows[at].empty()) continue;
      auto added = panes_->add(group.pane, cut.names[at], chunks_, RowSelection::of(cut.rows[at]));
      if (!added) return added;
    }
    return {};
  }

  Result<FoldAnswer> finish() {
    auto panes = panes_->finish();
    if (!panes) return fail(std::move(panes.error()));
    answer_.panes = std::move(*panes);
    answer_.future_rows = router_.future_rows();
    answer_.timeless_rows = router_.timeless_rows();
    answer_.first_time = router_.first_time();
    answer_.last_time = router_.last_time();
    return std::move(answer_);
  }

  struct Suspect {
    std::size_t position = 0;
    ColumnInfo column;
  };

  const FoldPlan& plan_;
  Share share_;
  Manner manner_;
  const PaneClock& clock_;
  MissingValues missing_;
  Router router_;
  FoldAnswer answer_;
  bool text_file_failed_ = false;
  bool codes_failed_ = false;

  // Before the database, whose functions call them.
  std::deque<CategoryCoder> coders_;
  std::deque<NumberCoder> numbers_;
  std::deque<ValueChecker> checkers_;
  Database database_;
  std::vector<WantedColumn> wanted_;
  std::vector<FoldedColumn> folded_;
  std::optional<std::size_t> time_;
  std::vector<Cut> cuts_;
  std::vector<Suspect> suspects_;
  std::optional<PaneFolds> panes_;
  std::optional<RowReader> reader_;
  std::vector<const ColumnChunk*> chunks_;
};

Result<PaneClock> clock_of(const FoldPlan& plan) {
  auto clock = PaneClock::create(plan.panes);
  if (clock && plan.timestamp.empty() && !clock->whole_source()) {
    return fail(ErrorCode::kInvalidConfig, "windows of time need a timestamp column");
  }
  return clock;
}

/// @param too_much  set if it failed since the numbers are more than are kept
Result<FoldAnswer> fold_share(const FoldPlan& plan, const PaneClock& clock, Share share,
                              std::atomic<bool>& too_much) {
  std::optional<Manner> manner = Manner{};
  while (true) {
    auto database = Database::create(percent(plan.limits.memory_bytes, kForDuckDb));
    if (!database) return fail(std::move(database.error()));
    SourceFold attempt(plan, clock, std::move(*database), *manner, share);
    auto answer = attempt.run();
    if (answer) return answer;
    if (attempt.keeps_too_much()) too_much = true;
    manner = attempt.better_manner();
    if (!manner) return answer;
  }
}

/// Nothing, if the numbers are more than are kept.
std::optional<Result<FoldAnswer>> fold_in_parts(const FoldPlan& plan, const PaneClock& clock,
                                                KeptColumns& kept) {
  const unsigned count = parts_for(plan.files, plan.schema.columns.size(), kept.threads);
  std::vector<Result<FoldAnswer>> answers(count, FoldAnswer{});
  std::vector<KeptColumns> parts;
  for (unsigned i = 0; i < count; ++i) {
    parts.push_back({.threads = kept.threads / count, .most_bytes = kept.most_bytes / count});
  }
  std::atomic<bool> too_much{false};
  for_each_index(count, count, [&](std::size_t i) {
    const Part part{.index = static_cast<unsigned>(i), .count = count};
    answers[i] = fold_share(plan, clock, {.part = part, .kept = &parts[i]}, too_much);
  });
  if (too_much) return std::nullopt;
  std::vector<FoldAnswer> sound;
  for (auto& answer : answers) {
    if (!answer) return answer;
    sound.push_back(std::move(*answer));
  }
  join(kept, std::move(parts));
  return join(plan, std::move(sound));
}

}  // namespace

Result<FoldAnswer> fold(const FoldPlan& plan) {
  const auto clock = clock_of(plan);
  if (!clock) return fail(clock.error());
  std::atomic<bool> nothing_is_kept{false};
  return fold_share(plan, *clock, {}, nothing_is_kept);
}

Result<FoldAnswer> fold_keeping(const FoldPlan& plan, KeptColumns& kept) {
  const auto clock = clock_of(plan);
  if (!clock) return fail(clock.error());
  kept.kept = false;
  kept.columns.clear();
  // Parts have some columns each, and a drawn or hashed row has all of them.
  const bool whole_rows = plan.scratch.sample_rows > 0 || plan.count_row_keys;
  const bool keeps = plan.scratch.extract_rows > 0 && clock->whole_source();
  if (!keeps || !plan.segments.empty() || whole_rows) return fold(plan);
  auto answer = fold_in_parts(plan, *clock, kept);
  return answer ? std::move(*answer) : fold(plan);
}

}  // namespace leeway::tables
