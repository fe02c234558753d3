#include <gtest/gtest.h>

#include <cmath>

#include "detectors/drift/kolmogorov_smirnov.h"
#include "tests/detectors/drift/samples.h"

namespace leeway::drift {
namespace {

using Values = std::vector<double>;

/// Data made to be as far as it can from what a grid shows of it. The grid comes from the
/// reference.
struct Adversary {
  const char* name;
  Values (*reference)(Random& random);
  Values (*current)(const Values& reference, const profile::Grid& grid, Random& random);
};

Values any(Random& random) { return normals(60 + random.below(400), random); }

Values lattice(Random& random) {
  return draws(60 + random.below(400), random,
               [](Random& r) { return std::floor(3.0 * normal(r)); });
}

Values with_infinities(Random& random) {
  Values values = any(random);
  values.insert(values.end(), random.below(40), INFINITY);
  values.insert(values.end(), random.below(40), -INFINITY);
  return values;
}

/// Two clusters far apart: nearly all cells are narrow, one is as wide as the gap.
Values clusters(Random& random) {
  return draws(60 + random.below(400), random,
               [](Random& r) { return r.uniform() + (r.below(2) == 0 ? 0.0 : 1e9); });
}

double inside(const profile::Grid& grid, std::size_t cell, Random& random) {
  const auto edges = grid.edges();
  if (edges.empty()) return random.uniform();
  const double low = cell == 0 ? edges.front() - 1.0 : edges[cell - 1];
  const double high = cell == edges.size() ? edges.back() + 1.0 : edges[cell];
  return std::clamp(low + (high - low) * random.uniform(), low, std::nextafter(high, low));
}

Values in_one_cell(const Values&, const profile::Grid& grid, Random& random) {
  const std::size_t cell = random.below(grid.cells());
  return draws(1 + random.below(300), random, [&](Random& r) { return inside(grid, cell, r); });
}

Values at_the_ends_of_cells(const Values&, const profile::Grid& grid, Random& random) {
  Values values = {0.0};
  for (const double edge : grid.edges()) {
    values.insert(values.end(), random.below(20), edge);
    values.insert(values.end(), random.below(20), std::nextafter(edge, -INFINITY));
  }
  return values;
}

Values ties_with_the_reference(const Values& reference, const profile::Grid&, Random& random) {
  return draws(1 + random.below(300), random,
               [&](Random& r) { return reference[r.below(reference.size())]; });
}

/// Just above values of the reference: in their cells, but never at them.
Values between_reference_points(const Values& reference, const profile::Grid&, Random& random) {
  return draws(1 + random.below(300), random, [&](Random& r) {
    return std::nextafter(reference[r.below(reference.size())], INFINITY);
  });
}

Values infinite(const Values& reference, const profile::Grid& grid, Random& random) {
  Values values = ties_with_the_reference(reference, grid, random);
  values.insert(values.end(), random.below(200), INFINITY);
  values.insert(values.end(), random.below(200), -INFINITY);
  return values;
}

Values beyond_all(const Values&, const profile::Grid&, Random& random) {
  const double side = random.below(2) == 0 ? -1e300 : 1e300;
  return draws(1 + random.below(300), random, [=](Random& r) { return side * r.uniform(); });
}

class GridKsAdversary : public testing::TestWithParam<Adversary> {};

TEST_P(GridKsAdversary, DoesNotGetTheExactDistanceOutOfTheInterval) {
  Random random(23);
  for (int run = 0; run < 300; ++run) {
    const Values reference = GetParam().reference(random);
    const profile::GridOptions options{.cells = 2 + random.below(30),
                                       .quantiles = 1 + random.below(10),
                                       .single_values = random.below(21)};
    const profile::Column column = numeric_column("x", reference, options);
    const profile::Grid& grid = *column.grid;
    const Values current = GetParam().current(reference, grid, random);
    const auto on_grid =
        kolmogorov_smirnov(grid, folded(column, reference).cells.dense(grid.cells()),
                           folded(column, current).cells.dense(grid.cells()));
    const double exact = kolmogorov_smirnov(sorted(reference), sorted(current))->statistic();
    ASSERT_TRUE(on_grid);
    EXPECT_LE(on_grid->statistic, exact + 1e-12) << "run " << run;
    EXPECT_LE(exact, on_grid->statistic + on_grid->error_bound + 1e-12) << "run " << run;
    EXPECT_LE(on_grid->statistic + on_grid->error_bound, 1.0 + 1e-12) << "run " << run;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Data, GridKsAdversary,
    testing::Values(Adversary{"all_in_one_cell", any, in_one_cell},
                    Adversary{"all_in_one_cell_of_clusters", clusters, in_one_cell},
                    Adversary{"all_in_one_cell_of_a_lattice", lattice, in_one_cell},
                    Adversary{"at_the_ends_of_cells", any, at_the_ends_of_cells},
                    Adversary{"at_the_ends_of_cells_of_a_lattice", lattice, at_the_ends_of_cells},
                    Adversary{"ties", any, ties_with_the_reference},
                    Adversary{"ties_of_a_lattice", lattice, ties_with_the_reference},
                    Adversary{"between_reference_points", any, between_reference_points},
                    Adversary{"between_points_of_a_lattice", lattice, between_reference_points},
                    Adversary{"between_infinities", with_infinities, between_reference_points},
                    Adversary{"infinities", with_infinities, infinite},
                    Adversary{"infinities_on_one_side", any, infinite},
                    Adversary{"beyond_all", with_infinities, beyond_all}),
    [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace leeway::drift
