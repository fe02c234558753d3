#include "collectors/tables/row_hashes.h"

#include <bit>
#include <limits>

#include "detectors/base/bytes.h"

namespace leeway::tables {
namespace {

using Form = ColumnChunk::Form;

constexpr std::uint64_t kMix = 0x9E3779B97F4A7C15ULL;
constexpr std::uint64_t kAbsent = 1;
constexpr std::uint64_t kTypeError = 2;
constexpr std::uint64_t kNoName = ~std::uint64_t{0};  // a NaN's bits, which of_number() never gives

std::uint64_t known(std::uint64_t hash) { return hash == RowHashes::kUnknown ? kMix : hash; }

/// Equal numbers, equal bits; all NaN are one. Not mixed: that is done once for each row and
/// column.
std::uint64_t of_number(double number) {
  constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
  return std::bit_cast<std::uint64_t>(number == number ? number + 0.0 : kNaN);
}

std::uint64_t of_bytes(std::span<const std::byte> bytes) {
  return hash64({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

}  // namespace

RowHashes::RowHashes(const std::vector<FoldedColumn>& columns)
    : columns_(&columns), names_(columns.size()) {}

std::uint64_t RowHashes::of_code(std::size_t column, std::uint32_t code) {
  if (CategoryCoder::is_missing(code)) return kAbsent;
  if (code == CategoryCoder::kTypeError) return kTypeError;
  if (code == CategoryCoder::kOther) return kNoName;
  std::vector<std::uint64_t>& names = names_[column];
  if (names.size() <= code) names.resize((*columns_)[column].coder->end(), 0);
  if (names[code] == 0) names[code] = hash64((*columns_)[column].coder->name(code));
  return names[code];
}

/// One multiplication for each row: given the columns before, different values never meet.
template <class ValueHash>
void RowHashes::add_column(RowSelection rows, const ValueHash& value_hash) {
  for (std::size_t i = 0; i < rows.count; ++i) {
    const std::uint64_t value = value_hash(rows[i]);
    std::uint64_t mixed = (std::rotl(hashes_[i], 23) ^ value) * kMix;
    mixed ^= mixed >> 32U;  // upper bits of a double are all that many have
    hashes_[i] = hashes_[i] == kUnknown || value == kNoName ? kUnknown : known(mixed);
  }
}

/// What the values of a column are is decided once for a chunk.
void RowHashes::add_values(std::size_t column, const ColumnChunk& chunk, RowSelection rows) {
  const auto present_or = [&chunk](std::size_t row, const auto& value_hash) -> std::uint64_t {
    if (chunk.present(row)) return value_hash();
    return chunk.has_type_error(row) ? kTypeError : kAbsent;
  };
  switch (chunk.form) {
    case Form::kNumbers:
      if (chunk.valid.empty()) {
        return add_column(rows, [&](std::size_t row) { return of_number(chunk.numbers[row]); });
      }
      [[fallthrough]];
    case Form::kNumberCodes:
      return add_column(rows, [&](std::size_t row) {
        return present_or(row, [&] { return of_number(chunk.number(row)); });
      });
    case Form::kCodes:
      return add_column(rows, [&](std::size_t row) { return of_code(column, chunk.codes[row]); });
    case Form::kTexts:
      return add_column(rows, [&](std::size_t row) {
        return present_or(row, [&] { return hash64(chunk.texts[row].view()); });
      });
    case Form::kLists:
      return add_column(rows, [&](std::size_t row) {
        return present_or(row, [&] { return of_bytes(std::as_bytes(chunk.list(row))); });
      });
    case Form::kMicros:
      return add_column(rows, [&](std::size_t row) {
        return present_or(row, [&] { return of_number(static_cast<double>(chunk.micros[row])); });
      });
    case Form::kNothing:
      return add_column(rows,
                        [&](std::size_t row) { return present_or(row, [] { return kAbsent; }); });
  }
}

std::span<const std::uint64_t> RowHashes::of(std::span<const ColumnChunk* const> chunks,
                                             RowSelection rows) {
  hashes_.assign(rows.count, kMix);
  for (std::size_t column = 0; column < columns_->size(); ++column) {
    const FoldedColumn& how = (*columns_)[column];
    if (!how.ignored) add_values(column, *chunks[how.position], rows);
  }
  return hashes_;
}

}  // namespace leeway::tables
