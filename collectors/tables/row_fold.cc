#include "collectors/tables/row_fold.h"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "collectors/tables/chunk_fold.h"
#include "collectors/tables/parallel.h"
#include "collectors/tables/row_hashes.h"

namespace leeway::tables {
namespace {

using Form = ColumnChunk::Form;

}  // namespace

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

RowFold::RowFold(const profile::Schema& schema, const std::vector<FoldedColumn>& columns,
                 bool holds_back, RowHashes* hashes)
    : schema_(&schema),
      columns_(&columns),
      holds_back_(holds_back),
      counts_(columns.size()),
      number_counts_(columns.size()),
      checks_(columns.size()),
      hashes_(hashes) {
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const ValueChecker* const checker = columns[i].checker;
    folds_.emplace_back(schema.columns[i],
                        checker == nullptr ? profile::Bounds{} : checker->bounds());
  }
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
    if (column.role == ColumnRole::kId) bytes += kKeySampleBytes;
    if (column.grid) bytes += kCell * column.grid->cells();
    if (column.categories) bytes += kCategory * column.categories->size();
  }
  return bytes;
}

void RowFold::add(std::span<const ColumnChunk* const> chunks, RowSelection rows,
                  ExtractBuilder* extract) {
  rows_ += rows.count;
  if (hashes_ != nullptr) {
    for (const std::uint64_t hash : hashes_->of(chunks, rows)) {
      if (hash != RowHashes::kUnknown) row_keys_.add_hash(hash);
    }
  }
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
        fold_texts(folds_[column], chunk, rows);
        break;
      case Form::kLists:
        fold_lists(folds_[column], chunk, rows);
        break;
      case Form::kMicros:
        fold_times(folds_[column], chunk, rows, numbers_);
        break;
      case Form::kNothing:
        fold_absent(folds_[column], chunk, rows);
        break;
    }
    fold_missing_kinds(folds_[column], chunk, rows);
    if (how.checker != nullptr && how.checker->reads_values()) check_values(column, chunk, rows);
  }
}

void RowFold::add_numbers(std::size_t column, const ColumnChunk& chunk, RowSelection rows,
                          ExtractBuilder* extract) {
  if (!rows.all) return add_gathered(column, chunk, rows, extract);
  const std::span<const double> numbers = chunk.numbers.first(rows.count);
  if (holds_back(column, extract)) {
    fold_absent(folds_[column], chunk, rows);
  } else {
    folds_[column].add_numbers(numbers, chunk.valid, count_absent(chunk, rows).type_errors);
  }
  const auto& place = (*columns_)[column].extract;
  if (extract != nullptr && place) extract->add(*place, numbers, chunk.valid);
}

/// Those that are not counted by code: these are looked at once each, in settle() and take().
void RowFold::check_values(std::size_t column, const ColumnChunk& chunk, RowSelection rows) {
  const ValueChecker& checker = *(*columns_)[column].checker;
  const bool texts = chunk.form == Form::kTexts;
  const bool numbers =
      chunk.form == Form::kNumbers || (chunk.form == Form::kNumberCodes && !rows.all);
  if (!texts && !numbers) return;
  for (std::size_t i = 0; i < rows.count; ++i) {
    const std::size_t row = rows[i];
    if (!chunk.present(row)) continue;
    if (texts) {
      checker.add(chunk.texts[row].view(), 1, checks_[column]);
    } else {
      checker.add(chunk.number(row), 1, checks_[column]);
    }
  }
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
  if (!holds_back(column, extract)) folds_[column].add_numbers(numbers, {});
  const std::uint64_t type_errors = count_absent(chunk, rows).type_errors;
  folds_[column].add_type_errors(type_errors);
  folds_[column].add_missing(rows.count - kept - type_errors);
  if (chunk.form == Form::kNumberCodes) {
    std::uint64_t configured = 0;
    for (std::size_t i = 0; i < rows.count; ++i) {
      configured += chunk.codes[rows[i]] == NumberCoder::kConfigured ? 1U : 0U;
    }
    folds_[column].add_missing_kinds(0, configured);
  }
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
    const std::uint64_t configured = std::exchange(counts[NumberCoder::kConfigured], 0);
    folds_[column].add_missing(std::exchange(counts[NumberCoder::kMissing], 0) + configured);
    folds_[column].add_missing_kinds(0, configured);
    const auto numbers = how.numbers->numbers().first(counts.size());
    folds_[column].add_counted(numbers, counts);
    if (how.checker != nullptr && how.checker->reads_values()) {
      for (std::size_t code = NumberCoder::kFirst; code < counts.size(); ++code) {
        if (counts[code] > 0) how.checker->add(numbers[code], counts[code], checks_[column]);
      }
    }
    if (extract != nullptr && how.extract) extract->add_counted(*how.extract, numbers, counts);
    std::vector<std::uint64_t>().swap(counts);
  }
}

void RowFold::fold_held(ExtractBuilder& extract, unsigned threads) {
  for_each_index(folds_.size(), threads, [&](std::size_t column) {
    const auto& place = (*columns_)[column].extract;
    if (!place) return;
    NumberColumn& held = extract.in_memory(*place);
    const std::array not_numbers{std::numeric_limits<double>::quiet_NaN()};
    const std::array how_many{held.sort()};
    // What was counted by code has been folded by settle().
    folds_[column].add_sorted(held.values());
    folds_[column].add_counted(not_numbers, how_many);
  });
}

void RowFold::hold_back_no_more(ExtractBuilder& extract) {
  for (std::size_t column = 0; column < folds_.size(); ++column) {
    const auto& place = (*columns_)[column].extract;
    if (place) folds_[column].add_numbers(extract.in_memory(*place).values(), {});
  }
  holds_back_ = false;
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

void RowFold::take_codes(std::size_t column) {
  std::vector<std::uint64_t>& counts = counts_[column];
  counts.resize(std::max<std::size_t>(counts.size(), CategoryCoder::kFirst), 0);
  const FoldedColumn& how = (*columns_)[column];
  profile::ColumnFold& fold = folds_[column];
  const std::uint64_t empty = counts[CategoryCoder::kEmpty];
  const std::uint64_t configured = counts[CategoryCoder::kConfigured];
  fold.add_missing(counts[CategoryCoder::kMissing] + empty + configured);
  fold.add_missing_kinds(empty, configured);
  fold.add_type_errors(counts[CategoryCoder::kTypeError]);
  for (std::uint32_t code = CategoryCoder::kFirst; code < counts.size(); ++code) {
    if (counts[code] == 0) continue;
    const std::string_view name = how.coder->name(code);
    fold.add_text(name, counts[code]);
    if (how.checker != nullptr) how.checker->add(name, counts[code], checks_[column]);
  }
}

profile::Profile RowFold::take() {
  profile::Profile profile{.schema_id = schema_->id(),
                           .rows = rows_,
                           .columns = {},
                           .row_keys = std::exchange(row_keys_, {})};
  for (std::size_t column = 0; column < folds_.size(); ++column) {
    LEEWAY_ASSERT(number_counts_[column].empty(), "who takes a profile settles before");
    take_codes(column);
    std::vector<std::uint64_t>& counts = counts_[column];
    profile::ColumnProfile taken = folds_[column].take();
    taken.checks.merge(std::exchange(checks_[column], {}));
    taken.rows += counts[CategoryCoder::kOther];
    taken.unseen += counts[CategoryCoder::kOther];
    profile.columns.push_back(std::move(taken));
    counts.clear();
  }
  rows_ = 0;
  return profile;
}

}  // namespace leeway::tables
