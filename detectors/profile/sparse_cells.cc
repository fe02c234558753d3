#include "detectors/profile/sparse_cells.h"

#include <limits>
#include <numeric>

namespace leeway::profile {
namespace {

void append(SparseCells& to, const SparseCells& from, std::size_t at) {
  to.index.push_back(from.index[at]);
  to.count.push_back(from.count[at]);
  if (!from.sum.empty()) to.sum.push_back(from.sum[at]);
}

}  // namespace

std::vector<std::uint64_t> SparseCells::dense(std::size_t cells) const {
  std::vector<std::uint64_t> all(cells, 0);
  for (std::size_t i = 0; i < index.size() && index[i] < cells; ++i) all[index[i]] = count[i];
  return all;
}

std::uint64_t SparseCells::total() const {
  return std::accumulate(count.begin(), count.end(), std::uint64_t{0});
}

void SparseCells::merge(const SparseCells& other) {
  if (other.index.empty()) return;
  if (index.empty()) {
    *this = other;
    return;
  }
  SparseCells both;
  std::size_t a = 0;
  std::size_t b = 0;
  while (a < index.size() || b < other.index.size()) {
    if (b == other.index.size() || (a < index.size() && index[a] < other.index[b])) {
      append(both, *this, a++);
    } else if (a == index.size() || other.index[b] < index[a]) {
      append(both, other, b++);
    } else {
      append(both, *this, a);
      both.count.back() += other.count[b];
      if (!both.sum.empty() && !other.sum.empty()) both.sum.back() += other.sum[b];
      ++a;
      ++b;
    }
  }
  *this = std::move(both);
}

void SparseCells::subtract(const SparseCells& other) {
  SparseCells rest;
  for (std::size_t a = 0, b = 0; a < index.size(); ++a) {
    while (b < other.index.size() && other.index[b] < index[a]) ++b;
    const bool shared = b < other.index.size() && other.index[b] == index[a];
    if (shared && other.count[b] >= count[a]) continue;
    append(rest, *this, a);
    if (!shared) continue;
    rest.count.back() -= other.count[b];
    if (!rest.sum.empty() && !other.sum.empty()) rest.sum.back() -= other.sum[b];
  }
  *this = std::move(rest);
}

void SparseCells::write(ByteWriter& out) const {
  out.varint(index.size());
  out.u8(sum.empty() ? 0 : 1);
  // Gaps, not indices: most are 1, and small numbers compress.
  std::uint32_t next = 0;
  for (const std::uint32_t cell : index) {
    out.varint(cell - next);
    next = cell + 1;
  }
  for (const std::uint64_t cell_count : count) out.varint(cell_count);
  for (const double cell_sum : sum) out.f64(cell_sum);
}

SparseCells SparseCells::read(ByteReader& in) {
  SparseCells cells;
  const std::size_t size = in.count(2);
  const bool has_sums = in.u8() != 0;
  cells.index.resize(size);
  cells.count.resize(size);
  std::uint64_t next = 0;
  for (std::uint32_t& cell : cells.index) {
    const std::uint64_t gap = in.varint();
    if (gap > std::numeric_limits<std::uint16_t>::max()) in.refuse();
    next += gap;
    cell = static_cast<std::uint32_t>(next);
    if (++next > std::uint64_t{1} << 17U) in.refuse();
  }
  std::uint64_t total = 0;
  for (std::uint64_t& cell_count : cells.count) {
    cell_count = in.varint();
    if (cell_count == 0 || __builtin_add_overflow(total, cell_count, &total)) in.refuse();
  }
  if (has_sums && in.ok()) {
    cells.sum.resize(size);
    for (double& cell_sum : cells.sum) cell_sum = in.f64();
  }
  if (!in.ok()) return {};
  return cells;
}

}  // namespace leeway::profile
