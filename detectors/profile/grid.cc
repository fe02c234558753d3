#include "detectors/profile/grid.h"

#include <array>
#include <cmath>
#include <limits>

#include "detectors/base/binning.h"
#include "detectors/base/wide.h"

namespace leeway::profile {
namespace {

constexpr std::size_t kMaxEdges = 65'534;
constexpr std::size_t kSlotsPerEdge = 4;
constexpr std::size_t kMaxSlots = 1U << 17U;
constexpr double kInfinity = std::numeric_limits<double>::infinity();

double next_after(double value) { return std::nextafter(value, kInfinity); }

void append(std::vector<double>& edges, double edge) {
  if (std::isfinite(edge) && (edges.empty() || edges.back() < edge)) edges.push_back(edge);
}

void append_atom(std::vector<double>& edges, double value) {
  append(edges, value);
  append(edges, next_after(value));
}

using Positions = std::vector<std::size_t>;

/// Where the run of equal values begins that `at` lies in, and where it ends.
std::size_t begin_of_run(std::span<const double> sorted, std::size_t at) {
  return static_cast<std::size_t>(std::lower_bound(sorted.begin(),
                                                   sorted.begin() + static_cast<std::ptrdiff_t>(at),
                                                   sorted[at]) -
                                  sorted.begin());
}
std::size_t end_of_run(std::span<const double> sorted, std::size_t at) {
  return static_cast<std::size_t>(
      std::upper_bound(sorted.begin() + static_cast<std::ptrdiff_t>(at), sorted.end(), sorted[at]) -
      sorted.begin());
}

/// The distinct values if there are at most `most`, else nothing.
std::vector<double> few_values(std::span<const double> sorted, std::size_t most) {
  std::vector<double> values;
  for (std::size_t i = 0; i < sorted.size(); i = end_of_run(sorted, i)) {
    if (values.size() == most) return {};
    values.push_back(sorted[i] + 0.0);
  }
  return values;
}

/// Where runs of at least `length` equal values begin. Such a run covers a multiple of `length`.
Positions long_runs(std::span<const double> sorted, std::size_t length) {
  Positions found;
  for (std::size_t at = 0; at < sorted.size(); at += length) {
    const bool known = !found.empty() && sorted[found.back()] == sorted[at];
    const bool longer = sorted[at] == sorted[std::min(at + length / 2, sorted.size() - 1)] ||
                        sorted[at] == sorted[at - std::min(at, length / 2)];
    if (known || !longer) continue;
    const std::size_t first = begin_of_run(sorted, at);
    if (end_of_run(sorted, at) - first >= length) found.push_back(first);
  }
  return found;
}

/// A run of a share of at least 1/cells is a cell of its own; between those, a cell ends with the
/// run that makes it reach that share. Jumps from cell to cell: a reference may have millions of
/// values.
std::vector<double> equal_mass_edges(std::span<const double> sorted, std::size_t cells) {
  std::vector<double> edges;
  if (sorted.empty()) return edges;
  const std::size_t share = (sorted.size() + cells - 1) / cells;
  const Positions atoms = long_runs(sorted, share);
  std::size_t at = 0;
  for (std::size_t atom = 0; at < sorted.size();) {
    const std::size_t full = at + share;  // the first value behind a cell that begins here
    std::size_t next = sorted.size();
    if (full < sorted.size()) {
      next = sorted[full - 1] == sorted[full] ? end_of_run(sorted, full) : full;
    }
    if (atom < atoms.size() && atoms[atom] <= next) {
      append_atom(edges, sorted[atoms[atom]] + 0.0);
      next = end_of_run(sorted, atoms[atom++]);
    } else if (next < sorted.size()) {
      append(edges, sorted[next] + 0.0);
    }
    at = next;
  }
  return edges;
}

std::vector<std::uint16_t> positions(const std::vector<double>& edges,
                                     std::span<const double> wanted) {
  std::vector<std::uint16_t> found;
  for (const double edge : wanted) {
    const auto at = std::lower_bound(edges.begin(), edges.end(), edge);
    found.push_back(static_cast<std::uint16_t>(at - edges.begin()));
  }
  return found;
}

LEEWAY_WIDE void linear_slots(const double* values, std::size_t n, double origin, double factor,
                              double top, std::uint32_t* slots) {
  for (std::size_t i = 0; i < n; ++i) {
    const double slot = (values[i] - origin) * factor;
    slots[i] = static_cast<std::uint32_t>(static_cast<int>(std::min(slot > 0.0 ? slot : 0.0, top)));
  }
}

LEEWAY_WIDE void bit_slots(const double* values, std::size_t n, std::uint64_t first,
                           std::uint64_t last, unsigned shift, std::uint32_t* slots) {
  for (std::size_t i = 0; i < n; ++i) {
    const std::uint64_t bits = std::clamp(ordered_bits(values[i]), first, last);
    slots[i] = static_cast<std::uint32_t>((bits - first) >> shift);
  }
}

std::vector<std::uint16_t> all_positions(std::size_t edges) {
  std::vector<std::uint16_t> all(edges);
  for (std::size_t i = 0; i < edges; ++i) all[i] = static_cast<std::uint16_t>(i);
  return all;
}

}  // namespace

Grid::Grid(std::vector<double> edges, std::vector<std::uint16_t> bin_edges, Bins bins)
    : edges_(std::move(edges)), bin_edges_(std::move(bin_edges)), bins_(bins) {
  edges_.insert(edges_.end(), kSentinels, std::numeric_limits<double>::quiet_NaN());
  ByteWriter bytes;
  write(bytes);
  id_ = hash64(bytes.bytes());
  build_index();
}

Result<Grid> Grid::from_edges(std::vector<double> edges) {
  if (edges.size() > kMaxEdges) {
    return fail(ErrorCode::kInvalidArgument,
                "a grid takes at most 65534 edges, not " + std::to_string(edges.size()));
  }
  for (std::size_t i = 0; i < edges.size(); ++i) {
    edges[i] += 0.0;  // -0 becomes 0
    if (!std::isfinite(edges[i]) || (i > 0 && edges[i] <= edges[i - 1])) {
      return fail(
          ErrorCode::kInvalidArgument,
          "edge " + std::to_string(i) + " of a grid is not finite or not above the one before it");
    }
  }
  std::vector<std::uint16_t> bin_edges = all_positions(edges.size());
  return Grid(std::move(edges), std::move(bin_edges), Bins::kGiven);
}

Grid Grid::from_sorted(std::span<const double> sorted, GridOptions options) {
  if (const std::vector<double> values = few_values(sorted, options.single_values);
      !values.empty()) {
    std::vector<double> edges;
    for (const double value : values) append_atom(edges, value);
    std::vector<std::uint16_t> bin_edges = all_positions(edges.size());
    return Grid(std::move(edges), std::move(bin_edges), Bins::kValues);
  }
  std::vector<double> edges =
      equal_mass_edges(sorted, std::clamp<std::size_t>(options.cells, 2, 32'000));
  // The ends are open: what bounds the outer bins are the quantiles strictly inside.
  std::vector<double> quantiles =
      quantile_edges(sorted, std::clamp<std::size_t>(options.quantiles, 1, 1'000));
  if (!quantiles.empty()) quantiles.erase(quantiles.begin());
  if (!quantiles.empty()) quantiles.pop_back();
  for (double& edge : quantiles) edge += 0.0;
  std::vector<double> all;
  std::set_union(edges.begin(), edges.end(), quantiles.begin(), quantiles.end(),
                 std::back_inserter(all));
  std::vector<std::uint16_t> bin_edges = positions(all, quantiles);
  return Grid(std::move(all), std::move(bin_edges), Bins::kQuantiles);
}

bool Grid::single_valued(std::size_t cell) const {
  return cell > 0 && cell + 1 < cells() && next_after(edges_[cell - 1]) == edges_[cell];
}

/// The same steps as cell(), in two loops: the first has no branch and no table, so that it runs in
/// vectors; of the second, many are under way at once.
void Grid::find_cells(std::span<const double> values, std::span<std::uint16_t> cells) const {
  constexpr std::size_t kBatch = 512;
  std::array<std::uint32_t, kBatch> slots;
  const double* const edges = edges_.data();
  const std::uint16_t* const index = index_.data();
  for (std::size_t first = 0; first < values.size(); first += kBatch) {
    const std::size_t n = std::min(kBatch, values.size() - first);
    const double* const batch = values.data() + first;
    std::uint16_t* const out = cells.data() + first;
    if (scale_ == Scale::kLinear) {
      linear_slots(batch, n, origin_, factor_, top_, slots.data());
    } else {
      bit_slots(batch, n, first_bits_, last_bits_, shift_, slots.data());
    }
    bool all_found = true;
    for (std::size_t i = 0; i < n; ++i) {
      std::size_t found = index[slots[i]];
      found += edges[found] <= batch[i] ? 1U : 0U;
      found += edges[found] <= batch[i] ? 1U : 0U;
      all_found &= !(edges[found] <= batch[i]);
      out[i] = static_cast<std::uint16_t>(found);
    }
    if (all_found) continue;
    for (std::size_t i = 0; i < n; ++i) {
      if (edges[out[i]] <= batch[i]) {
        out[i] = static_cast<std::uint16_t>(search(out[i], index[slots[i] + 1], batch[i]));
      }
    }
  }
}

std::size_t Grid::search(std::size_t first, std::size_t last, double value) const {
  const auto begin = edges_.begin();
  return static_cast<std::size_t>(std::upper_bound(begin + static_cast<std::ptrdiff_t>(first),
                                                   begin + static_cast<std::ptrdiff_t>(last),
                                                   value) -
                                  begin);
}

/// Slots over the edges but the `trimmed` outermost on each side, which share the outer slots.
bool Grid::choose_linear(std::size_t slots, std::size_t trimmed) {
  const std::span<const double> inside = edges().subspan(trimmed, edges().size() - 2 * trimmed);
  const double width = inside.back() - inside.front();
  // Subtracting a denormal costs 40 ns, and the double after 0 is one.
  origin_ = std::abs(inside.front()) < std::numeric_limits<double>::min() ? 0.0 : inside.front();
  factor_ = static_cast<double>(slots) / width;
  top_ = static_cast<double>(slots - 1);
  scale_ = Scale::kLinear;
  return std::isfinite(width) && std::isfinite(factor_) && factor_ > 0.0;
}

void Grid::choose_bits(std::size_t slots) {
  scale_ = Scale::kBits;
  first_bits_ = ordered_bits(edges().front());
  last_bits_ = ordered_bits(edges().back());
  const auto room = static_cast<unsigned>(std::bit_width(slots) - 1);
  const auto used = static_cast<unsigned>(std::bit_width(last_bits_ - first_bits_));
  shift_ = used > room ? used - room : 0;
}

/// Monotone in the value, so edges of lower slots are below and edges of higher slots above it.
std::vector<std::uint16_t> Grid::index_for_scale() const {
  const std::size_t slots =
      scale_ == Scale::kLinear ? static_cast<std::size_t>(top_) + 1 : bucket(edges().back()) + 1;
  std::vector<std::uint16_t> index(slots + 1, 0);
  for (const double edge : edges()) ++index[bucket(edge) + 1];
  for (std::size_t slot = 1; slot <= slots; ++slot) {
    index[slot] = static_cast<std::uint16_t>(index[slot] + index[slot - 1]);
  }
  return index;
}

/// The comparisons beyond the first two, for values spread over the cells evenly.
double Grid::extra_steps() const {
  double steps = 0.0;
  for (std::size_t slot = 0; slot + 1 < index_.size(); ++slot) {
    const double inside = static_cast<double>(index_[slot + 1] - index_[slot]);
    if (inside > 2.0) steps += inside * std::log2(inside);
  }
  return steps;
}

/// Takes the scale that leaves the fewest comparisons: linear for most columns, trimmed for long
/// tails, bits for data over many orders of magnitude. All are correct for all data.
void Grid::build_index() {
  if (edges().empty()) {
    index_ = {0, 0};
    return;
  }
  const std::size_t slots =
      std::min(kMaxSlots, std::bit_ceil(std::max<std::size_t>(64, kSlotsPerEdge * edges().size())));
  choose_bits(slots);
  index_ = index_for_scale();
  double best = extra_steps();
  std::size_t best_trimmed = edges().size();
  for (const std::size_t part :
       {std::size_t{0}, std::size_t{256}, std::size_t{64}, std::size_t{16}}) {
    const std::size_t trimmed = part == 0 ? 0 : edges().size() / part;
    if (part != 0 && trimmed == 0) continue;
    if (edges().size() < 2 * trimmed + 2 || !choose_linear(slots, trimmed)) continue;
    index_ = index_for_scale();
    if (const double steps = extra_steps(); steps < best || (part == 0 && steps == best)) {
      best = steps;
      best_trimmed = trimmed;
    }
  }
  if (best_trimmed == edges().size()) {
    choose_bits(slots);
  } else {
    choose_linear(slots, best_trimmed);
  }
  index_ = index_for_scale();
}

void Grid::write(ByteWriter& out) const {
  out.varint(edges().size());
  for (const double edge : edges()) out.f64(edge);
  out.u8(static_cast<std::uint8_t>(bins_));
  out.varint(bin_edges_.size());
  for (const std::uint16_t position : bin_edges_) out.varint(position);
}

Result<Grid> Grid::read(ByteReader& in) {
  std::vector<double> edges(in.count(sizeof(double)));
  for (double& edge : edges) edge = in.f64();
  const std::uint8_t kind = in.u8();
  std::vector<std::uint16_t> bin_edges(in.count(1));
  std::uint64_t least = 0;
  for (std::uint16_t& position : bin_edges) {
    const std::uint64_t stored = in.varint();
    if (stored < least || stored >= edges.size()) in.refuse();
    position = static_cast<std::uint16_t>(stored);
    least = stored + 1;
  }
  if (!in.ok() || kind > static_cast<std::uint8_t>(Bins::kGiven)) {
    return fail(ErrorCode::kCorrupt, "the bins of a grid make no sense");
  }
  auto grid = from_edges(std::move(edges));
  if (!grid) return fail(ErrorCode::kCorrupt, std::move(grid.error().message));
  const std::span<const double> read_edges = grid->edges();
  return Grid({read_edges.begin(), read_edges.end()}, std::move(bin_edges),
              static_cast<Bins>(kind));
}

}  // namespace leeway::profile
