#include <gtest/gtest.h>

#include <cmath>

#include "detectors/drift/kolmogorov_smirnov.h"
#include "tests/detectors/drift/samples.h"

namespace leeway::drift {
namespace {

using profile::Grid;

GridKs on_grid(const profile::Column& column, const std::vector<double>& reference,
               const std::vector<double>& current) {
  const std::size_t cells = column.grid->cells();
  return *kolmogorov_smirnov(*column.grid, folded(column, reference).cells.dense(cells),
                             folded(column, current).cells.dense(cells));
}

void expect_bounded(const profile::Column& column, const std::vector<double>& reference,
                    const std::vector<double>& current) {
  const GridKs grid = on_grid(column, reference, current);
  const double exact = kolmogorov_smirnov(sorted(reference), sorted(current))->statistic();
  EXPECT_LE(grid.statistic, exact + 1e-12);
  EXPECT_LE(exact, grid.statistic + grid.error_bound + 1e-12);
}

TEST(GridKs, HoldsTheExactDistanceInItsInterval) {
  Random random(1);
  for (int run = 0; run < 200; ++run) {
    const auto reference = normals(50 + random.below(500), random);
    const auto current =
        normals(1 + random.below(300), random, 0.5 * random.uniform(), 0.5 + random.uniform());
    const profile::GridOptions options{.cells = 2 + random.below(40),
                                       .quantiles = 1 + random.below(5)};
    expect_bounded(numeric_column("x", reference, options), reference, current);
  }
}

TEST(GridKs, HoldsItForDataThatGathersAtTheEndsOfCells) {
  Random random(2);
  const auto reference = normals(400, random);
  const profile::Column column = numeric_column("x", reference, {.cells = 8});
  for (int run = 0; run < 200; ++run) {
    std::vector<double> current;
    for (const double edge : column.grid->edges()) {
      const std::size_t n = random.below(100);
      current.insert(current.end(), n,
                     random.below(2) == 0 ? edge : std::nextafter(edge, -INFINITY));
    }
    current.push_back(random.below(2) == 0 ? INFINITY : -INFINITY);
    expect_bounded(column, reference, current);
  }
}

TEST(GridKs, ReachesItsBound) {
  // One cell for all: the exact distance of two separated samples is 1, the grid knows nothing.
  const profile::Column column{.name = "x",
                               .grid = std::make_shared<const Grid>(*Grid::from_edges({}))};
  const GridKs grid = on_grid(column, {1, 2, 3}, {4, 5});
  EXPECT_EQ(grid.statistic, 0.0);
  EXPECT_EQ(grid.error_bound, 1.0);
}

TEST(GridKs, IsExactForFewValues) {
  Random random(3);
  const auto coin = [](double p) { return [p](Random& r) { return r.uniform() < p ? 1.0 : 0.0; }; };
  const auto reference = draws(500, random, coin(0.5));
  const auto current = draws(300, random, coin(0.7));
  const GridKs grid = on_grid(numeric_column("x", reference), reference, current);
  EXPECT_EQ(grid.error_bound, 0.0);
  EXPECT_NEAR(grid.statistic, kolmogorov_smirnov(sorted(reference), sorted(current))->statistic(),
              1e-12);
}

TEST(GridKs, OwesNothingToAHeavyValue) {
  Random random(4);
  const auto draw = [](Random& r) { return r.uniform() < 0.8 ? 0.0 : normal(r); };
  const auto reference = draws(20'000, random, draw);
  const auto current = draws(5'000, random, draw);
  EXPECT_LT(on_grid(numeric_column("x", reference), reference, current).error_bound, 0.003);
}

TEST(GridKs, RefusesCountsOfAnotherGridAndEmptySides) {
  const auto grid = *Grid::from_edges({0.0});
  const std::vector<std::uint64_t> some = {1, 2};
  const std::vector<std::uint64_t> none = {0, 0};
  const std::vector<std::uint64_t> three = {1, 2, 3};
  EXPECT_EQ(kolmogorov_smirnov(grid, some, three).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(kolmogorov_smirnov(grid, some, none).error().code, ErrorCode::kInsufficientData);
}

}  // namespace
}  // namespace leeway::drift
