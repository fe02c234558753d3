// Cramer-von Mises, Anderson-Darling and Mann-Whitney: tests that see the order of values alone.

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "detectors/drift/anderson_darling.h"
#include "detectors/drift/cramer_von_mises.h"
#include "detectors/drift/mann_whitney.h"
#include "detectors/drift/quadratic_tails.h"
#include "tests/detectors/drift/samples.h"

namespace leeway::drift {
namespace {

using Values = std::vector<double>;
using Spans = std::vector<std::span<const double>>;

AndersonDarling ad(const Values& reference, const Values& current,
                   AndersonDarlingTies ties = AndersonDarlingTies::kMidrank) {
  return *anderson_darling(Spans{reference, current}, ties);
}

/// Coarse values tie, within a side and across.
Values drawn(Random& random, std::size_t n, double mean = 0.0) {
  Values values = normals(n, random, mean);
  const double grain = random.below(2) == 0 ? 0.5 : 1e-12;
  for (double& value : values) value = std::round(value / grain) * grain;
  return sorted(values);
}

/// The mean rank of each value among the pooled ones.
Values midranks(const Values& of, const Values& other) {
  Values ranks;
  for (const double x : of) {
    double rank = 0.5;
    for (const auto& side : {of, other}) {
      for (const double y : side) rank += y < x ? 1.0 : y == x ? 0.5 : 0.0;
    }
    ranks.push_back(rank);
  }
  return ranks;
}

/// As defined: U = m sum (r_i - i)^2 + n sum (s_j - j)^2.
double slow_cvm(const Values& reference, const Values& current) {
  const auto m = static_cast<double>(reference.size());
  const auto n = static_cast<double>(current.size());
  const auto squares = [](const Values& ranks) {
    double sum = 0.0;
    for (std::size_t i = 0; i < ranks.size(); ++i)
      sum += std::pow(ranks[i] - static_cast<double>(i + 1), 2);
    return sum;
  };
  const double u =
      m * squares(midranks(reference, current)) + n * squares(midranks(current, reference));
  return u / (m * n * (m + n)) - (4 * m * n - 1) / (6 * (m + n));
}

/// All ways in which m values of m + n can be those of the reference.
void for_each_order(std::size_t m, std::size_t n,
                    const std::function<void(const Values&, const Values&)>& visit) {
  for (unsigned pick = 0; pick < 1U << (m + n); ++pick) {
    if (std::popcount(pick) != static_cast<int>(m)) continue;
    Values reference;
    Values current;
    for (unsigned place = 0; place < m + n; ++place)
      ((pick >> place) % 2 == 1 ? reference : current).push_back(place);
    visit(reference, current);
  }
}

TEST(CramerVonMises, IsWhatItsDefinitionGives) {
  Random random(1);
  for (int run = 0; run < 200; ++run) {
    const Values reference = drawn(random, 2 + random.below(60));
    const Values current = drawn(random, 2 + random.below(60), 0.5);
    const double statistic = cramer_von_mises(reference, current)->statistic;
    EXPECT_NEAR(statistic, slow_cvm(reference, current), 1e-11);
    EXPECT_EQ(statistic, cramer_von_mises(current, reference)->statistic);
  }
}

TEST(CramerVonMises, LosesNoDigitsInLargeSamples) {
  // A pair of neighbours swapped: F - G is 0 or 1/n everywhere. T = mn/N^2 * sum = n/4 * 2n/n^2...
  Values reference;
  Values current;
  constexpr std::size_t kValues = 1'000'000;
  for (std::size_t i = 0; i < kValues; ++i) {
    reference.push_back(static_cast<double>(2 * i));
    current.push_back(static_cast<double>(2 * i + 1));
  }
  const auto n = static_cast<double>(kValues);
  // ... where (F - G)^2 is 1/n^2 at the n values of the reference and 0 at the others.
  EXPECT_DOUBLE_EQ(cramer_von_mises(reference, current)->statistic, 0.25 * n / (n * n));
}

TEST(CramerVonMises, ExactPIsTheShareOfAllOrders) {
  for (const auto& [m, n] : {std::pair<std::size_t, std::size_t>{4, 6}, {5, 5}, {2, 7}}) {
    std::vector<double> statistics;
    for_each_order(m, n, [&](const Values& reference, const Values& current) {
      statistics.push_back(cramer_von_mises(reference, current)->statistic);
    });
    for_each_order(m, n, [&](const Values& reference, const Values& current) {
      const auto test = *cramer_von_mises(reference, current, PMethod::kExact);
      const auto as_far = std::count_if(statistics.begin(), statistics.end(), [&](double other) {
        return other >= test.statistic - 1e-12;
      });
      EXPECT_NEAR(test.p_value,
                  static_cast<double>(as_far) / static_cast<double>(statistics.size()), 1e-13);
    });
  }
}

TEST(CramerVonMises, ExactAndAsymptoticPMeet) {
  Random random(2);
  for (int run = 0; run < 50; ++run) {
    const Values reference = sorted(normals(20, random));
    const Values current = sorted(normals(19, random, 0.8 * random.uniform()));
    const double exact = cramer_von_mises(reference, current)->p_value;
    const double limit = cramer_von_mises(reference, current, PMethod::kAsymptotic)->p_value;
    EXPECT_NEAR(limit, exact, 0.01 + 0.05 * exact);
  }
}

TEST(QuadraticTails, AreThoseOfTheKnownSeries) {
  // 1 minus the series of Anderson and Darling 1952 and 1954 with 40 to 220 digits (mpmath 1.3).
  const std::pair<double, double> cvm[] = {
      {0.01, 0.99999413556719013},  {0.05, 0.87628093104134899},     {0.1, 0.58487343840679491},
      {0.3, 0.1351712688051058},    {0.46136, 0.050000383132651276}, {1, 0.0024604521801339637},
      {3, 7.5677434593160199e-8},   {10, 4.1789410928852881e-23},    {30, 3.3198357119286362e-66},
      {60, 1.1921523064994654e-130}};
  for (const auto& [x, p] : cvm) EXPECT_NEAR(cramer_von_mises_limit_sf(x) / p, 1.0, 1e-12) << x;
  const std::pair<double, double> ad[] = {
      {0.1, 0.99997192189487364},    {0.5, 0.74681437353034448},  {1, 0.35726667321401909},
      {2.492, 0.050022186359607866}, {6, 0.00096745194152092292}, {20, 4.4650715383119218e-10}};
  for (const auto& [x, p] : ad) EXPECT_NEAR(anderson_darling_limit_sf(x) / p, 1.0, 1e-13) << x;
}

TEST(QuadraticTails, FallMonotonouslyFromOneToZero) {
  for (const auto tail : {&cramer_von_mises_limit_sf, &anderson_darling_limit_sf}) {
    double last = 1.0;
    for (double x = 1e-4; x < 1e4; x *= 1.05) {
      const double p = tail(x);
      EXPECT_LE(p, last + 1e-14) << x;
      last = p;
    }
    EXPECT_EQ(tail(-1.0), 1.0);
    EXPECT_EQ(tail(0.0), 1.0);
    EXPECT_EQ(last, 0.0);
    EXPECT_EQ(tail(INFINITY), 0.0);
  }
}

TEST(AndersonDarling, IsWhatItsDefinitionGives) {
  // Without ties A2 is mn/N times the integral of (F - G)^2 / (H (1 - H)) dH.
  Random random(3);
  const Values reference = sorted(normals(80, random));
  const Values current = sorted(normals(60, random, 0.3));
  const double total = 140.0;
  double sum = 0.0;
  for (const auto& side : {reference, current}) {
    for (const double x : side) {
      const auto below = [x](const Values& values) {
        return static_cast<double>(std::upper_bound(values.begin(), values.end(), x) -
                                   values.begin());
      };
      const double h = (below(reference) + below(current)) / total;
      const double gap = below(reference) / 80.0 - below(current) / 60.0;
      if (h < 1.0) sum += gap * gap / (h * (1.0 - h)) / total;
    }
  }
  const double a2 = 80.0 * 60.0 / total * sum;
  // The variance for these sizes from equation 4 of the paper, in rational arithmetic.
  const double sigma = std::sqrt(0.5643431589359338);
  EXPECT_NEAR(ad(reference, current, AndersonDarlingTies::kRightContinuous).statistic,
              (a2 - 1.0) / sigma, 1e-12);
}

TEST(AndersonDarling, OfEqualSamplesIsFarBelowItsMean) {
  Random random(4);
  const Values values = sorted(normals(300, random));
  const AndersonDarling test = ad(values, values);
  EXPECT_LT(test.statistic, -1.2);
  EXPECT_EQ(test.p_interpolated, 0.25);
  EXPECT_GT(*test.p_limit, 0.999);
}

TEST(AndersonDarling, TakesSeveralSamplesInAnyOrder) {
  Random random(5);
  const Values a = drawn(random, 40);
  const Values b = drawn(random, 30, 0.4);
  const Values c = drawn(random, 20, -0.2);
  const auto there = *anderson_darling(Spans{a, b, c});
  const auto back = *anderson_darling(Spans{c, a, b});
  EXPECT_NEAR(there.statistic, back.statistic, 1e-11);
  EXPECT_EQ(there.p_limit, std::nullopt);
}

TEST(AndersonDarling, LimitAndInterpolationMeetBetweenTheLevels) {
  Random random(6);
  for (int run = 0; run < 300; ++run) {
    const auto test = ad(sorted(normals(50, random)), sorted(normals(40, random, 0.5)));
    if (test.p_interpolated <= 0.002 || test.p_interpolated >= 0.2) continue;
    EXPECT_NEAR(*test.p_limit / test.p_interpolated, 1.0, 0.06);
  }
}

TEST(MannWhitney, CountsPairs) {
  Random random(7);
  for (int run = 0; run < 100; ++run) {
    const Values reference = drawn(random, 1 + random.below(60));
    const Values current = drawn(random, 1 + random.below(60), 0.4);
    double pairs = 0.0;
    for (const double x : reference) {
      for (const double y : current) pairs += x > y ? 1.0 : x == y ? 0.5 : 0.0;
    }
    const auto test = *mann_whitney(reference, current);
    EXPECT_EQ(test.u_reference, pairs);
    const auto swapped = *mann_whitney(current, reference);
    EXPECT_EQ(test.u_reference, swapped.u_current);
    EXPECT_EQ(test.p_two_sided, swapped.p_two_sided);
    EXPECT_EQ(test.p_less, swapped.p_greater);
  }
}

TEST(MannWhitney, ExactPIsTheShareOfAllOrders) {
  std::vector<double> all;
  for_each_order(4, 6, [&](const Values& reference, const Values& current) {
    all.push_back(mann_whitney(reference, current)->u_reference);
  });
  for_each_order(4, 6, [&](const Values& reference, const Values& current) {
    const auto test = *mann_whitney(reference, current, PMethod::kExact);
    const auto share = [&](const std::function<bool(double)>& counts) {
      return static_cast<double>(std::count_if(all.begin(), all.end(), counts)) / 210.0;
    };
    EXPECT_NEAR(*test.p_greater, share([&](double u) { return u >= test.u_reference; }), 1e-14);
    EXPECT_NEAR(*test.p_less, share([&](double u) { return u <= test.u_reference; }), 1e-14);
  });
}

TEST(MannWhitney, IsExactUpToTheLastDoubleItCanCount) {
  // All 64 values of one side above all 64 of the other: 1 of C(128, 64) orders.
  Values low(64);
  Values high(64);
  for (std::size_t i = 0; i < 64; ++i) {
    low[i] = static_cast<double>(i);
    high[i] = 100.0 + static_cast<double>(i);
  }
  EXPECT_NEAR(*mann_whitney(low, high)->p_less * 23951146041928082866135587776380551750.0, 1.0,
              1e-15);
  low.push_back(64.5);
  high.push_back(200.0);
  EXPECT_EQ(mann_whitney(low, high, PMethod::kExact).error().code, ErrorCode::kInvalidArgument);
  EXPECT_TRUE(mann_whitney(low, high)->p_less);  // asymptotic
}

TEST(MannWhitney, ExactAndAsymptoticPMeet) {
  Random random(8);
  for (int run = 0; run < 50; ++run) {
    const Values reference = sorted(normals(40, random));
    const Values current = sorted(normals(30, random, 0.5));
    EXPECT_NEAR(*mann_whitney(reference, current, PMethod::kExact)->p_two_sided,
                *mann_whitney(reference, current, PMethod::kAsymptotic)->p_two_sided, 0.006);
  }
}

TEST(RankTests, DoNotSeeAMonotoneMap) {
  Random random(9);
  for (int run = 0; run < 50; ++run) {
    const Values reference = drawn(random, 60);
    const Values current = drawn(random, 50, 0.3);
    const auto mapped = [](Values values) {
      for (double& value : values) value = std::exp(2.0 * value);
      return values;
    };
    const Values r = mapped(reference);
    const Values c = mapped(current);
    EXPECT_EQ(cramer_von_mises(r, c)->statistic, cramer_von_mises(reference, current)->statistic);
    EXPECT_EQ(ad(r, c).statistic, ad(reference, current).statistic);
    EXPECT_EQ(mann_whitney(r, c)->u_reference, mann_whitney(reference, current)->u_reference);
  }
}

TEST(RankTests, OrderInfinitiesLikeOtherValues) {
  const Values finite = {-9, -8, 1, 2, 3, 4, 9, 9};
  const Values infinite = {-INFINITY, -8, 1, 2, 3, 4, INFINITY, INFINITY};
  const Values other = {0, 1.5, 2.5, 6};
  EXPECT_EQ(cramer_von_mises(infinite, other)->statistic,
            cramer_von_mises(finite, other)->statistic);
  EXPECT_EQ(ad(infinite, other).statistic, ad(finite, other).statistic);
  EXPECT_EQ(mann_whitney(infinite, other)->u_reference, mann_whitney(finite, other)->u_reference);
}

using Draw = std::function<Values(Random&)>;

/// Shares of p at most alpha without drift, against the binomial distribution: 4 standard errors.
void expect_level(const std::function<double(const Values&, const Values&)>& p, const Draw& draw_m,
                  const Draw& draw_n, std::initializer_list<double> alphas, double slack = 0.0) {
  Random random(10);
  constexpr int kRuns = 2000;
  Values ps;
  for (int run = 0; run < kRuns; ++run) ps.push_back(p(draw_m(random), draw_n(random)));
  for (const double alpha : alphas) {
    const auto rejected = std::count_if(ps.begin(), ps.end(), [&](double x) { return x <= alpha; });
    EXPECT_NEAR(static_cast<double>(rejected) / kRuns, alpha,
                4.0 * std::sqrt(alpha * (1.0 - alpha) / kRuns) + slack * alpha)
        << alpha;
  }
}

Draw of_normals(std::size_t n) {
  return [n](Random& random) { return sorted(normals(n, random)); };
}

TEST(RankTests, RejectAtTheirLevelsWithoutDrift) {
  const auto cvm = [](const Values& r, const Values& c) { return cramer_von_mises(r, c)->p_value; };
  expect_level(cvm, of_normals(80), of_normals(50), {0.01, 0.05, 0.2, 0.5, 0.8});
  expect_level(cvm, of_normals(12), of_normals(11), {0.01, 0.05, 0.2, 0.5, 0.8});  // exact
  const auto limit = [](const Values& r, const Values& c) { return *ad(r, c).p_limit; };
  expect_level(limit, of_normals(80), of_normals(50), {0.01, 0.05, 0.2, 0.5, 0.8}, 0.05);
  const auto interpolated = [](const Values& r, const Values& c) {
    return ad(r, c).p_interpolated;
  };
  expect_level(interpolated, of_normals(80), of_normals(50), {0.01, 0.05, 0.2}, 0.05);
  const auto two_sided = [](const Values& r, const Values& c) {
    return *mann_whitney(r, c)->p_two_sided;
  };
  expect_level(two_sided, of_normals(100), of_normals(90), {0.01, 0.05, 0.2, 0.5, 0.8});
  expect_level(two_sided, of_normals(30), of_normals(40), {0.01, 0.05, 0.2, 0.5, 0.8});  // exact
}

TEST(MannWhitney, RejectsAtItsLevelWithTies) {
  const auto of_dice = [](std::size_t n) {
    return [n](Random& random) {
      return sorted(draws(n, random, [](Random& r) { return static_cast<double>(r.below(6)); }));
    };
  };
  const auto less = [](const Values& r, const Values& c) { return *mann_whitney(r, c)->p_less; };
  expect_level(less, of_dice(80), of_dice(50), {0.01, 0.05, 0.2, 0.5, 0.8});
}

TEST(RankTests, AreRefusedWithASentence) {
  const Values one = {1};
  const Values some = {1, 2, 3};
  const Values equal = {1, 1, 1};
  EXPECT_EQ(cramer_von_mises(one, some).error().code, ErrorCode::kInsufficientData);
  EXPECT_EQ(cramer_von_mises(Values(21), some, PMethod::kExact).error().message,
            "cvm: exact for at most 20 values on each side");
  EXPECT_EQ(mann_whitney(some, {}).error().code, ErrorCode::kInsufficientData);
  EXPECT_EQ(mann_whitney(equal, one, PMethod::kAsymptotic)->p_two_sided, std::nullopt);
  EXPECT_EQ(anderson_darling(Spans{some}).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(anderson_darling(Spans{some, Values{}}).error().code, ErrorCode::kInsufficientData);
  EXPECT_EQ(anderson_darling(Spans{one, Values{2, 3}}).error().code, ErrorCode::kInsufficientData);
  EXPECT_EQ(anderson_darling(Spans{equal, one}).error().message,
            "anderson-darling: all values are equal");
}

TEST(RankTests, SayANumberForEverySmallSample) {
  Random random(11);
  for (int run = 0; run < 2000; ++run) {
    const Values r = drawn(random, 1 + random.below(5));
    const Values c = drawn(random, 1 + random.below(5));
    if (const auto test = cramer_von_mises(r, c)) {
      EXPECT_TRUE(test->p_value >= 0.0 && test->p_value <= 1.0);
    }
    if (const auto test = anderson_darling(Spans{r, c})) {
      EXPECT_TRUE(std::isfinite(test->statistic)) << r.size() << " " << c.size();
      EXPECT_TRUE(*test->p_limit >= 0.0 && *test->p_limit <= 1.0);
    }
    if (const auto test = mann_whitney(r, c); test->p_two_sided) {
      EXPECT_TRUE(*test->p_two_sided > 0.0 && *test->p_two_sided <= 1.0);
    }
  }
}

}  // namespace
}  // namespace leeway::drift
