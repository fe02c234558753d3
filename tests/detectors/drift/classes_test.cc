#include "detectors/drift/classes.h"

#include <gmock/gmock.h>

#include <numeric>

#include "tests/detectors/drift/samples.h"

namespace leeway::drift {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

std::vector<std::string> names_of(const Classes& classes) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < classes.size(); ++i) names.push_back(classes.name(i));
  return names;
}

std::uint64_t count_of(const Classes& classes, const std::string& name,
                       const profile::ColumnProfile& column) {
  const auto counts = classes.count(column);
  for (std::size_t i = 0; i < classes.size(); ++i) {
    if (classes.name(i) == name) return counts[i];
  }
  ADD_FAILURE() << "no class " << name;
  return 0;
}

std::vector<std::string> repeated(const std::vector<std::pair<std::string, int>>& counts) {
  std::vector<std::string> values;
  for (const auto& [value, n] : counts)
    values.insert(values.end(), static_cast<std::size_t>(n), value);
  return values;
}

TEST(Classes, AreTheTenthsOfAContinuousReference) {
  std::vector<double> values(1001);
  std::iota(values.begin(), values.end(), 0.0);
  const profile::Column column = numeric_column("x", values);
  const Classes classes(column, folded(column, values), 200);
  EXPECT_EQ(count_of(classes, "values below 100", folded(column, values)), 100U);
  EXPECT_EQ(count_of(classes, "values from 100 to 200", folded(column, values)), 100U);
  EXPECT_EQ(count_of(classes, "values from 900 on", folded(column, values)), 101U);
  EXPECT_EQ(count_of(classes, "values from 100 to 200",
                     folded(column, std::vector<double>{99.9, 100, 199.9, 200})),
            2U);
}

TEST(Classes, AreTheValuesOfADiscreteReference) {
  const profile::Column column = numeric_column("x", {1, 1, 2, 5});
  const Classes classes(column, folded(column, std::vector<double>{1, 1, 2, 5}), 200);
  const auto current = folded(column, std::vector<double>{1, 5, 5, 3, -7, 1.5, 9});
  EXPECT_EQ(count_of(classes, "the value 5", current), 2U);
  EXPECT_EQ(count_of(classes, "the value 2", current), 0U);
  EXPECT_EQ(count_of(classes, "values that the reference lacks", current), 4U);
}

TEST(Classes, CountEveryRowOnce) {
  Random random(1);
  const auto reference = normals(1000, random);
  profile::Column column = numeric_column("x", reference);
  for (const bool discrete : {false, true}) {
    if (discrete) column = numeric_column("x", {0, 1});
    profile::ColumnFold fold(column);
    fold.add_numbers(std::vector<double>{0, 1, 7, NAN, INFINITY, -INFINITY, INFINITY}, {});
    fold.add_missing(4);
    fold.add_type_errors(2);
    const profile::ColumnProfile current = fold.take();
    const Classes classes(column, folded(column, reference), 200);
    const auto counts = classes.count(current);
    EXPECT_EQ(std::accumulate(counts.begin(), counts.end(), std::uint64_t{0}), current.rows);
    EXPECT_EQ(count_of(classes, "missing values", current), 6U);
    EXPECT_EQ(count_of(classes, "non-finite values", current), 4U);
  }
}

TEST(Classes, PutRareCategoriesTogether) {
  const auto values = repeated({{"a", 900}, {"b", 80}, {"c", 19}, {"d", 1}});
  const profile::Column column = categorical_column("c", values);
  const auto reference = folded(column, values);
  // 5/200 = 2.5 % is the limit, or 0.5 % where windows have more rows.
  EXPECT_THAT(names_of(Classes(column, reference, 200)), Not(Contains("'c'")));
  EXPECT_THAT(names_of(Classes(column, reference, 1'000'000)), Contains("'c'"));
  EXPECT_THAT(names_of(Classes(column, reference, 1'000'000)), Not(Contains("'d'")));
  const Classes classes(column, reference, 200);
  EXPECT_EQ(count_of(classes, "rare categories", reference), 20U);
  EXPECT_EQ(count_of(classes, "'b'", reference), 80U);
  EXPECT_EQ(count_of(classes, "categories that the reference lacks",
                     folded(column, repeated({{"new", 3}}))),
            3U);
}

TEST(Classes, NameNoValueOfAPrivateColumn) {
  std::vector<double> values(1001);
  std::iota(values.begin(), values.end(), 40'000.0);
  profile::Column numbers = numeric_column("income", values);
  profile::Column few = numeric_column("grade", {40'000, 40'001});
  profile::Column words = categorical_column("name", {"Smith", "Jones"});
  for (profile::Column* column : {&numbers, &few, &words}) {
    column->is_private = true;
    for (const std::string& name : names_of(Classes(*column, profile::ColumnProfile{}, 200))) {
      EXPECT_THAT(name, Not(HasSubstr("40"))) << name;
      EXPECT_THAT(name, Not(HasSubstr("Smith")));
    }
  }
}

}  // namespace
}  // namespace leeway::drift
