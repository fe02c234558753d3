#include "detectors/drift/divergences.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>
#include <numbers>

#include "detectors/base/random.h"

namespace leeway::drift {
namespace {

using Counts = std::vector<std::uint64_t>;
using Weights = std::vector<double>;

Shares of(const Counts& reference, const Counts& current) { return *shares(reference, current); }

/// Counts of 1 to 40 bins, a good part of them empty.
Counts drawn(std::size_t bins, Random& random) {
  Counts counts(bins);
  for (auto& count : counts) count = random.below(3) == 0 ? 0 : random.below(1000);
  counts[random.below(bins)] += 1;
  return counts;
}

struct Distance {
  const char* name;
  double (*measure)(const Shares&);
  double most;
};

constexpr double kInfinity = std::numeric_limits<double>::infinity();
const Distance kDistances[] = {
    {"divergence base 2", [](const Shares& s) { return jensen_shannon_divergence(s); }, 1.0},
    {"distance base e", [](const Shares& s) { return jensen_shannon_distance(s, LogBase::kE); },
     std::sqrt(std::numbers::ln2)},
    {"kl", [](const Shares& s) { return kl_reference_current(s); }, kInfinity},
    {"kl reversed", [](const Shares& s) { return kl_current_reference(s); }, kInfinity},
    {"hellinger", [](const Shares& s) { return hellinger_distance(s); }, 1.0},
    {"total variation", [](const Shares& s) { return total_variation(s); }, 1.0},
    {"l infinity", [](const Shares& s) { return l_infinity(s); }, 1.0},
};

TEST(Divergences, AreZeroForEqualSharesAndOnlyForThem) {
  Random random(1);
  for (int run = 0; run < 200; ++run) {
    const Counts counts = drawn(2 + random.below(40), random);
    Counts doubled = counts;
    for (auto& count : doubled) count *= 2;
    Counts moved = counts;
    moved[0] += 1;
    moved[1] += moved[0] == moved[1] ? 2 : 0;
    moved.back() += 3;
    for (const Distance& distance : kDistances) {
      EXPECT_EQ(distance.measure(of(counts, doubled)), 0.0) << distance.name;
      if (of(counts, moved).current != of(counts, moved).reference) {
        EXPECT_GT(distance.measure(of(counts, moved)), 0.0) << distance.name;
      }
    }
  }
}

TEST(Divergences, StayInTheirRangesAndReachTheirEnds) {
  Random random(2);
  for (int run = 0; run < 500; ++run) {
    const std::size_t bins = 1 + random.below(40);
    const Shares both = of(drawn(bins, random), drawn(bins, random));
    for (const Distance& distance : kDistances) {
      EXPECT_GE(distance.measure(both), 0.0) << distance.name;
      EXPECT_LE(distance.measure(both), distance.most) << distance.name;
    }
  }
  const Shares disjoint = of({3, 0, 0}, {0, 0, 9});
  for (const Distance& distance : kDistances)
    EXPECT_DOUBLE_EQ(distance.measure(disjoint), distance.most) << distance.name;
}

TEST(Divergences, AreSymmetricButForKullbackLeibler) {
  Random random(3);
  for (int run = 0; run < 200; ++run) {
    const Shares there = of(drawn(12, random), drawn(12, random));
    const Shares back{.reference = there.current, .current = there.reference};
    EXPECT_EQ(jensen_shannon_divergence(there), jensen_shannon_divergence(back));
    EXPECT_EQ(hellinger_distance(there), hellinger_distance(back));
    EXPECT_EQ(total_variation(there), total_variation(back));
    EXPECT_EQ(l_infinity(there), l_infinity(back));
    EXPECT_EQ(bhattacharyya_coefficient(there), bhattacharyya_coefficient(back));
    EXPECT_EQ(kl_reference_current(there), kl_current_reference(back));
  }
}

TEST(Divergences, DoNotSeeTheOrderOfBins) {
  Random random(4);
  for (int run = 0; run < 100; ++run) {
    const Shares ordered = of(drawn(20, random), drawn(20, random));
    Shares shuffled = ordered;
    for (std::size_t i = 19; i > 0; --i) {
      const std::size_t other = random.below(i + 1);
      std::swap(shuffled.reference[i], shuffled.reference[other]);
      std::swap(shuffled.current[i], shuffled.current[other]);
    }
    for (const Distance& distance : kDistances) {
      const double before = distance.measure(ordered);
      const double after = distance.measure(shuffled);
      EXPECT_TRUE(before == after || std::abs(before - after) < 1e-13) << distance.name;
    }
  }
}

TEST(Divergences, HoldTheInequalitiesBetweenThem) {
  Random random(5);
  for (int run = 0; run < 500; ++run) {
    const Shares both = of(drawn(15, random), drawn(15, random));
    const double h2 = std::pow(hellinger_distance(both), 2);
    const double tv = total_variation(both);
    EXPECT_NEAR(h2, 1.0 - bhattacharyya_coefficient(both), 1e-13);
    EXPECT_LE(h2, tv + 1e-13);                                     // Le Cam
    EXPECT_LE(tv, std::sqrt(h2 * (2.0 - h2)) + 1e-13);             // Le Cam
    EXPECT_LE(2.0 * tv * tv, kl_reference_current(both) + 1e-13);  // Pinsker
    EXPECT_LE(jensen_shannon_divergence(both), tv + 1e-13);        // Lin, in bits
  }
}

TEST(Divergences, KeepTheirDigitsWhereTheSidesAreNearlyEqual) {
  // p = 1/2 +- 0, q = 1/2 +- e: to first order KL = 2e^2, JS = e^2/2, Hellinger^2 = e^2/2, in nats.
  const double e = 1e-9;
  const Shares both = *shares(Weights{1, 1}, Weights{1 + 2 * e, 1 - 2 * e});
  EXPECT_NEAR(kl_reference_current(both) / (2 * e * e), 1.0, 1e-6);
  EXPECT_NEAR(kl_current_reference(both) / (2 * e * e), 1.0, 1e-6);
  EXPECT_NEAR(jensen_shannon_divergence(both, LogBase::kE) / (e * e / 2), 1.0, 1e-6);
  EXPECT_NEAR(hellinger_distance(both) / (e / std::numbers::sqrt2), 1.0, 1e-6);
}

TEST(Divergences, TakeSharesOverTheWholeRangeOfDouble) {
  const Shares both = *shares(Weights{1.0, 5e-324, 0.0}, Weights{5e-324, 1.0, 1e-300});
  EXPECT_DOUBLE_EQ(jensen_shannon_divergence(both), 1.0);
  EXPECT_NEAR(kl_reference_current(both), 744.44, 0.01);  // ln of the least double
  EXPECT_EQ(kl_current_reference(both), kInfinity);
}

TEST(Shares, AreRefusedWithASentence) {
  EXPECT_EQ(shares(Counts{1, 2}, Counts{1}).error().message,
            "shares: 'reference' has 2 bins and 'current' 1");
  EXPECT_EQ(shares(Counts{1, 2}, Counts{0, 0}).error().code, ErrorCode::kInsufficientData);
  EXPECT_EQ(shares(Counts{}, Counts{}).error().code, ErrorCode::kInsufficientData);
  EXPECT_EQ(shares(Weights{1, 2}, Weights{1, -2}).error().message,
            "shares: 'current' bin 1 is -2.000000, must be >= 0");
  for (const double bad : {kInfinity, std::nan("")})
    EXPECT_EQ(shares(Weights{bad}, Weights{1}).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(shares(Weights{1e308, 1e308}, Weights{1, 1}).error().code, ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace leeway::drift
