#include "collectors/tables/chunk_fold.h"

#include <algorithm>

namespace leeway::tables {

void fold_texts(profile::ColumnFold& fold, const ColumnChunk& chunk, RowSelection rows) {
  for (std::size_t i = 0; i < rows.count; ++i) {
    if (chunk.present(rows[i])) fold.add_text(chunk.texts[rows[i]].view());
  }
  fold_absent(fold, chunk, rows);
}

void fold_lists(profile::ColumnFold& fold, const ColumnChunk& chunk, RowSelection rows) {
  for (std::size_t i = 0; i < rows.count; ++i) {
    if (!chunk.present(rows[i])) continue;
    const std::span<const std::byte> bytes = std::as_bytes(chunk.list(rows[i]));
    fold.add_text({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  }
  fold_absent(fold, chunk, rows);
}

void fold_times(profile::ColumnFold& fold, const ColumnChunk& chunk, RowSelection rows,
                std::vector<double>& buffer) {
  buffer.resize(rows.count);
  if (rows.all) {
    std::copy(chunk.micros.begin(), chunk.micros.end(), buffer.begin());
    const std::uint64_t type_errors = count_absent(chunk, rows).type_errors;
    fold.add_numbers(buffer, chunk.valid, type_errors);
    return;
  }
  std::size_t kept = 0;
  for (std::size_t i = 0; i < rows.count; ++i) {
    buffer[kept] = static_cast<double>(chunk.micros[rows[i]]);
    kept += chunk.present(rows[i]) ? 1U : 0U;
  }
  fold.add_numbers(std::span<const double>(buffer).first(kept), {});
  fold_absent(fold, chunk, rows);
}

void fold_absent(profile::ColumnFold& fold, const ColumnChunk& chunk, RowSelection rows) {
  const Absent absent = count_absent(chunk, rows);
  fold.add_missing(absent.missing);
  fold.add_type_errors(absent.type_errors);
}

MissingKinds count_kinds(const ColumnChunk& chunk, RowSelection rows) {
  const auto marked = [&rows](Validity marks) -> std::uint64_t {
    if (marks.empty()) return 0;
    if (rows.all) return count_valid(marks, rows.count);
    std::uint64_t count = 0;
    for (const std::uint16_t row : rows.rows) count += is_valid(marks, row) ? 1U : 0U;
    return count;
  };
  return {.empty_texts = marked(chunk.empty_texts), .configured = marked(chunk.configured)};
}

void fold_missing_kinds(profile::ColumnFold& fold, const ColumnChunk& chunk, RowSelection rows) {
  if (chunk.empty_texts.empty() && chunk.configured.empty()) return;
  const MissingKinds kinds = count_kinds(chunk, rows);
  fold.add_missing_kinds(kinds.empty_texts, kinds.configured);
}

}  // namespace leeway::tables
