// Tests of means, spreads and characteristic functions, and normalised shifts.

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "detectors/drift/epps_singleton.h"
#include "detectors/drift/shifts.h"
#include "detectors/drift/t_tests.h"
#include "detectors/drift/variance_tests.h"
#include "tests/detectors/drift/samples.h"

namespace leeway::drift {
namespace {

using profile::Moments;
using Values = std::vector<double>;

Values mapped(Values values, double factor, double shift) {
  for (double& value : values) value = factor * value + shift;
  return sorted(values);
}

TEST(TTests, KeepTheirDigitsInTheTail) {
  // Two-sided, of Student's distribution with 40 digits (mpmath 1.3). With n values of +-1 around
  // a mean t is sqrt(n - 1) times it.
  const auto student = [](double degrees_of_freedom, double t) {
    const auto half = static_cast<std::uint64_t>(degrees_of_freedom / 2.0) + 1;
    const Moments zero{.count = half, .mean = 0.0, .m2 = static_cast<double>(half)};
    Moments other = zero;
    const auto n = static_cast<double>(half);
    other.mean = -t * std::sqrt(2.0 * n / (2.0 * n - 2.0) * 2.0 / n);
    return *student_t_test(zero, other);
  };
  EXPECT_NEAR(student(10, 40).t, 40.0, 1e-12);
  EXPECT_NEAR(student(10, 40).p_greater / 1.1404288715428773e-12, 1.0, 1e-12);
  EXPECT_NEAR(student(1'000'000, 30).p_greater / 6.0100471168317189e-198, 1.0, 1e-10);
  EXPECT_EQ(student(10, 1e200).p_two_sided, 0.0);
  EXPECT_NEAR(student(10, 1e200).p_less, 1.0, 1e-15);
}

TEST(TTests, SwapTheirSidesWithTheSamples) {
  Random random(1);
  const Moments a = Moments::of(normals(30, random));
  const Moments b = Moments::of(normals(50, random, 0.4, 2.0));
  for (const auto test : {&welch_t_test, &student_t_test}) {
    EXPECT_EQ(test(a, b)->t, -test(b, a)->t);
    EXPECT_EQ(test(a, b)->p_two_sided, test(b, a)->p_two_sided);
    EXPECT_EQ(test(a, b)->p_less, test(b, a)->p_greater);
    EXPECT_EQ(test(a, a)->t, 0.0);
    EXPECT_EQ(test(a, a)->p_two_sided, 1.0);
  }
}

TEST(TTests, NeedNoUnit) {
  Random random(2);
  const Values a = normals(30, random);
  const Values b = normals(50, random, 0.4);
  for (const auto test : {&welch_t_test, &student_t_test}) {
    const TTest plain = *test(Moments::of(a), Moments::of(b));
    for (const double factor : {1e-160, 1e-3, 1e150}) {
      const TTest other =
          *test(Moments::of(mapped(a, factor, 0.0)), Moments::of(mapped(b, factor, 0.0)));
      EXPECT_NEAR(other.t, plain.t, 1e-3 * std::abs(plain.t)) << factor;  // 1e-320 has few digits
      EXPECT_NEAR(other.degrees_of_freedom, plain.degrees_of_freedom, 0.1) << factor;
    }
    const TTest far = *test(Moments::of(mapped(a, 1.0, 1e9)), Moments::of(mapped(b, 1.0, 1e9)));
    EXPECT_NEAR(far.t, plain.t, 1e-6);
  }
}

TEST(VarianceTests, AreSymmetricAndNeedNoUnit) {
  Random random(3);
  const Values a = sorted(normals(40, random));
  const Values b = sorted(normals(50, random, 0.0, 1.5));
  for (const LeveneCenter center : {LeveneCenter::kMedian, LeveneCenter::kMean}) {
    const VarianceTest plain = *levene(a, b, center);
    EXPECT_NEAR(levene(b, a, center)->statistic, plain.statistic, 1e-12 * plain.statistic);
    const Values c = mapped(a, -1e3, 7.0);
    const Values d = mapped(b, -1e3, -5.0);
    EXPECT_NEAR(levene(c, d, center)->p_value, plain.p_value, 1e-9);
  }
  const auto of = [](const Values& values) { return Moments::of(values); };
  const VarianceTest plain = *bartlett(of(a), of(b));
  EXPECT_EQ(bartlett(of(b), of(a))->statistic, plain.statistic);
  EXPECT_NEAR(bartlett(of(mapped(a, 1e100, 0)), of(mapped(b, 1e100, 0)))->p_value, plain.p_value,
              1e-12);
}

TEST(VarianceTests, TakeASideOfOneValue) {
  EXPECT_EQ(bartlett(Moments::of(Values{1, 1, 1}), Moments::of(Values{1, 2}))->p_value, 0.0);
  EXPECT_NEAR(levene(Values{1, 1, 1}, Values{1, 2, 5})->statistic, 16.0 / 7.0, 1e-12);
}

TEST(EppsSingleton, IsUnmovedByShiftsAndScales) {
  Random random(4);
  for (int run = 0; run < 30; ++run) {
    const Values a = sorted(normals(60, random));
    const Values b = sorted(normals(50, random, 0.4, 1.3));
    const EppsSingleton plain = *epps_singleton(a, b);
    EXPECT_NEAR(epps_singleton(b, a)->statistic, plain.statistic, 1e-8 * plain.statistic);
    for (const auto& [factor, shift] : {std::pair{-3.0, 2.0}, {1e-100, 0.0}, {1.0, 1e6}}) {
      const auto other = *epps_singleton(mapped(a, factor, shift), mapped(b, factor, shift));
      EXPECT_NEAR(other.statistic, plain.statistic, 1e-6 * plain.statistic);
      EXPECT_EQ(other.degrees_of_freedom, 4);
    }
  }
}

TEST(EppsSingleton, CountsTheDirectionsThatTheDataHave) {
  Random random(5);
  const auto dice = [](std::uint64_t sides) {
    return [sides](Random& r) { return static_cast<double>(r.below(sides)); };
  };
  for (const auto& [sides, expected] : {std::pair<std::uint64_t, int>{2, 1}, {3, 2}, {9, 4}}) {
    const Values a = sorted(draws(400, random, dice(sides)));
    const Values b = sorted(draws(300, random, dice(sides)));
    EXPECT_EQ(epps_singleton(a, b)->degrees_of_freedom, expected);
  }
}

TEST(EppsSingleton, OfEqualSamplesIsZero) {
  Random random(6);
  const Values values = sorted(normals(100, random));
  EXPECT_EQ(epps_singleton(values, values)->statistic, 0.0);
  EXPECT_EQ(epps_singleton(values, values)->p_value, 1.0);
}

using P = std::function<double(const Values&, const Values&)>;

/// Shares of p at most alpha without drift, against the binomial distribution: 4 standard errors.
void expect_level(const P& p, const std::function<double(Random&)>& draw, double slack) {
  Random random(7);
  constexpr int kRuns = 2000;
  Values ps;
  for (int run = 0; run < kRuns; ++run)
    ps.push_back(p(sorted(draws(120, random, draw)), sorted(draws(90, random, draw))));
  for (const double alpha : {0.01, 0.05, 0.2, 0.5, 0.8}) {
    const auto rejected = std::count_if(ps.begin(), ps.end(), [&](double x) { return x <= alpha; });
    EXPECT_NEAR(static_cast<double>(rejected) / kRuns, alpha,
                4.0 * std::sqrt(alpha * (1.0 - alpha) / kRuns) + slack * alpha)
        << alpha;
  }
}

TEST(MomentTests, RejectAtTheirLevelsWithoutDrift) {
  const auto gaussian = [](Random& random) { return normal(random); };
  const auto of = [](const Values& values) { return Moments::of(values); };
  const P welch = [&](const Values& r, const Values& c) {
    return welch_t_test(of(r), of(c))->p_two_sided;
  };
  const P student = [&](const Values& r, const Values& c) {
    return student_t_test(of(r), of(c))->p_less;
  };
  const P brown_forsythe = [](const Values& r, const Values& c) { return levene(r, c)->p_value; };
  const P epps = [](const Values& r, const Values& c) { return epps_singleton(r, c)->p_value; };
  expect_level(welch, gaussian, 0.0);
  expect_level(student, gaussian, 0.0);
  const P bartletts = [&](const Values& r, const Values& c) {
    return bartlett(of(r), of(c))->p_value;
  };
  expect_level(brown_forsythe, gaussian, 0.05);
  expect_level(bartletts, gaussian, 0.05);
  expect_level(epps, gaussian, 0.1);
  // Of whole numbers too: it needs no continuous distribution.
  expect_level(epps, [](Random& r) { return static_cast<double>(r.below(7)); }, 0.1);
}

TEST(MomentTests, AreRefusedWithASentence) {
  const auto of = [](const Values& values) { return Moments::of(values); };
  EXPECT_EQ(welch_t_test(of({1}), of({1, 2})).error().message,
            "welch: needs 2 values on each side");
  EXPECT_EQ(student_t_test(of({1, 1}), of({2, 2})).error().message,
            "student: each side is one value");
  EXPECT_EQ(welch_t_test(of({-1e200, 1e200}), of({1, 2})).error().code,
            ErrorCode::kInvalidArgument);
  EXPECT_EQ(bartlett(of({1, 2}), of({-1e200, 1e200})).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(bartlett(of({1, 1}), of({2, 2})).error().code, ErrorCode::kInsufficientData);
  EXPECT_EQ(levene(Values{1}, Values{2}).error().code, ErrorCode::kInsufficientData);
  EXPECT_EQ(levene(Values{1, 2}, Values{5, 6}).error().code, ErrorCode::kInsufficientData);
  EXPECT_EQ(levene(Values{1, 2, 4}, Values{1, INFINITY}).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(levene(Values{-1.5e308, 1.5e308}, Values{-1, 0, 1}).error().code,
            ErrorCode::kInvalidArgument);
  const Values five = {1, 2, 3, 4, 5};
  EXPECT_EQ(epps_singleton(five, Values{1, 2, 3, 4}).error().code, ErrorCode::kInsufficientData);
  EXPECT_EQ(epps_singleton(five, Values{1, 2, 3, 4, INFINITY}).error().code,
            ErrorCode::kInvalidArgument);
  EXPECT_EQ(epps_singleton(Values{1, 3, 3, 3, 3}, Values{3, 3, 3, 3, 9}).error().message,
            "epps-singleton: the middle half of all values is one value");
}

TEST(Shifts, AreInUnitsOfTheReference) {
  const Values reference = {1, 2, 3, 4, 5, 6, 7, 8, 9};  // interquartile range 4, variance 60/9
  const Values current = {6, 7, 8};
  const auto of = [](const Values& values) { return Moments::of(values); };
  EXPECT_DOUBLE_EQ(*mean_shift(of(reference), of(current)), 2.0 / std::sqrt(60.0 / 9.0));
  EXPECT_DOUBLE_EQ(*quantile_shift(reference, current), 0.5);
  EXPECT_DOUBLE_EQ(*quantile_shift(reference, current, 1.0), -0.25);
  EXPECT_EQ(*mean_shift(of(reference), of(reference)), 0.0);
  EXPECT_EQ(*quantile_shift(reference, reference, 0.3), 0.0);
}

TEST(Shifts, FollowAShiftAndNeedNoUnit) {
  Random random(8);
  const Values a = sorted(normals(500, random));
  const Values moved = mapped(a, 1.0, 0.3);
  const auto of = [](const Values& values) { return Moments::of(values); };
  EXPECT_NEAR(*mean_shift(of(a), of(moved)), 0.3, 0.03);
  for (const double q : {0.05, 0.5, 0.95}) {
    const double plain = *quantile_shift(a, moved, q);
    EXPECT_NEAR(*quantile_shift(mapped(a, 1e9, 1), mapped(moved, 1e9, 1), q), plain, 1e-9);
    EXPECT_NEAR(*quantile_shift(moved, a, q), -plain, 1e-12);
  }
}

TEST(Shifts, AreRefusedWithASentence) {
  const Values equal = {1, 1, 1};
  const Values some = {1, 2};
  EXPECT_EQ(mean_shift(Moments::of(equal), Moments::of(some)).error().message,
            "mean shift: the reference is one value");
  EXPECT_EQ(mean_shift(Moments::of(some), Moments{}).error().code, ErrorCode::kInsufficientData);
  EXPECT_EQ(quantile_shift(equal, some).error().code, ErrorCode::kInsufficientData);
  EXPECT_EQ(quantile_shift(some, Values{}).error().code, ErrorCode::kInsufficientData);
  EXPECT_EQ(quantile_shift(some, Values{INFINITY}).error().message,
            "quantile shift: a quantile is infinite");
  EXPECT_EQ(quantile_shift(some, some, 1.5).error().message,
            "quantile shift: the order is 1.500000, must be from 0 to 1");
}

}  // namespace
}  // namespace leeway::drift
