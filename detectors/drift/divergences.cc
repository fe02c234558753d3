#include "detectors/drift/divergences.h"

#include <algorithm>
#include <boost/math/special_functions/log1p.hpp>
#include <cmath>
#include <limits>
#include <numbers>
#include <string>

namespace leeway::drift {
namespace {

double total(std::span<const double> weights) {
  double sum = 0.0;
  for (const double weight : weights) sum += weight;
  return sum;
}

std::vector<double> divided(std::span<const double> weights, double sum) {
  std::vector<double> shares;
  shares.reserve(weights.size());
  for (const double weight : weights) shares.push_back(weight / sum);
  return shares;
}

Result<> check_weights(std::span<const double> weights, const char* side) {
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if (weights[i] >= 0.0 && std::isfinite(weights[i])) continue;
    return fail(ErrorCode::kInvalidArgument, "shares: '" + std::string(side) + "' bin " +
                                                 std::to_string(i) + " is " +
                                                 std::to_string(weights[i]) + ", must be >= 0");
  }
  return {};
}

template <class Add>
double sum_over(const Shares& shares, Add add) {
  double sum = 0.0;
  for (std::size_t i = 0; i < shares.reference.size(); ++i)
    sum += add(shares.reference[i], shares.current[i]);
  return sum;
}

/// (1+u) ln(1+u) + (1-u) ln(1-u) for u in [-1, 1]: twice the divergence of a bin over its mean
/// share, where u is the difference of its shares over their sum. Even, and u^2 for small u.
double spread_of_pair(double u) {
  const double a = std::abs(u);
  if (a >= 1.0) return 2.0 * std::numbers::ln2;
  if (a > 0.5) return (1.0 + a) * std::log1p(a) + (1.0 - a) * std::log1p(-a);
  return 2.0 * a * std::atanh(a) + std::log1p(-a * a);  // 2u^2 - u^2: no digits are lost
}

/// Sum of p ln(p/q) - p + q: every term is >= 0, and the added parts sum to 0.
double kullback_leibler(std::span<const double> from, std::span<const double> to) {
  double sum = 0.0;
  for (std::size_t i = 0; i < from.size(); ++i) {
    const double p = from[i];
    const double q = to[i];
    if (p == 0.0) {
      sum += q;
    } else if (q == 0.0) {
      return std::numeric_limits<double>::infinity();
    } else if (std::abs(q - p) < 0.5 * p) {
      sum -= p * boost::math::log1pmx((q - p) / p);
    } else {
      sum += p * (std::log(p) - std::log(q)) + (q - p);  // p/q may overflow
    }
  }
  return std::max(0.0, sum);
}

}  // namespace

Result<Shares> shares(std::span<const double> reference, std::span<const double> current) {
  if (reference.size() != current.size()) {
    return fail(ErrorCode::kInvalidArgument,
                "shares: 'reference' has " + std::to_string(reference.size()) +
                    " bins and 'current' " + std::to_string(current.size()));
  }
  if (auto checked = check_weights(reference, "reference"); !checked) return fail(checked.error());
  if (auto checked = check_weights(current, "current"); !checked) return fail(checked.error());
  const double m = total(reference);
  const double n = total(current);
  if (m == 0.0 || n == 0.0) return fail(ErrorCode::kInsufficientData, "shares: a side has no rows");
  if (!std::isfinite(m) || !std::isfinite(n))
    return fail(ErrorCode::kInvalidArgument, "shares: the weights are too large to be added");
  return Shares{.reference = divided(reference, m), .current = divided(current, n)};
}

Result<Shares> shares(std::span<const std::uint64_t> reference,
                      std::span<const std::uint64_t> current) {
  const auto weights = [](std::span<const std::uint64_t> counts) {
    std::vector<double> made;
    made.reserve(counts.size());
    for (const std::uint64_t count : counts) made.push_back(static_cast<double>(count));
    return made;
  };
  return shares(std::span<const double>(weights(reference)),
                std::span<const double>(weights(current)));
}

double jensen_shannon_divergence(const Shares& shares, LogBase base) {
  const double twice = sum_over(shares, [](double p, double q) {
    return p + q == 0.0 ? 0.0 : 0.5 * (p + q) * spread_of_pair((p - q) / (p + q));
  });
  const double nats = std::min(0.5 * twice, std::numbers::ln2);
  return base == LogBase::kE ? nats : nats / std::numbers::ln2;
}

double jensen_shannon_distance(const Shares& shares, LogBase base) {
  return std::sqrt(jensen_shannon_divergence(shares, base));
}

double kl_reference_current(const Shares& shares) {
  return kullback_leibler(shares.reference, shares.current);
}

double kl_current_reference(const Shares& shares) {
  return kullback_leibler(shares.current, shares.reference);
}

double hellinger_distance(const Shares& shares) {
  const double twice_squared = sum_over(shares, [](double p, double q) {
    const double roots = std::sqrt(p) + std::sqrt(q);
    const double difference = roots == 0.0 ? 0.0 : (p - q) / roots;
    return difference * difference;
  });
  return std::min(1.0, std::sqrt(0.5 * twice_squared));
}

double bhattacharyya_coefficient(const Shares& shares) {
  return std::min(1.0,
                  sum_over(shares, [](double p, double q) { return std::sqrt(p) * std::sqrt(q); }));
}

double total_variation(const Shares& shares) {
  return std::min(1.0, 0.5 * sum_over(shares, [](double p, double q) { return std::abs(p - q); }));
}

double l_infinity(const Shares& shares) {
  double most = 0.0;
  for (std::size_t i = 0; i < shares.reference.size(); ++i)
    most = std::max(most, std::abs(shares.reference[i] - shares.current[i]));
  return most;
}

}  // namespace leeway::drift
