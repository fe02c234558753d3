#include "detectors/drift/bin_measures.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/detectors/drift/measured.h"

namespace leeway::drift {
namespace {

/// Counts of categories, and the same with those from `first` on together.
struct Merged {
  Bins apart;
  Bins together;
};

Merged merged(Random& random, std::size_t known, std::size_t rest, bool rest_in_reference) {
  Merged made;
  made.together.has_rest = true;
  std::uint64_t reference_rest = 0;
  std::uint64_t current_rest = 0;
  for (std::size_t i = 0; i < known + rest; ++i) {
    const bool in_reference = i < known || (rest_in_reference && random.uniform() < 0.6);
    const auto r = in_reference ? static_cast<std::uint64_t>(1.0 + 60.0 * random.uniform()) : 0;
    const auto c = static_cast<std::uint64_t>(1.0 + 40.0 * random.uniform());
    made.apart.counts.reference.push_back(r);
    made.apart.counts.current.push_back(c);
    if (i < known) {
      made.together.counts.reference.push_back(r);
      made.together.counts.current.push_back(c);
    } else {
      reference_rest += r;
      current_rest += c;
    }
  }
  made.together.counts.reference.push_back(reference_rest);
  made.together.counts.current.push_back(current_rest);
  return made;
}

TEST(Rest, IsBoundedInItsEffectOnDistances) {
  using Measure = Result<Measured> (*)(const Bins&);
  const std::vector<std::pair<const char*, Measure>> measures = {
      {"jensen_shannon", [](const Bins& bins) { return jensen_shannon_of(bins, LogBase::kTwo); }},
      {"jensen_shannon e", [](const Bins& bins) { return jensen_shannon_of(bins, LogBase::kE); }},
      {"hellinger", &hellinger_of},
      {"total_variation", &total_variation_of},
      {"l_infinity", &l_infinity_of}};
  Random random(1);
  for (std::size_t run = 0; run < 200; ++run) {
    const Merged bins = merged(random, 1 + run % 5, 1 + run % 30, run % 2 == 0);
    for (const auto& [name, measure] : measures) {
      const auto exact = measure(bins.apart);
      const auto bounded = measure(bins.together);
      ASSERT_TRUE(exact && bounded);
      EXPECT_EQ(exact->error_bound, 0.0);
      EXPECT_LE(bounded->value, exact->value + 1e-12) << name;
      EXPECT_GE(bounded->value + bounded->error_bound, exact->value - 1e-12) << name;
    }
  }
}

TEST(Rest, OfNewCategoriesLeavesChiSquaredAsItIsAndBoundsItsPValue) {
  Random random(2);
  for (int run = 0; run < 50; ++run) {
    const Merged bins = merged(random, 4, 20, false);
    const auto exact = contingency_of(bins.apart, CountTest::kPearson);
    const auto bounded = contingency_of(bins.together, CountTest::kPearson);
    ASSERT_TRUE(exact && bounded);
    EXPECT_NEAR(bounded->value / exact->value, 1.0, 1e-12);
    EXPECT_LE(*bounded->p_value_at_bound, *exact->p_value);
    EXPECT_GE(*bounded->p_value, *exact->p_value);
  }
}

TEST(Rest, IsRefusedWhereNothingBoundsIt) {
  Random random(3);
  const Merged bins = merged(random, 4, 20, true);
  for (const auto& refused :
       {psi_of(bins.together, {.rule = ZeroRule::kEpsilonFill}),
        kl_of(bins.together, {.rule = ZeroRule::kEpsilonFill}),
        contingency_of(bins.together, CountTest::kPearson),
        contingency_of(merged(random, 4, 20, false).together, CountTest::kG)}) {
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kInsufficientData);
  }
}

TEST(Rest, HoldsWhatTheProfileNoLongerTellsApart) {
  std::vector<std::string> current(100, "a");
  for (int i = 0; i < 500; ++i) current.push_back("new-" + std::to_string(i));
  const TwoSamples samples({"a", "a", "b"}, current);
  const Bins bins = category_bins(samples.rows());
  EXPECT_TRUE(bins.has_rest);
  EXPECT_EQ(bins.counts.reference.back(), 0U);
  std::uint64_t rows = 0;
  for (const std::uint64_t count : bins.counts.current) rows += count;
  EXPECT_EQ(rows, 600U);
  // New ones are none of the reference's: the distances are what they are.
  const auto distance = measured("scipy", "jensen_shannon", samples.rows());
  ASSERT_TRUE(distance);
  EXPECT_NEAR(distance->error_bound, 0.0, 1e-12);
}

TEST(ContingencyOfBins, IsNothingForOneCategory) {
  const Bins one{.counts = {{50}, {60}}};
  const auto found = contingency_of(one, CountTest::kYates);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->value, 0.0);
  EXPECT_EQ(found->p_value, 1.0);
}

}  // namespace
}  // namespace leeway::drift
