#include "collectors/tables/row_fold.h"

#include <algorithm>
#include <utility>

namespace leeway::tables {
namespace {

using Form = ColumnChunk::Form;

struct Absent {
  std::uint64_t missing = 0;
  std::uint64_t type_errors = 0;
};

Absent count_absent(const ColumnChunk& chunk, RowSelection rows) {
  Absent absent;
  if (chunk.valid.empty()) return absent;
  if (rows.all && chunk.type_errors.empty()) {
    absent.missing = rows.count - count_valid(chunk.valid, rows.count);
    return absent;
  }
  for (std::size_t i = 0; i < rows.count; ++i) {
    const bool type_error = chunk.has_type_error(rows[i]);
    absent.type_errors += type_error ? 1U : 0U;
    absent.missing += !type_error && !is_valid(chunk.valid, rows[i]) ? 1U : 0U;
  }
  return absent;
}

}  // namespace

RowFold::RowFold(const profile::Schema& schema, const std::vector<FoldedColumn>& columns)
    : schema_(&schema),
      columns_(&columns),
      counts_(columns.size()),
      number_counts_(columns.size()) {
  for (const profile::Column& column : schema.columns) folds_.emplace_back(column);
}

std::uint64_t RowFold::bytes(const profile::Schema& schema) {
  // A fold's block, sketch and small parts; then a cell's count and sum, or its count here and
  // there.
  constexpr std::uint64_t kFixed = 8192;
  constexpr std::uint64_t kCell = 16;
  constexpr std::uint64_t kCategory = 24;
  std::uint64_t bytes = 0;
  for (const profile::Column& column : schema.columns) {
    bytes += kFixed;
    if (column.grid) bytes += kCell * column.grid->cells();
    if (column.categories) bytes += kCategory * column.categories->size();
  }
  return bytes;
}

void RowFold::add(std::span<const ColumnChunk* const> chunks, RowSelection rows,
                  ExtractBuilder* extract) {
  rows_ += rows.count;
  for (std::size_t column = 0; column < folds_.size(); ++column) {
    const FoldedColumn& how = (*columns_)[column];
    if (how.ignored) {
      folds_[column].add_missing(rows.count);
      continue;
    }
    const ColumnChunk& chunk = *chunks[how.position];
    switch (chunk.form) {
      case Form::kNumbers:
        add_numbers(column, chunk, rows, extract);
        break;
      case Form::kNumberCodes:
        add_number_codes(column, chunk, rows, extract);
        break;
      case Form::kCodes:
        add_codes(column, chunk, rows);
        break;
      case Form::kTexts:
        add_texts(column, chunk, rows);
        break;
      case Form::kMicros:
        add_times(column, chunk, rows);
        break;
      case Form::kNothing:
        add_absent(column, chunk, rows);
        break;
    }
  }
}

void RowFold::add_numbers(std::size_t column, const ColumnChunk& chunk, RowSelection rows,
                          ExtractBuilder* extract) {
  if (!rows.all) return add_gathered(column, chunk, rows, extract);
  const std::span<const double> numbers = chunk.numbers.first(rows.count);
  folds_[column].add_numbers(numbers, chunk.valid, count_absent(chunk, rows).type_errors);
  const auto& place = (*columns_)[column].extract;
  if (extract != nullptr && place) extract->add(*place, numbers, chunk.valid);
}

/// Some rows only: their numbers side by side.
void RowFold::add_gathered(std::size_t column, const ColumnChunk& chunk, RowSelection rows,
                           ExtractBuilder* extract) {
  numbers_.resize(rows.count);
  std::size_t kept = 0;
  for (std::size_t i = 0; i < rows.count; ++i) {
    const std::size_t row = rows[i];
    numbers_[kept] = chunk.number(row);
    kept += chunk.present(row) ? 1U : 0U;
  }
  const auto numbers = std::span<const double>(numbers_).first(kept);
  folds_[column].add_numbers(numbers, {});
  const std::uint64_t type_errors = count_absent(chunk, rows).type_errors;
  folds_[column].add_type_errors(type_errors);
  folds_[column].add_missing(rows.count - kept - type_errors);
  const auto& place = (*columns_)[column].extract;
  if (extract != nullptr && place) extract->add(*place, numbers, {});
}

void RowFold::add_number_codes(std::size_t column, const ColumnChunk& chunk, RowSelection rows,
                               ExtractBuilder* extract) {
  if (!rows.all) return add_gathered(column, chunk, rows, extract);
  std::vector<std::uint64_t>& counts = number_counts_[column];
  if (counts.size() < chunk.numbers.size()) counts.resize(chunk.numbers.size(), 0);
  for (const std::uint32_t code : chunk.codes) ++counts[code];
}

void RowFold::settle(ExtractBuilder* extract) {
  for (std::size_t column = 0; column < folds_.size(); ++column) {
    std::vector<std::uint64_t>& counts = number_counts_[column];
    if (counts.empty()) continue;
    const FoldedColumn& how = (*columns_)[column];
    folds_[column].add_missing(std::exchange(counts[NumberCoder::kMissing], 0));
    const auto numbers = how.numbers->numbers().first(counts.size());
    folds_[column].add_counted(numbers, counts);
    if (extract != nullptr && how.extract) extract->add_counted(*how.extract, numbers, counts);
    std::vector<std::uint64_t>().swap(counts);
  }
}

void RowFold::add_codes(std::size_t column, const ColumnChunk& chunk, RowSelection rows) {
  std::vector<std::uint64_t>& counts = counts_[column];
  if (const std::size_t end = (*columns_)[column].coder->end(); counts.size() < end) {
    counts.resize(end, 0);
  }
  std::uint64_t* const at = counts.data();
  if (rows.all) {
    for (std::size_t row = 0; row < rows.count; ++row) ++at[chunk.codes[row]];
  } else {
    for (const std::uint16_t row : rows.rows) ++at[chunk.codes[row]];
  }
}

void RowFold::add_texts(std::size_t column, const ColumnChunk& chunk, RowSelection rows) {
  for (std::size_t i = 0; i < rows.count; ++i) {
    if (chunk.present(rows[i])) folds_[column].add_text(chunk.texts[rows[i]].view());
  }
  add_absent(column, chunk, rows);
}

void RowFold::add_times(std::size_t column, const ColumnChunk& chunk, RowSelection rows) {
  numbers_.resize(rows.count);
  if (rows.all) {
    std::copy(chunk.micros.begin(), chunk.micros.end(), numbers_.begin());
    const std::uint64_t type_errors = count_absent(chunk, rows).type_errors;
    folds_[column].add_numbers(numbers_, chunk.valid, type_errors);
    return;
  }
  std::size_t kept = 0;
  for (std::size_t i = 0; i < rows.count; ++i) {
    numbers_[kept] = static_cast<double>(chunk.micros[rows[i]]);
    kept += chunk.present(rows[i]) ? 1U : 0U;
  }
  folds_[column].add_numbers(std::span<const double>(numbers_).first(kept), {});
  add_absent(column, chunk, rows);
}

void RowFold::add_absent(std::size_t column, const ColumnChunk& chunk, RowSelection rows) {
  const Absent absent = count_absent(chunk, rows);
  folds_[column].add_missing(absent.missing);
  folds_[column].add_type_errors(absent.type_errors);
}

profile::Profile RowFold::take() {
  profile::Profile profile{.schema_id = schema_->id(), .rows = rows_, .columns = {}};
  for (std::size_t column = 0; column < folds_.size(); ++column) {
    LEEWAY_ASSERT(number_counts_[column].empty(), "who takes a profile settles before");
    std::vector<std::uint64_t>& counts = counts_[column];
    counts.resize(std::max<std::size_t>(counts.size(), CategoryCoder::kFirst), 0);
    profile::ColumnFold& fold = folds_[column];
    fold.add_missing(counts[CategoryCoder::kMissing]);
    fold.add_type_errors(counts[CategoryCoder::kTypeError]);
    for (std::uint32_t code = CategoryCoder::kFirst; code < counts.size(); ++code) {
      fold.add_text((*columns_)[column].coder->name(code), counts[code]);
    }
    profile::ColumnProfile taken = fold.take();
    taken.rows += counts[CategoryCoder::kOther];
    taken.unseen += counts[CategoryCoder::kOther];
    profile.columns.push_back(std::move(taken));
    counts.clear();
  }
  rows_ = 0;
  return profile;
}

}  // namespace leeway::tables
