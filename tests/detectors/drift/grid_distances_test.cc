// What counts and sums in the cells of a grid say of Wasserstein-1 and the energy distance.

#include <gtest/gtest.h>

#include <cmath>

#include "detectors/drift/energy.h"
#include "detectors/drift/wasserstein.h"
#include "tests/detectors/drift/samples.h"

namespace leeway::drift {
namespace {

using profile::Grid;
using Values = std::vector<double>;

profile::Column column_of(std::vector<double> edges) {
  return {.name = "x", .grid = std::make_shared<const Grid>(*Grid::from_edges(std::move(edges)))};
}

GridDistance w1_on(const profile::Column& column, const Values& reference, const Values& current) {
  return *wasserstein_distance(*column.grid, folded(column, reference), folded(column, current));
}

GridDistance energy_on(const profile::Column& column, const Values& reference,
                       const Values& current) {
  return *energy_distance(*column.grid, folded(column, reference), folded(column, current));
}

void expect_bounded(const profile::Column& column, const Values& reference, const Values& current) {
  const GridDistance w1 = w1_on(column, reference, current);
  const double exact_w1 = *wasserstein_distance(sorted(reference), sorted(current));
  EXPECT_LE(w1.value, exact_w1 * (1 + 1e-12) + 1e-13);
  EXPECT_LE(exact_w1, (w1.value + w1.error_bound) * (1 + 1e-12) + 1e-13);
  const GridDistance energy = energy_on(column, reference, current);
  const double exact_energy = *energy_distance(sorted(reference), sorted(current));
  EXPECT_LE(energy.value, exact_energy * (1 + 1e-12) + 1e-7);
  EXPECT_LE(exact_energy, (energy.value + energy.error_bound) * (1 + 1e-12) + 1e-7);
}

TEST(GridDistances, HoldTheExactDistanceInTheirInterval) {
  Random random(1);
  for (int run = 0; run < 300; ++run) {
    const auto reference = normals(50 + random.below(500), random);
    const auto current =
        normals(1 + random.below(300), random, 0.5 * random.uniform(), 0.5 + random.uniform());
    const profile::GridOptions options{.cells = 2 + random.below(40),
                                       .quantiles = 1 + random.below(5)};
    expect_bounded(numeric_column("x", reference, options), reference, current);
  }
}

TEST(GridDistances, HoldItForDataThatGathersAtTheEndsOfCells) {
  Random random(2);
  const auto reference = normals(400, random);
  const profile::Column column = numeric_column("x", reference, {.cells = 8});
  for (int run = 0; run < 300; ++run) {
    Values current;
    for (const double edge : column.grid->edges()) {
      const std::size_t n = random.below(100);
      current.insert(current.end(), n,
                     random.below(2) == 0 ? edge : std::nextafter(edge, -INFINITY));
    }
    current.push_back(normal(random, 0.0, 5.0));
    expect_bounded(column, reference, current);
    expect_bounded(column, current, reference);
  }
}

TEST(GridDistances, HoldItForAllMassInsideOneCell) {
  Random random(3);
  for (int run = 0; run < 500; ++run) {
    // Few values on few places: the steps that make F - G swing most.
    const auto few = [&](Random& r) { return 0.125 * static_cast<double>(r.below(9)); };
    const auto reference = draws(1 + random.below(6), random, few);
    const auto current = draws(1 + random.below(6), random, few);
    expect_bounded(column_of({}), reference, current);
    expect_bounded(column_of({-1.0, 2.0}), reference, current);
    expect_bounded(column_of({0.5}), reference, current);
  }
}

TEST(GridDistances, HoldItForValuesBetweenThoseOfTheReference) {
  Random random(4);
  for (int run = 0; run < 200; ++run) {
    Values reference;
    Values current;
    for (int i = 0; i < 40; ++i) {
      reference.insert(reference.end(), random.below(30), i);
      current.insert(current.end(), random.below(30), i + random.uniform());
    }
    reference.push_back(0);
    current.push_back(39.5);
    expect_bounded(numeric_column("x", reference, {.cells = 8, .single_values = 0}), reference,
                   current);
    expect_bounded(numeric_column("x", reference), reference, current);
  }
}

TEST(GridDistances, AreExactWhereASideIsAheadThroughout) {
  Random random(5);
  const auto reference = normals(3000, random);
  Values current = reference;
  for (double& value : current) value += 2.0;
  const GridDistance distance =
      w1_on(numeric_column("x", reference, {.cells = 64}), reference, current);
  EXPECT_NEAR(distance.value, 2.0, 1e-12);
  EXPECT_LT(distance.error_bound, 0.01);  // only at the ends, where both sides are nearly the same
}

TEST(GridDistances, AreExactForFewValues) {
  Random random(6);
  const auto coin = [](double p) { return [p](Random& r) { return r.uniform() < p ? 1.0 : 0.0; }; };
  const auto reference = draws(500, random, coin(0.5));
  const auto current = draws(300, random, coin(0.7));
  const GridDistance distance = w1_on(numeric_column("x", reference), reference, current);
  EXPECT_NEAR(distance.value, *wasserstein_distance(sorted(reference), sorted(current)), 1e-12);
  EXPECT_LT(distance.error_bound, 1e-15);
}

TEST(GridDistances, AreNearWithTheUsualGrid) {
  Random random(7);
  const auto reference = normals(100'000, random);
  const auto current = normals(20'000, random, 0.1);
  const GridDistance distance = w1_on(numeric_column("x", reference), reference, current);
  EXPECT_NEAR(distance.value, *wasserstein_distance(sorted(reference), sorted(current)), 0.001);
  EXPECT_LT(distance.error_bound, 0.01);
}

TEST(GridDistances, OfMergedProfilesAreThoseOfTheWhole) {
  Random random(8);
  const auto reference = normals(2000, random);
  const profile::Column column = numeric_column("x", reference, {.cells = 32});
  const auto first = normals(500, random, 0.4);
  const auto second = normals(300, random, -0.2);
  auto merged = folded(column, first);
  merged.merge(folded(column, second));
  Values all = first;
  all.insert(all.end(), second.begin(), second.end());
  const auto whole = w1_on(column, reference, all);
  const auto parts = *wasserstein_distance(*column.grid, folded(column, reference), merged);
  EXPECT_NEAR(parts.value, whole.value, 1e-12);
  EXPECT_NEAR(parts.error_bound, whole.error_bound, 1e-12);
}

TEST(GridDistances, AreRefusedWithASentence) {
  const profile::Column column = column_of({0.0});
  const auto some = folded(column, Values{1, 2});
  EXPECT_EQ(wasserstein_distance(*column.grid, some, folded(column, Values{})).error().code,
            ErrorCode::kInsufficientData);
  EXPECT_EQ(
      wasserstein_distance(*column.grid, folded(column, Values{1, INFINITY}), some).error().message,
      "wasserstein: 'reference' holds an infinity, to which there is no distance");
  EXPECT_EQ(energy_distance(*column.grid, some, folded(column, Values{1e308, 1e308})).error().code,
            ErrorCode::kInvalidArgument);  // the sum of the cell overflows
  EXPECT_EQ(
      energy_distance(*column.grid, some, folded(column, Values{-1.5e308, 1e308})).error().code,
      ErrorCode::kInvalidArgument);  // the range does
  EXPECT_EQ(wasserstein_distance(*Grid::from_edges({}), some, some).error().message,
            "wasserstein: 'reference' was not folded into this grid");
}

}  // namespace
}  // namespace leeway::drift
