#include "collectors/tables/sampled_rows.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>

#include "collectors/tables/descriptor.h"
#include "detectors/base/bytes.h"
#include "detectors/base/compression.h"

namespace leeway::tables {
namespace {

constexpr std::string_view kMagic = "LWSAMPLE";
constexpr std::uint32_t kVersion = 1;
constexpr std::size_t kMostBytes = std::size_t{256} << 20U;

/// Up to which key a sample has every row.
std::uint64_t end_of(const std::vector<std::uint64_t>& keys, std::uint64_t of) {
  return keys.size() >= of ? std::numeric_limits<std::uint64_t>::max()
                           : (keys.empty() ? 0 : keys.back());
}

/// Which rows of two samples remain in that of both, by ascending key: positions, those of the
/// second behind those of the first.
template <class Sample>
std::vector<std::size_t> remaining(const Sample& first, const Sample& second) {
  const std::uint64_t end = std::min(end_of(first.keys, first.of), end_of(second.keys, second.of));
  std::vector<std::size_t> order(first.keys.size() + second.keys.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto key = [&](std::size_t at) {
    return at < first.keys.size() ? first.keys[at] : second.keys[at - first.keys.size()];
  };
  std::erase_if(order, [&](std::size_t at) { return key(at) > end; });
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return key(a) != key(b) ? key(a) < key(b) : a < b;
  });
  return order;
}

/// The values at those positions, `width` of them each.
template <class T>
std::vector<T> gather(const std::vector<T>& first, const std::vector<T>& second,
                      const std::vector<std::size_t>& order, std::size_t width = 1) {
  std::vector<T> gathered;
  gathered.reserve(order.size() * width);
  const std::size_t size = width == 0 ? 0 : first.size() / width;
  for (const std::size_t at : order) {
    const auto from = at < size ? first.begin() + static_cast<std::ptrdiff_t>(at * width)
                                : second.begin() + static_cast<std::ptrdiff_t>((at - size) * width);
    gathered.insert(gathered.end(), from, from + static_cast<std::ptrdiff_t>(width));
  }
  return gathered;
}

void merge_embedding(SampledVectors& into, const SampledVectors& other) {
  if (other.vectors.rows() == 0) return;
  if (into.vectors.rows() == 0) {
    into = other;
    return;
  }
  if (into.vectors.dimension != other.vectors.dimension) return;
  const auto order = remaining(into, other);
  into.vectors.values =
      gather(into.vectors.values, other.vectors.values, order, into.vectors.dimension);
  into.keys = gather(into.keys, other.keys, order);
  into.of += other.of;
}

void write_keys(ByteWriter& out, std::uint64_t of, const std::vector<std::uint64_t>& keys) {
  out.varint(of);
  out.varint(keys.size());
  for (const std::uint64_t key : keys) out.u64(key);
}

std::vector<std::uint64_t> read_keys(ByteReader& in, std::uint64_t& of) {
  of = in.varint();
  std::vector<std::uint64_t> keys(in.count(sizeof(std::uint64_t)));
  for (std::uint64_t& key : keys) key = in.u64();
  if (keys.size() > of || !std::is_sorted(keys.begin(), keys.end())) in.refuse();
  return keys;
}

void write_pane(ByteWriter& out, const SampledRows& pane) {
  out.i64(to_micros(pane.start));
  write_keys(out, pane.of, pane.keys);
  out.varint(pane.columns.size());
  for (const SampledColumn& column : pane.columns) {
    out.varint(column.index);
    for (const double value : column.values) out.f64(value);
  }
  out.varint(pane.embeddings.size());
  for (const SampledVectors& embedding : pane.embeddings) {
    out.varint(embedding.index);
    out.varint(embedding.vectors.dimension);
    write_keys(out, embedding.of, embedding.keys);
    for (const float value : embedding.vectors.values) out.u32(std::bit_cast<std::uint32_t>(value));
  }
}

std::uint32_t read_index(ByteReader& in, std::optional<std::uint32_t>& last) {
  const std::uint64_t index = in.varint();
  if (index > std::numeric_limits<std::uint32_t>::max() || (last && index <= *last)) in.refuse();
  last = static_cast<std::uint32_t>(index);
  return *last;
}

SampledRows read_pane(ByteReader& in) {
  SampledRows pane;
  pane.start = from_micros(in.i64());
  pane.keys = read_keys(in, pane.of);
  std::optional<std::uint32_t> last;
  for (std::size_t left = in.count(1 + pane.keys.size() * sizeof(double)); left > 0 && in.ok();
       --left) {
    SampledColumn& column = pane.columns.emplace_back(SampledColumn{.index = read_index(in, last)});
    column.values.resize(pane.keys.size());
    for (double& value : column.values) value = in.f64();
  }
  last.reset();
  for (std::size_t left = in.count(3); left > 0 && in.ok(); --left) {
    SampledVectors& embedding = pane.embeddings.emplace_back();
    embedding.index = read_index(in, last);
    embedding.vectors.dimension = static_cast<std::size_t>(in.varint());
    embedding.keys = read_keys(in, embedding.of);
    std::size_t values = 0;
    std::size_t bytes = 0;
    if (__builtin_mul_overflow(embedding.keys.size(), embedding.vectors.dimension, &values) ||
        __builtin_mul_overflow(values, sizeof(float), &bytes)) {
      in.refuse();
      break;
    }
    const std::string_view raw = in.raw(bytes);
    ByteReader floats(raw);
    embedding.vectors.values.resize(raw.size() / sizeof(float));
    for (float& value : embedding.vectors.values) value = std::bit_cast<float>(floats.u32());
  }
  return pane;
}

Result<> write_file(const std::filesystem::path& path, std::string_view bytes) {
  const auto failed = [&path](const char* what) {
    return fail(ErrorCode::kUnavailable,
                std::string(what) + " '" + path.string() + "': " + std::strerror(errno));
  };
  const Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (!file) return failed("cannot make");
  while (!bytes.empty()) {
    const ssize_t n = ::write(file.get(), bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return failed("cannot write");
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return {};
}

Result<std::string> read_file(const std::filesystem::path& path) {
  const auto failed = [&path](const char* what) {
    return fail(errno == ENOENT ? ErrorCode::kNotFound : ErrorCode::kUnavailable,
                std::string(what) + " '" + path.string() + "': " + std::strerror(errno));
  };
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return failed("cannot open");
  struct stat about{};
  if (::fstat(file.get(), &about) != 0) return failed("cannot look at");
  const auto size = static_cast<std::size_t>(about.st_size);
  if (size > kMostBytes) return fail(ErrorCode::kCorrupt, "'" + path.string() + "' is too large");
  std::string bytes(size, '\0');
  std::size_t at = 0;
  while (at < size) {
    const ssize_t n = ::read(file.get(), bytes.data() + at, size - at);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return failed("cannot read");
    if (n == 0) break;
    at += static_cast<std::size_t>(n);
  }
  bytes.resize(at);
  return bytes;
}

const SampledColumn* find(const SampledRows& rows, std::size_t index) {
  const auto found =
      std::find_if(rows.columns.begin(), rows.columns.end(),
                   [index](const SampledColumn& column) { return column.index == index; });
  return found == rows.columns.end() ? nullptr : &*found;
}

}  // namespace

void SampledRows::merge(const SampledRows& other) {
  if (of == 0) {
    const TimePoint own = start;
    *this = other;
    start = own;
    return;
  }
  const auto order = remaining(*this, other);
  const std::vector<double> none(other.keys.size(), std::numeric_limits<double>::quiet_NaN());
  for (SampledColumn& column : columns) {
    const SampledColumn* same = find(other, column.index);
    column.values = gather(column.values, same == nullptr ? none : same->values, order);
  }
  keys = gather(keys, other.keys, order);
  of += other.of;
  for (const SampledVectors& embedding : other.embeddings) {
    const auto same =
        std::find_if(embeddings.begin(), embeddings.end(),
                     [&](const SampledVectors& each) { return each.index == embedding.index; });
    if (same != embeddings.end()) merge_embedding(*same, embedding);
  }
}

void SampledRows::shrink(std::size_t most) {
  if (keys.size() > most) {
    keys.resize(most);
    for (SampledColumn& column : columns) column.values.resize(most);
  }
  for (SampledVectors& embedding : embeddings) {
    if (embedding.keys.size() <= most) continue;
    embedding.keys.resize(most);
    embedding.vectors.values.resize(most * embedding.vectors.dimension);
  }
}

bool is_sampled(const profile::Column& column) {
  const bool role = is_judged(column.role) && column.role != ColumnRole::kLabel;
  switch (column.type) {
    case ColumnType::kNumeric:
    case ColumnType::kCategorical:
    case ColumnType::kBoolean:
    case ColumnType::kEmbedding:
      return role;
    default:
      return false;
  }
}

multivariate::Table table_of(const SampledRows& rows, const std::vector<ComparedColumn>& columns) {
  using multivariate::TableColumn;
  const std::vector<double> none(rows.keys.size(), std::numeric_limits<double>::quiet_NaN());
  multivariate::Table table;
  for (const ComparedColumn& column : columns) {
    if (column.type == ColumnType::kEmbedding) continue;
    const SampledColumn* const sampled = find(rows, column.index);
    const std::vector<double>& values = sampled == nullptr ? none : sampled->values;
    TableColumn& made = table.columns.emplace_back();
    made.name = column.name;
    made.is_categorical = column.type == ColumnType::kCategorical;
    if (!made.is_categorical) {
      made.numbers = values;
      continue;
    }
    for (const double value : values) {
      const bool known = value >= 0.0 && value < 0x1.0p24;  // false for NaN
      made.codes.push_back(known ? static_cast<std::uint32_t>(value) : TableColumn::kMissing);
    }
  }
  return table;
}

Result<> write_sample(const std::filesystem::path& path, std::span<const SampledRows> panes) {
  ByteWriter body;
  body.varint(panes.size());
  for (const SampledRows& pane : panes) write_pane(body, pane);
  return write_file(path, frame(kMagic, kVersion, compress(body.bytes())));
}

Result<std::vector<SampledRows>> read_sample(const std::filesystem::path& path) {
  const std::string context = "sample '" + path.string() + "'";
  auto bytes = read_file(path);
  if (!bytes) return fail(std::move(bytes.error()).in("sample"));
  const auto opened = open_frame(kMagic, *bytes);
  if (!opened) return fail(Error(opened.error()).in(context));
  if (opened->version != kVersion) {
    return fail(ErrorCode::kCorrupt,
                context + ": version " + std::to_string(opened->version) + " is not known");
  }
  const auto body = decompress(opened->body, kMostBytes);
  if (!body) return fail(Error(body.error()).in(context));
  ByteReader in(*body);
  std::vector<SampledRows> panes;
  for (std::size_t left = in.count(10); left > 0 && in.ok(); --left) panes.push_back(read_pane(in));
  if (!in.at_end()) return fail(ErrorCode::kCorrupt, context + ": is not well formed");
  return panes;
}

}  // namespace leeway::tables
