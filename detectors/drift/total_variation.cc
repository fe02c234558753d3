#include "detectors/drift/total_variation.h"

#include <cmath>
#include <numeric>

#include "detectors/base/random.h"
#include "detectors/drift/hypergeometric.h"

namespace leeway::drift {
namespace {

constexpr std::uint64_t kTooMany = std::uint64_t{1} << 50U;
constexpr double kTie = 1e-12;  // equal but for rounding

std::uint64_t sum_of(std::span<const std::uint64_t> counts) {
  return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
}

/// Of one order of the pooled rows: `taken` of each category are on a side of m rows.
class Distance {
 public:
  Distance(double m, double n) : m_(m), n_(n) {}
  void add(double taken, double pooled) { sum_ += std::abs(taken / m_ - (pooled - taken) / n_); }
  double value() const { return 0.5 * sum_; }

 private:
  double m_;
  double n_;
  double sum_ = 0.0;
};

double permuted(std::span<const double> pooled, double m, double n, Random& random) {
  Distance distance(m, n);
  double rows_left = m + n;
  double places_left = m;
  for (const double count : pooled) {
    const double taken = Hypergeometric(places_left, rows_left - places_left, count).draw(random);
    distance.add(taken, count);
    places_left -= taken;
    rows_left -= count;
  }
  return distance.value();
}

}  // namespace

Result<TotalVariation> total_variation_test(std::span<const std::uint64_t> reference,
                                            std::span<const std::uint64_t> current,
                                            std::size_t permutations, std::uint64_t seed) {
  if (reference.size() != current.size())
    return fail(ErrorCode::kInvalidArgument, "total variation: the sides differ in categories");
  if (sum_of(reference) == 0 || sum_of(current) == 0)
    return fail(ErrorCode::kInsufficientData, "total variation: a side has no rows");
  if (sum_of(reference) >= kTooMany || sum_of(current) >= kTooMany)
    return fail(ErrorCode::kInvalidArgument, "total variation: a side has 2^50 rows or more");
  const auto m = static_cast<double>(sum_of(reference));
  const auto n = static_cast<double>(sum_of(current));
  std::vector<double> pooled;
  Distance observed(m, n);
  for (std::size_t i = 0; i < reference.size(); ++i) {
    pooled.push_back(static_cast<double>(reference[i] + current[i]));
    observed.add(static_cast<double>(reference[i]), pooled.back());
  }
  Random random(seed);
  std::size_t reaching = 0;
  for (std::size_t i = 0; i < permutations; ++i)
    reaching += permuted(pooled, m, n, random) >= observed.value() - kTie ? 1U : 0U;
  return TotalVariation{
      .distance = observed.value(),
      .p_value = static_cast<double>(reaching) / static_cast<double>(permutations)};
}

}  // namespace leeway::drift
