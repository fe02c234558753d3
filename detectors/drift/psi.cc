#include "detectors/drift/psi.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "detectors/base/binning.h"

namespace leeway::drift {
namespace {

using Counts = std::span<const std::uint64_t>;
using Proportions = std::vector<double>;

double total(Counts counts) {
  return static_cast<double>(std::accumulate(counts.begin(), counts.end(), std::uint64_t{0}));
}

Proportions shares_of(Counts counts) {
  const double n = total(counts);
  Proportions shares;
  for (const std::uint64_t count : counts) shares.push_back(static_cast<double>(count) / n);
  return shares;
}

void fill(Proportions& shares, double eps) { std::replace(shares.begin(), shares.end(), 0.0, eps); }

void fill_adaptively(Proportions& shares) {
  double least = 1.0;
  for (const double share : shares) least = share > 0.0 ? std::min(least, share) : least;
  fill(shares, least <= 1e-4 ? least / 1e6 : 1e-4);
}

void floor_at(Proportions& shares, double eps) {
  for (double& share : shares) share = std::max(share, eps);
}

void renormalise(Proportions& shares) {
  const double sum = std::accumulate(shares.begin(), shares.end(), 0.0);
  for (double& share : shares) share /= sum;
}

Proportions laplace(Counts counts, double alpha) {
  const double n = total(counts) + alpha * static_cast<double>(counts.size());
  Proportions shares;
  for (const std::uint64_t count : counts)
    shares.push_back((static_cast<double>(count) + alpha) / n);
  return shares;
}

struct TwoShares {
  Proportions reference;
  Proportions current;
};

/// Bins empty on both sides get equal shares, which contribute nothing.
TwoShares shrunk(Counts reference, Counts current, std::size_t bins) {
  const double half = 0.5 * static_cast<double>(bins);
  const double reference_total = total(reference) + half;
  const double current_total = total(current) + half;
  TwoShares shares;
  for (std::size_t i = 0; i < reference.size(); ++i) {
    const bool exists = reference[i] != 0 || current[i] != 0;
    const double p = exists ? (static_cast<double>(reference[i]) + 0.5) / reference_total : 0.0;
    shares.reference.push_back(p);
    shares.current.push_back(exists ? (static_cast<double>(current[i]) + half * p) / current_total
                                    : 0.0);
  }
  return shares;
}

TwoShares shares_by(const Zeros& zeros, Counts reference, Counts current, std::size_t bins) {
  if (zeros.rule == ZeroRule::kShrink) return shrunk(reference, current, bins);
  if (zeros.rule == ZeroRule::kLaplace)
    return {laplace(reference, zeros.alpha), laplace(current, zeros.alpha)};
  TwoShares shares{shares_of(reference), shares_of(current)};
  for (Proportions* side : {&shares.reference, &shares.current}) {
    switch (zeros.rule) {
      case ZeroRule::kEpsilonFill:
        fill(*side, zeros.eps);
        break;
      case ZeroRule::kEpsilonFloor:
        floor_at(*side, zeros.eps);
        break;
      case ZeroRule::kEpsilonFloorRenormalised:
        floor_at(*side, zeros.eps);
        renormalise(*side);
        break;
      case ZeroRule::kAdaptiveFill:
        fill_adaptively(*side);
        break;
      case ZeroRule::kShrink:
      case ZeroRule::kLaplace:
      case ZeroRule::kNone:
        break;
    }
  }
  return shares;
}

double contribution(double p, double q) {
  if (p == q) return 0.0;
  if (p == 0.0 || q == 0.0) return std::numeric_limits<double>::infinity();
  return (q - p) * std::log(q / p);
}

std::vector<double> sturges_edges(std::span<const double> reference,
                                  std::span<const double> current) {
  const std::size_t n = reference.size() + current.size();
  if (n == 0) return {};
  const auto bins = static_cast<std::size_t>(std::ceil(std::log2(static_cast<double>(n)) + 1.0));
  double lo = std::numeric_limits<double>::infinity();
  double hi = -lo;
  for (const auto& side : {reference, current}) {
    if (side.empty()) continue;
    lo = std::min(lo, side.front());
    hi = std::max(hi, side.back());
  }
  return equal_width_edges(lo, hi, bins);
}

/// Values below the edge, of values in ascending order.
std::uint64_t below(std::span<const double> sorted, double edge) {
  return static_cast<std::uint64_t>(std::lower_bound(sorted.begin(), sorted.end(), edge) -
                                    sorted.begin());
}

std::uint64_t not_above(std::span<const double> sorted, double edge) {
  return static_cast<std::uint64_t>(std::upper_bound(sorted.begin(), sorted.end(), edge) -
                                    sorted.begin());
}

}  // namespace

Result<Psi> population_stability_index(Counts reference, Counts current, const Zeros& zeros) {
  if (reference.size() != current.size()) {
    return fail(ErrorCode::kInvalidArgument,
                "psi: 'reference' has " + std::to_string(reference.size()) +
                    " bins and 'current' " + std::to_string(current.size()));
  }
  if (total(reference) == 0.0 || total(current) == 0.0) {
    return fail(ErrorCode::kInsufficientData, "psi: a side has no rows");
  }
  Psi psi;
  for (std::size_t i = 0; i < reference.size(); ++i)
    psi.bins += reference[i] != 0 || current[i] != 0 ? 1 : 0;
  const TwoShares shares = shares_by(zeros, reference, current, psi.bins);
  psi.contributions.reserve(reference.size());
  for (std::size_t i = 0; i < reference.size(); ++i) {
    psi.contributions.push_back(contribution(shares.reference[i], shares.current[i]));
    psi.value += psi.contributions.back();
  }
  return psi;
}

Result<Shares> altered_shares(Counts reference, Counts current, const Zeros& zeros) {
  if (auto plain = shares(reference, current); !plain || zeros.rule == ZeroRule::kNone)
    return plain;
  std::size_t bins = 0;
  for (std::size_t i = 0; i < reference.size(); ++i)
    bins += reference[i] != 0 || current[i] != 0 ? 1 : 0;
  const TwoShares altered = shares_by(zeros, reference, current, bins);
  return shares(altered.reference, altered.current);
}

double psi_noise_floor(std::size_t bins, double reference_rows, double current_rows) {
  if (bins < 2 || reference_rows <= 0.0 || current_rows <= 0.0) return 0.0;
  return static_cast<double>(bins - 1) * (1.0 / current_rows + 1.0 / reference_rows);
}

std::vector<double> psi_edges(Binning binning, std::size_t bins, std::span<const double> reference,
                              std::span<const double> current) {
  if (binning == Binning::kSturgesPooled) return sturges_edges(reference, current);
  if (reference.empty()) return {};
  if (binning == Binning::kQuantile) return quantile_edges(reference, bins);
  return equal_width_edges(reference.front(), reference.back(), bins);
}

std::vector<std::uint64_t> psi_counts(std::span<const double> sorted, std::span<const double> edges,
                                      OuterBins outer) {
  std::vector<std::uint64_t> ends;  // values before the end of each bin
  const std::size_t last = edges.empty() ? 0 : edges.size() - 1;
  if (outer == OuterBins::kOpen) {
    for (std::size_t i = 1; i < last; ++i) ends.push_back(below(sorted, edges[i]));
  } else if (!edges.empty()) {
    for (std::size_t i = 0; i < std::max<std::size_t>(last, 1); ++i)
      ends.push_back(below(sorted, edges[i]));
    ends.push_back(not_above(sorted, edges[last]));
  }
  ends.push_back(sorted.size());
  std::vector<std::uint64_t> counts(ends.size());
  std::adjacent_difference(ends.begin(), ends.end(), counts.begin());
  return counts;
}

CategoryCounts join_categories(std::span<const std::pair<std::string, std::uint64_t>> reference,
                               std::span<const std::pair<std::string, std::uint64_t>> current) {
  CategoryCounts joined;
  std::size_t r = 0;
  std::size_t c = 0;
  while (r < reference.size() || c < current.size()) {
    const bool take_reference =
        c == current.size() || (r < reference.size() && reference[r].first <= current[c].first);
    const bool take_current =
        r == reference.size() || (c < current.size() && current[c].first <= reference[r].first);
    joined.names.push_back(take_reference ? reference[r].first : current[c].first);
    joined.reference.push_back(take_reference ? reference[r++].second : 0);
    joined.current.push_back(take_current ? current[c++].second : 0);
  }
  return joined;
}

}  // namespace leeway::drift
