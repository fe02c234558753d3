#include "collectors/tables/extract_writer.h"

#include <fcntl.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <system_error>

#include "detectors/base/bytes.h"

namespace leeway::tables {
namespace {

static_assert(std::endian::native == std::endian::little, "an extract's data is little endian");

Error trouble(const std::filesystem::path& path, int error) {
  return Error{ErrorCode::kUnavailable,
               "writing '" + path.string() + "': " + std::generic_category().message(error)};
}

std::string_view bytes_of(std::span<const double> values) {
  return {reinterpret_cast<const char*>(values.data()), values.size_bytes()};
}

/// 0, or the error.
int write_at(int fd, std::string_view bytes, std::uint64_t offset) {
  while (!bytes.empty()) {
    const ssize_t n = ::pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return n == 0 ? EIO : errno;
    bytes.remove_prefix(static_cast<std::size_t>(n));
    offset += static_cast<std::uint64_t>(n);
  }
  return 0;
}

}  // namespace

std::string extract_table(std::span<const ExtractEntry> table) {
  ByteWriter out;
  for (const ExtractEntry& entry : table) {
    out.u32(entry.index);
    out.u32(0);
    out.u64(entry.count);
  }
  return std::move(out).take();
}

void add_block_hash(std::string& hashes, std::span<const double> block) {
  ByteWriter out;
  out.u64(hash64(bytes_of(block)));
  hashes += out.bytes();
}

ExtractWriter::ExtractWriter(std::filesystem::path path, Descriptor file,
                             std::vector<ExtractEntry> table)
    : path_(std::move(path)), file_(std::move(file)), table_(std::move(table)) {
  block_.reserve(kExtractBlock);
}

Result<ExtractWriter> ExtractWriter::create(const std::filesystem::path& path,
                                            std::vector<ExtractEntry> table) {
  Descriptor file(
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file) return fail(trouble(path, errno));
  return ExtractWriter(path, std::move(file), std::move(table));
}

Result<> ExtractWriter::append(std::span<const double> values) {
  while (!values.empty()) {
    const auto part = values.first(std::min(values.size(), kExtractBlock - block_.size()));
    block_.insert(block_.end(), part.begin(), part.end());
    values = values.subspan(part.size());
    if (block_.size() == kExtractBlock) {
      if (auto done = write_block(); !done) return done;
    }
  }
  return {};
}

Result<> ExtractWriter::append(double value, std::uint64_t count) {
  while (count > 0) {
    const std::uint64_t part = std::min<std::uint64_t>(count, kExtractBlock - block_.size());
    block_.insert(block_.end(), part, value);
    count -= part;
    if (block_.size() == kExtractBlock) {
      if (auto done = write_block(); !done) return done;
    }
  }
  return {};
}

Result<> ExtractWriter::write_block() {
  const std::uint64_t offset =
      kExtractHead + table_.size() * kExtractEntry + written_ * sizeof(double);
  if (const int error = write_at(file_.get(), bytes_of(block_), offset); error != 0) {
    return fail(trouble(path_, error));
  }
  add_block_hash(block_hashes_, block_);
  written_ += block_.size();
  block_.clear();
  return {};
}

Result<> ExtractWriter::finish() {
  if (!block_.empty()) {
    if (auto done = write_block(); !done) return done;
  }
  std::uint64_t announced = 0;
  for (const ExtractEntry& entry : table_) announced += entry.count;
  LEEWAY_ASSERT(announced == written_, "an extract gets as many values as its table announces");
  const std::string table = extract_table(table_);
  ByteWriter head;
  head.raw(kExtractMagic);
  head.u32(kExtractVersion);
  head.u32(static_cast<std::uint32_t>(table_.size()));
  head.u64(hash64(table));
  head.u64(hash64(block_hashes_));
  head.raw(table);
  if (const int error = write_at(file_.get(), head.bytes(), 0); error != 0) {
    return fail(trouble(path_, error));
  }
  file_.reset();
  return {};
}

}  // namespace leeway::tables
