#include "detectors/multivariate/boosted_trees.h"

#include <gtest/gtest.h>

#include <limits>
#include <numeric>

#include "detectors/multivariate/auc.h"
#include "tests/detectors/multivariate/samples.h"

namespace leeway::multivariate {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

/// The AUC of trees learned from both tables on two others.
double separation(const Table& reference, const Table& current, const Table& new_reference,
                  const Table& new_current) {
  Table before = reference;
  Table now = current;
  before.append(new_reference);
  now.append(new_current);
  const BinnedRows data = BinnedRows::make(before, now);
  std::vector<std::uint8_t> is_current(data.rows(), 0);
  std::vector<std::uint32_t> learned;
  std::vector<double> scores[2];
  for (std::size_t i = 0; i < reference.rows(); ++i)
    learned.push_back(static_cast<std::uint32_t>(i));
  for (std::size_t i = 0; i < current.rows(); ++i)
    learned.push_back(static_cast<std::uint32_t>(before.rows() + i));
  for (std::size_t i = before.rows(); i < data.rows(); ++i) is_current[i] = 1;
  const BoostedTrees trees = BoostedTrees::fit(data, learned, is_current, {});
  for (std::size_t i = reference.rows(); i < before.rows(); ++i)
    scores[0].push_back(trees.score(data.row(i)));
  for (std::size_t i = before.rows() + current.rows(); i < data.rows(); ++i)
    scores[1].push_back(trees.score(data.row(i)));
  return area_under_curve(scores[0], scores[1])->value;
}

template <class Make>
double separation_of(Make make) {
  Random random(11);
  const Table a = make(false, random);
  const Table b = make(true, random);
  const Table c = make(false, random);
  const Table d = make(true, random);
  return separation(a, b, c, d);
}

TEST(BoostedTrees, LearnWhatOnlyTwoColumnsTogetherTell) {
  const double auc = separation_of([](bool is_current, Random& random) {
    Table table{.columns = {{.name = "a"}, {.name = "b"}, {.name = "noise"}}};
    for (int i = 0; i < 1000; ++i) {
      const double a = normal(random);
      const double b = std::abs(normal(random)) * ((a > 0) == is_current ? 1.0 : -1.0);
      table.columns[0].numbers.push_back(a);
      table.columns[1].numbers.push_back(b);
      table.columns[2].numbers.push_back(normal(random));
    }
    return table;
  });
  EXPECT_GT(auc, 0.97);  // the signs alone tell them apart; a bin holds both near 0
}

TEST(BoostedTrees, SeeThatValuesAreMissing) {
  const double auc = separation_of([](bool is_current, Random& random) {
    Table table{.columns = {{.name = "a"}}};
    for (int i = 0; i < 500; ++i) {
      const bool gone = random.uniform() < (is_current ? 0.7 : 0.2);
      table.columns[0].numbers.push_back(gone ? kNan : normal(random));
    }
    return table;
  });
  EXPECT_NEAR(auc, 0.75, 0.04);  // 1/2 + (0.7 - 0.2) / 2, at best
}

TEST(BoostedTrees, SeparateCategoriesThatNoOrderSeparates) {
  const double auc = separation_of([](bool is_current, Random& random) {
    Table table{.columns = {{.name = "c", .is_categorical = true}}};
    for (int i = 0; i < 1000; ++i) {
      const auto category = static_cast<std::uint32_t>(random.below(10)) * 2;
      table.columns[0].codes.push_back(TableColumn::kFirst + category + (is_current ? 1 : 0));
    }
    return table;
  });
  EXPECT_GT(auc, 0.99);
}

TEST(BoostedTrees, AreTheSameForTheSameRows) {
  Random random(3);
  const Table a = factor_table(200, 4, 2, random);
  const Table b = factor_table(200, 4, 2, random);
  const BinnedRows data = BinnedRows::make(a, b);
  std::vector<std::uint8_t> is_current(400, 0);
  std::fill(is_current.begin() + 200, is_current.end(), std::uint8_t{1});
  std::vector<std::uint32_t> rows(400);
  std::iota(rows.begin(), rows.end(), 0U);
  const BoostedTrees first = BoostedTrees::fit(data, rows, is_current, {});
  const BoostedTrees second = BoostedTrees::fit(data, rows, is_current, {});
  EXPECT_EQ(first.gains(), second.gains());
  for (std::size_t i = 0; i < 400; ++i)
    EXPECT_EQ(first.score(data.row(i)), second.score(data.row(i)));
}

TEST(BoostedTrees, HaveNothingToSayOfOneClassOrEqualRows) {
  Table same{.columns = {{.name = "a", .numbers = std::vector<double>(100, 1.0)}}};
  const BinnedRows data = BinnedRows::make(same, same);
  std::vector<std::uint8_t> is_current(200, 0);
  std::fill(is_current.begin() + 100, is_current.end(), std::uint8_t{1});
  std::vector<std::uint32_t> rows(200);
  std::iota(rows.begin(), rows.end(), 0U);
  EXPECT_NEAR(BoostedTrees::fit(data, rows, is_current, {}).score(data.row(0)), 0.0, 1e-12);
  rows.resize(100);  // of the reference alone
  const BoostedTrees one_class = BoostedTrees::fit(data, rows, is_current, {});
  EXPECT_EQ(one_class.score(data.row(0)), one_class.score(data.row(150)));
}

TEST(BinnedRows, HaveOneBinForMissingValuesAndEqualOnesForTheRest) {
  Table numbers{.columns = {{.name = "a"}}};
  for (int i = 0; i < 3100; ++i) numbers.columns[0].numbers.push_back(i % 1550);
  numbers.columns[0].numbers.push_back(kNan);
  const BinnedRows data = BinnedRows::make(numbers, numbers);
  std::vector<std::size_t> counts(BinnedRows::kMostBins, 0);
  for (std::size_t i = 0; i < data.rows(); ++i) ++counts[data.row(i)[0]];
  EXPECT_EQ(counts[0], 2U);
  for (std::size_t bin = 1; bin < counts.size(); ++bin)
    EXPECT_NEAR(static_cast<double>(counts[bin]), 200.0, 4.0) << bin;
}

}  // namespace
}  // namespace leeway::multivariate
