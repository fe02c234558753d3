#include "collectors/tables/survey.h"

#include <algorithm>
#include <limits>

#include "collectors/tables/infer.h"

namespace leeway::tables {
namespace {

constexpr std::size_t kSampleRows = 262'144;
constexpr std::size_t kNamesPerColumn = 200'000;
constexpr double kTimelessShare = 0.01;

bool is_number(Kind kind) {
  return kind == Kind::kInteger || kind == Kind::kWideInteger || kind == Kind::kReal;
}

/// The kind that the values of both can be read as.
Kind unite(Kind a, Kind b) {
  if (a == b || b == Kind::kNone) return a;
  if (a == Kind::kNone) return b;
  const bool wide = a == Kind::kReal || b == Kind::kReal;
  if (is_number(a) && is_number(b)) return wide ? Kind::kReal : Kind::kWideInteger;
  const auto is_time = [](Kind kind) { return kind == Kind::kDate || kind == Kind::kTimestamp; };
  if (is_time(a) && is_time(b)) return Kind::kTimestamp;
  const auto is_nested = [](Kind kind) { return kind == Kind::kList || kind == Kind::kOther; };
  return is_nested(a) || is_nested(b) ? Kind::kOther : Kind::kText;
}

}  // namespace

Survey::Survey(const LearnPlan& plan, const PaneClock& clock, Options options)
    : plan_(plan), clock_(clock), options_(options), missing_(plan.rules.missing_values) {}

Result<> Survey::run() {
  auto database = Database::create(plan_.limits.memory_bytes / 100 * 40);
  if (!database) return fail(std::move(database.error()));
  database_ = std::move(*database);
  if (auto described = describe_files(); !described) return described;
  want_columns();
  reader_.emplace(*database_, wanted_, missing_, clock_);
  for (std::size_t i = 0; i < files_.size(); ++i) {
    auto done = reader_->read(files_[i], file_columns_[i], options_.as_texts, *this);
    if (!done) {
      text_file_failed_ = files_[i].is_text() && done.error().code == ErrorCode::kCorrupt;
      codes_failed_ = reader_->needs_no_codes();
      return fail(std::move(done.error()).in(files_[i].context()));
    }
  }
  if (extract_) settle_extract();
  reader_.reset();
  database_.reset();  // its memory is for the fold
  if (rows_ == 0) return fail(ErrorCode::kInsufficientData, "the reference has no rows");
  return {};
}

std::optional<Survey::Options> Survey::better_options() const {
  Options better = options_;
  if (keeping_failed_) {
    better.keep_bytes = 0;
    return better;
  }
  if (codes_failed_) {
    better.by_codes = false;
    return better;
  }
  if (!text_file_failed_ || options_.as_texts) return std::nullopt;
  better.as_texts = true;
  return better;
}

Result<> Survey::describe_files() {
  for (const auto& path : plan_.files) {
    auto file = SourceFile::open(path);
    if (!file) return fail(std::move(file.error()));
    auto columns = describe(*database_, *file, missing_);
    if (!columns) {
      text_file_failed_ = false;
      return fail(std::move(columns.error()).in(file->context()));
    }
    for (const ColumnInfo& column : *columns) {
      const auto known =
          std::find_if(columns_.begin(), columns_.end(),
                       [&column](const ColumnInfo& each) { return each.name == column.name; });
      if (known == columns_.end()) {
        columns_.push_back(column);
      } else {
        known->kind = unite(known->kind, column.kind);
      }
    }
    files_.push_back(std::move(*file));
    file_columns_.push_back(std::move(*columns));
  }
  return {};
}

void Survey::want_columns() {
  const bool may_guess = options_.guess_timestamp || !plan_.rules.timestamp.empty();
  if (may_guess) timestamp_ = timestamp_of(columns_, plan_.rules);
  const std::uint64_t name_bytes =
      plan_.limits.memory_bytes / 4 / std::max<std::size_t>(1, columns_.size());
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const ColumnInfo& column = columns_[i];
    const auto type = survey_type(column.name, column.kind, plan_.rules);
    position_.emplace_back();
    if (!type) continue;
    if (!options_.part.has(i) && column.name != timestamp_) continue;
    position_.back() = wanted_.size();
    WantedColumn wanted{.name = column.name, .type = *type, .expected = column.kind};
    if (*type == ColumnType::kCategorical || *type == ColumnType::kBoolean) {
      wanted.coder = &coders_.emplace_back(
          nullptr, missing_,
          CategoryCoder::Options{.boolean = *type == ColumnType::kBoolean,
                                 .max_new = kNamesPerColumn,
                                 .max_bytes = static_cast<std::size_t>(name_bytes)});
    }
    if (*type == ColumnType::kNumeric) {
      numeric_.push_back(static_cast<std::uint32_t>(i));
      if (options_.by_codes) wanted.numbers = &number_coders_.emplace_back(missing_);
    }
    if (column.name == timestamp_) time_ = wanted_.size();
    surveys_.emplace_back(wanted, column.kind, wanted.coder, keeps());
    wanted_.push_back(std::move(wanted));
  }
  const std::uint64_t room =
      plan_.limits.memory_bytes / 10 / sizeof(double) / std::max<std::size_t>(1, numeric_.size());
  sample_.emplace(numeric_.size(), std::min<std::uint64_t>(kSampleRows, room), plan_.seed);
  number_counts_.resize(numeric_.size());
  if (plan_.scratch.extract_rows > 0 && !numeric_.empty()) {
    extract_ = std::make_unique<ExtractBuilder>(
        numeric_, plan_.scratch.directory / (plan_.scratch.stem + ".reference.extract"));
  }
}

Result<> Survey::take(std::size_t rows, std::span<const ColumnChunk> columns) {
  const RowSelection timed = rows_with_time(rows, columns);
  rows_ += timed.count;
  for (std::size_t i = 0; i < wanted_.size(); ++i) surveys_[i].add(columns[i], timed);
  if (!keeps()) sample_rows(columns, timed);
  if (!extract_) return {};
  extract_rows(columns, timed);
  return bound_extract();
}

Result<> Survey::bound_extract() {
  if (keeps()) {
    keeping_failed_ =
        rows_ > plan_.scratch.extract_rows || extract_->bytes_in_memory() > options_.keep_bytes;
    if (!keeping_failed_) return {};
    return fail(ErrorCode::kUnavailable, "has more numbers than are kept in memory");
  }
  if (rows_ > plan_.scratch.extract_rows) {
    extract_.reset();
  } else if (extract_->bytes_in_memory() > plan_.limits.memory_bytes / 5) {
    return extract_->spill();
  }
  return {};
}

/// The rows that windows will have: where there are windows, rows without a time are in none.
RowSelection Survey::rows_with_time(std::size_t rows, std::span<const ColumnChunk> columns) {
  if (!time_ || clock_.whole_source()) return RowSelection::of_all(rows);
  const ColumnChunk& times = columns[*time_];
  if (times.valid.empty()) return RowSelection::of_all(rows);
  timed_.clear();
  for (std::size_t row = 0; row < rows; ++row) {
    if (times.present(row)) timed_.push_back(static_cast<std::uint16_t>(row));
  }
  timeless_rows_ += rows - timed_.size();
  return RowSelection::of(timed_);
}

void Survey::extract_rows(std::span<const ColumnChunk> columns, RowSelection rows) {
  for (std::size_t i = 0; i < numeric_.size(); ++i) {
    const ColumnChunk& chunk = columns[*position_[numeric_[i]]];
    if (chunk.form == ColumnChunk::Form::kNumberCodes) {
      std::vector<std::uint64_t>& counts = number_counts_[i];
      if (counts.size() < chunk.numbers.size()) counts.resize(chunk.numbers.size(), 0);
      for (std::size_t at = 0; at < rows.count; ++at) ++counts[chunk.codes[rows[at]]];
    } else if (chunk.form == ColumnChunk::Form::kNumbers && rows.all) {
      extract_->add(i, chunk.numbers.first(rows.count), chunk.valid);
    } else if (chunk.form == ColumnChunk::Form::kNumbers) {
      numbers_.clear();
      for (std::size_t at = 0; at < rows.count; ++at) {
        if (chunk.present(rows[at])) numbers_.push_back(chunk.numbers[rows[at]]);
      }
      extract_->add(i, numbers_, {});
    }
  }
}

/// Hands over what was counted by code.
void Survey::settle_extract() {
  for (std::size_t i = 0; i < numeric_.size(); ++i) {
    std::vector<std::uint64_t>& counts = number_counts_[i];
    if (counts.empty()) continue;
    counts[NumberCoder::kMissing] = counts[NumberCoder::kConfigured] = 0;
    const auto numbers = wanted_[*position_[numeric_[i]]].numbers->numbers();
    extract_->add_counted(i, numbers.first(counts.size()), counts);
    counts.clear();
  }
}

void Survey::sample_rows(std::span<const ColumnChunk> columns, RowSelection rows) {
  for (std::size_t at = 0; at < rows.count; ++at) {
    const std::size_t slot = sample_->next_slot();
    if (slot == RowSample::kNowhere) continue;
    for (std::size_t i = 0; i < numeric_.size(); ++i) {
      const ColumnChunk& chunk = columns[*position_[numeric_[i]]];
      const bool there = chunk.form != ColumnChunk::Form::kNothing && chunk.present(rows[at]);
      sample_->set(i, slot,
                   there ? chunk.number(rows[at]) : std::numeric_limits<double>::quiet_NaN());
    }
  }
}

bool Survey::guessed_wrong() const {
  const auto all = static_cast<double>(rows_ + timeless_rows_);
  return plan_.rules.timestamp.empty() && !timestamp_.empty() &&
         static_cast<double>(timeless_rows_) > kTimelessShare * all;
}

std::vector<ColumnSurvey> Survey::finish() {
  std::vector<ColumnSurvey> finished;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (position_[i]) {
      finished.push_back(surveys_[*position_[i]].finish());
    } else {
      ColumnSurvey& unread = finished.emplace_back();
      unread.name = columns_[i].name;
      unread.kind = columns_[i].kind;
      unread.read = false;
      unread.rows = rows_;
    }
  }
  return finished;
}

Result<std::optional<std::string>> Survey::write_extract(const std::set<std::uint32_t>& only) {
  if (!extract_ || keeps() || only.empty()) return std::nullopt;
  if (auto written = extract_->finish(only); !written) return fail(std::move(written.error()));
  return extract_->path().filename().string();
}

NumberColumn* Survey::numbers_of(std::uint32_t column) {
  const auto at = std::find(numeric_.begin(), numeric_.end(), column);
  if (at == numeric_.end()) return nullptr;
  return &extract_->in_memory(static_cast<std::size_t>(at - numeric_.begin()));
}

std::vector<double>& Survey::sample_of(std::uint32_t column) {
  const auto at = std::find(numeric_.begin(), numeric_.end(), column);
  return sample_->column(static_cast<std::size_t>(at - numeric_.begin()));
}

}  // namespace leeway::tables
