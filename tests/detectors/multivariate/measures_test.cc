#include "detectors/multivariate/measures.h"

#include <gmock/gmock.h>

#include "tests/detectors/multivariate/samples.h"

namespace leeway::multivariate {
namespace {

using testing::HasSubstr;

Measured measured(const char* name, const Table& reference, const Table& current) {
  const Measure* const measure = find_measure(name);
  EXPECT_NE(measure, nullptr) << name;
  auto found = measure->measure(reference, current, 1);
  EXPECT_TRUE(found) << (found ? "" : found.error().message);
  return found ? std::move(*found) : Measured{};
}

class EachMeasure : public testing::TestWithParam<const char*> {};

// The values of every column stay what they were: PSI, KS and all other measures of single columns
// are exactly 0.
TEST_P(EachMeasure, FindsColumnsThatChangedOnlyInHowTheyGoTogether) {
  Random random(1);
  const Table reference = factor_table(1500, 6, 2, random);
  Table current = reference;
  shuffle(current.columns[0].numbers, random);
  shuffle(current.columns[3].numbers, random);
  const Measured found = measured(GetParam(), reference, current);
  EXPECT_LT(found.null.tail(found.value), 1e-3);
  EXPECT_GT(found.value, find_measure(GetParam())->practical_floor);
  if (std::string(GetParam()) != "mmd") {
    EXPECT_THAT(found.moved, testing::AnyOf(HasSubstr("x0"), HasSubstr("x3")));
  } else {
    EXPECT_EQ(found.moved,
              "the joint distribution moved in how columns go together, none by itself");
  }
}

TEST_P(EachMeasure, SaysThatThereAreTooFewRows) {
  Random random(2);
  const Table few = factor_table(10, 6, 2, random);
  const auto found = find_measure(GetParam())->measure(few, few, 1);
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, ErrorCode::kInsufficientData);
}

TEST_P(EachMeasure, GivesTheSameForTheSameSeedAndRows) {
  Random random(3);
  const Table reference = factor_table(1200, 3, 1, random);
  const Table current = factor_table(1100, 3, 1, random);
  EXPECT_EQ(measured(GetParam(), reference, current), measured(GetParam(), reference, current));
}

INSTANTIATE_TEST_SUITE_P(Measures, EachMeasure,
                         testing::Values("domain_classifier", "correlation", "pca_reconstruction",
                                         "mmd"),
                         [](const auto& info) { return std::string(info.param); });

TEST(Measures, AreTheFourThatAreDocumented) {
  EXPECT_EQ(measures().size(), 4U);
  EXPECT_EQ(find_measure("psi"), nullptr);
  for (const Measure& measure : measures()) {
    EXPECT_LT(measure.least, measure.most);
    EXPECT_GT(measure.practical_floor, measure.least);
  }
}

TEST(Measures, SayInOneSentenceWhatMoved) {
  Random random(4);
  const Table reference = factor_table(2000, 4, 0, random);
  Table current = factor_table(2000, 4, 0, random);
  for (double& value : current.columns[2].numbers) value = 1.0 - value;
  EXPECT_THAT(measured("correlation", reference, current).moved,
              testing::MatchesRegex("the rank correlation of x0 and x2 fell from 0\\.6[0-9] to "
                                    "-0\\.6[0-9]"));
  EXPECT_THAT(measured("domain_classifier", reference, current).moved,
              testing::ContainsRegex("a classifier tells the rows from the reference's with AUC "
                                     "0\\.[0-9]{3}, by x2 \\([0-9]+ %\\)"));
  EXPECT_THAT(measured("pca_reconstruction", reference, current).moved,
              HasSubstr("the reconstruction error rose from "));
  EXPECT_THAT(measured("mmd", reference, current).moved,
              HasSubstr("the joint distribution moved, most in x2"));
}

}  // namespace
}  // namespace leeway::multivariate
