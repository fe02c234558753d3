#include "collectors/tables/extract.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <set>
#include <system_error>

#include "collectors/tables/descriptor.h"
#include "collectors/tables/extract_writer.h"
#include "detectors/base/bytes.h"

namespace leeway::tables {
namespace {

/// What is left of a column in one of the extracts that are being merged.
using Run = std::span<const double>;

/// Merges ascending runs with a heap of their first values.
Result<> merge_runs(std::vector<Run> runs, ExtractWriter& out) {
  const auto later = [](const Run& a, const Run& b) { return a.front() > b.front(); };
  std::erase_if(runs, [](const Run& run) { return run.empty(); });
  std::make_heap(runs.begin(), runs.end(), later);
  while (runs.size() > 1) {
    std::pop_heap(runs.begin(), runs.end(), later);
    Run& run = runs.back();
    // All that comes before the next run's first value goes at once: data in the order of time
    // often overlaps little, and equal values are many.
    const double limit = runs.front().front();
    std::size_t n = 1;
    while (n < run.size() && run[n] <= limit) ++n;
    if (auto done = out.append(run.first(n)); !done) return done;
    run = run.subspan(n);
    if (run.empty()) {
      runs.pop_back();
    } else {
      std::push_heap(runs.begin(), runs.end(), later);
    }
  }
  return runs.empty() ? Result<>() : out.append(runs.front());
}

/// False also for NaN.
bool ascends(std::span<const double> values) {
  bool fine = values.empty() || !std::isnan(values[0]);
  for (std::size_t i = 1; i < values.size(); ++i) fine &= values[i - 1] <= values[i];
  return fine;
}

}  // namespace

Result<> write_extract(const std::filesystem::path& path, std::span<const ExtractColumn> columns) {
  std::vector<ExtractEntry> table;
  for (const ExtractColumn& column : columns) {
    table.push_back({.index = column.index, .count = column.values.size()});
  }
  auto out = ExtractWriter::create(path, std::move(table));
  if (!out) return fail(std::move(out.error()));
  for (const ExtractColumn& column : columns) {
    if (auto done = out->append(column.values); !done) return done;
  }
  return out->finish();
}

MappedExtract::MappedExtract(MappedExtract&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)),
      columns_(std::exchange(other.columns_, {})) {}

MappedExtract& MappedExtract::operator=(MappedExtract&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  std::swap(columns_, other.columns_);
  return *this;
}

MappedExtract::~MappedExtract() {
  if (data_ != nullptr) ::munmap(data_, size_);
}

Result<MappedExtract> MappedExtract::open(const std::filesystem::path& path) {
  const auto trouble = [&path](ErrorCode code, const std::string& what) {
    return fail(code, "reading '" + path.string() + "': " + what);
  };
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) {
    return trouble(errno == ENOENT ? ErrorCode::kNotFound : ErrorCode::kUnavailable,
                   std::generic_category().message(errno));
  }
  struct stat status{};
  if (::fstat(file.get(), &status) != 0) {
    return trouble(ErrorCode::kUnavailable, std::generic_category().message(errno));
  }
  const auto size = static_cast<std::size_t>(status.st_size);
  if (size < kExtractHead) return trouble(ErrorCode::kCorrupt, "is too short for an extract");
  void* data = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, file.get(), 0);
  if (data == MAP_FAILED) {
    return trouble(ErrorCode::kUnavailable, std::generic_category().message(errno));
  }
  MappedExtract extract(data, size);
  if (auto read = extract.read_table(); !read) {
    return trouble(read.error().code, read.error().message);
  }
  return extract;
}

Result<> MappedExtract::read_table() {
  const std::string_view bytes(static_cast<const char*>(data_), size_);
  ByteReader in(bytes);
  if (in.raw(kExtractMagic.size()) != kExtractMagic || in.u32() != kExtractVersion) {
    return fail(ErrorCode::kCorrupt, "is not an extract of a version that is known");
  }
  const std::uint32_t columns = in.u32();
  const std::uint64_t table_hash = in.u64();
  const std::uint64_t data_hash = in.u64();
  if (columns > (size_ - kExtractHead) / kExtractEntry) {
    return fail(ErrorCode::kCorrupt, "is cut off");
  }
  const std::string_view table = bytes.substr(kExtractHead, columns * kExtractEntry);
  if (hash64(table) != table_hash) return fail(ErrorCode::kCorrupt, "its table is damaged");

  std::span<const double> values(
      reinterpret_cast<const double*>(bytes.data() + kExtractHead + table.size()),
      (size_ - kExtractHead - table.size()) / sizeof(double));
  std::string hashes;
  for (std::size_t at = 0; at < values.size(); at += kExtractBlock) {
    add_block_hash(hashes, values.subspan(at, std::min(kExtractBlock, values.size() - at)));
  }
  if (hash64(hashes) != data_hash) return fail(ErrorCode::kCorrupt, "its data is damaged");

  ByteReader entries(table);
  for (std::uint32_t i = 0; i < columns; ++i) {
    const std::uint32_t index = entries.u32();
    const std::uint32_t zero = entries.u32();
    const std::uint64_t count = entries.u64();
    const bool ordered = columns_.empty() || columns_.back().index < index;
    if (zero != 0 || !ordered || count > values.size() || !ascends(values.first(count))) {
      return fail(ErrorCode::kCorrupt, "a column of it makes no sense");
    }
    columns_.push_back({.index = index, .values = values.first(count)});
    values = values.subspan(count);
  }
  if (!values.empty() || size_ % sizeof(double) != 0) {
    return fail(ErrorCode::kCorrupt, "has bytes behind its end");
  }
  return {};
}

std::span<const double> MappedExtract::column(std::uint32_t index) const {
  for (const ExtractColumn& column : columns_) {
    if (column.index == index) return column.values;
  }
  return {};
}

Result<> merge_extracts(std::span<const std::filesystem::path> sources,
                        const std::filesystem::path& path,
                        const std::optional<std::set<std::uint32_t>>& only) {
  std::vector<MappedExtract> opened;
  std::set<std::uint32_t> indices;
  for (const auto& source : sources) {
    auto extract = MappedExtract::open(source);
    if (!extract) return fail(std::move(extract.error()));
    for (const ExtractColumn& column : extract->columns()) {
      if (!only || only->contains(column.index)) indices.insert(column.index);
    }
    opened.push_back(std::move(*extract));
  }
  std::vector<ExtractEntry> table;
  for (const std::uint32_t index : indices) {
    ExtractEntry entry{.index = index, .count = 0};
    for (const MappedExtract& extract : opened) entry.count += extract.column(index).size();
    table.push_back(entry);
  }
  auto out = ExtractWriter::create(path, std::move(table));
  if (!out) return fail(std::move(out.error()));
  for (const std::uint32_t index : indices) {
    std::vector<Run> runs;
    for (const MappedExtract& extract : opened) runs.push_back(extract.column(index));
    if (auto done = merge_runs(std::move(runs), *out); !done) return done;
  }
  return out->finish();
}

}  // namespace leeway::tables
