#include "detectors/profile/grid.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>
#include <numeric>

#include "detectors/base/random.h"

namespace leeway::profile {
namespace {

using testing::ElementsAre;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kMost = std::numeric_limits<double>::max();
constexpr double kLeast = std::numeric_limits<double>::denorm_min();

double normal(Random& random) {
  double sum = -6.0;
  for (int i = 0; i < 12; ++i) sum += random.uniform();
  return sum;
}

std::size_t cell_by_search(const Grid& grid, double value) {
  const auto edges = grid.edges();
  return static_cast<std::size_t>(std::upper_bound(edges.begin(), edges.end(), value) -
                                  edges.begin());
}

struct Sample {
  std::string name;
  std::vector<double> sorted;
};

template <class Draw>
Sample sample(std::string name, std::size_t n, Draw draw) {
  Random random(7);
  Sample made{std::move(name), {}};
  for (std::size_t i = 0; i < n; ++i) made.sorted.push_back(draw(random));
  std::sort(made.sorted.begin(), made.sorted.end());
  return made;
}

std::vector<Sample> samples() {
  return {
      sample("uniform", 5000, [](Random& r) { return r.uniform(); }),
      sample("negative", 5000, [](Random& r) { return -1e6 - normal(r); }),
      sample("log-normal", 20'000, [](Random& r) { return std::exp(5.0 * normal(r)); }),
      sample("both signs over all orders", 20'000,
             [](Random& r) {
               return (r.uniform() < 0.5 ? -1.0 : 1.0) *
                      std::pow(10.0, 600.0 * r.uniform() - 300.0);
             }),
      sample("one far outlier", 5000,
             [](Random& r) { return r.uniform() < 0.0005 ? 1e300 : normal(r); }),
      sample(
          "ends of double", 5000,
          [](Random& r) { return r.uniform() < 0.5 ? -kMost * r.uniform() : kMost * r.uniform(); }),
      sample("denormals", 3000,
             [](Random& r) { return kLeast * static_cast<double>(r.below(1 << 20)); }),
      sample("zero inflated", 9000, [](Random& r) { return r.uniform() < 0.6 ? 0.0 : normal(r); }),
      sample("minutes", 9000, [](Random& r) { return std::floor(40.0 * normal(r)); }),
      sample("one ulp apart", 3000,
             [](Random& r) { return 1.0 + 0x1p-52 * static_cast<double>(r.below(4000)); }),
      sample("two values", 100, [](Random& r) { return r.uniform() < 0.01 ? 0.0 : 1.0; }),
      {"constant", std::vector<double>(50, 3.25)},
      {"single", {-1.0}},
      {"empty", {}},
  };
}

TEST(Grid, FindsTheSameCellAsABinarySearch) {
  for (const Sample& reference : samples()) {
    const Grid grid = Grid::from_sorted(reference.sorted);
    std::vector<double> probes = reference.sorted;
    for (const double edge : grid.edges()) {
      probes.insert(probes.end(), {edge, std::nextafter(edge, -kInfinity),
                                   std::nextafter(edge, kInfinity), -edge});
    }
    probes.insert(probes.end(),
                  {0.0, -0.0, kMost, -kMost, kLeast, -kLeast, kInfinity, -kInfinity, 0.1, 1e18});
    for (const double probe : probes) {
      ASSERT_EQ(grid.cell(probe), cell_by_search(grid, probe)) << reference.name << " at " << probe;
    }
    std::vector<std::uint16_t> cells(probes.size());
    grid.find_cells(probes, cells);
    for (std::size_t i = 0; i < probes.size(); ++i) {
      ASSERT_EQ(cells[i], grid.cell(probes[i])) << reference.name << " at " << probes[i];
    }
  }
}

TEST(Grid, HasCellsOfAboutEqualMass) {
  for (const Sample& reference : samples()) {
    const Grid grid = Grid::from_sorted(reference.sorted, {.cells = 64});
    EXPECT_LE(grid.cells(), 2 * 64 + 10U) << reference.name;
    std::vector<std::size_t> counts(grid.cells());
    for (const double value : reference.sorted) ++counts[grid.cell(value)];
    for (std::size_t cell = 0; cell < grid.cells(); ++cell) {
      // A cell is closed when it has reached 1/64; the value that did it is lighter than 1/64.
      if (!grid.single_valued(cell))
        EXPECT_LE(counts[cell] * 64, 2 * reference.sorted.size())
            << reference.name << " cell " << cell;
    }
  }
}

/// The edges of from_sorted() by the definition, value by value.
std::vector<double> edges_by_walking(const std::vector<double>& sorted, std::size_t cells) {
  std::vector<double> edges;
  const auto append = [&edges](double edge) {
    if (std::isfinite(edge) && (edges.empty() || edges.back() < edge)) edges.push_back(edge);
  };
  std::size_t mass = 0;
  for (std::size_t first = 0, last = 0; first < sorted.size(); first = last) {
    while (last < sorted.size() && sorted[last] == sorted[first]) ++last;
    if ((last - first) * cells >= sorted.size()) {
      append(sorted[first]);
      append(std::nextafter(sorted[first], kInfinity));
      mass = 0;
      continue;
    }
    if (mass * cells >= sorted.size()) {
      append(sorted[first]);
      mass = 0;
    }
    mass += last - first;
  }
  return edges;
}

TEST(Grid, EndsACellWithTheRunThatFillsIt) {
  for (const Sample& reference : samples()) {
    for (const std::size_t cells : {2U, 3U, 64U, 1000U, 30'000U}) {
      const Grid grid =
          Grid::from_sorted(reference.sorted, {.cells = cells, .quantiles = 1, .single_values = 0});
      EXPECT_THAT(grid.edges(),
                  testing::ElementsAreArray(edges_by_walking(reference.sorted, cells)))
          << reference.name << " with " << cells;
    }
  }
}

TEST(Grid, GivesAHeavyValueACellOfItsOwn) {
  const Sample reference =
      sample("zero inflated", 9000, [](Random& r) { return r.uniform() < 0.6 ? 0.0 : normal(r); });
  const Grid grid = Grid::from_sorted(reference.sorted);
  EXPECT_TRUE(grid.single_valued(grid.cell(0.0)));
  EXPECT_EQ(grid.cell(-0.0), grid.cell(0.0));
  EXPECT_NE(grid.cell(kLeast), grid.cell(0.0));
  EXPECT_NE(grid.cell(-kLeast), grid.cell(0.0));
}

TEST(Grid, HasTheDecilesOfTheReferenceAmongItsEdges) {
  std::vector<double> values(1001);
  std::iota(values.begin(), values.end(), 0.0);
  const Grid grid = Grid::from_sorted(values);
  ASSERT_EQ(grid.bins(), Grid::Bins::kQuantiles);
  std::vector<double> bounds;
  for (const std::size_t at : grid.bin_edges()) bounds.push_back(grid.edges()[at]);
  EXPECT_THAT(bounds, ElementsAre(100, 200, 300, 400, 500, 600, 700, 800, 900));
}

TEST(Grid, MakesABinOfEachOfFewValues) {
  const Grid grid = Grid::from_sorted(std::vector<double>{1, 1, 2, 5});
  EXPECT_EQ(grid.bins(), Grid::Bins::kValues);
  EXPECT_EQ(grid.bin_edges().size(), 6U);
  for (const double value : {1.0, 2.0, 5.0}) EXPECT_TRUE(grid.single_valued(grid.cell(value)));
  EXPECT_FALSE(grid.single_valued(grid.cell(3.0)));
}

TEST(Grid, PutsInfinitiesIntoTheOuterCells) {
  const auto grid = Grid::from_edges({-1.0, 0.0, 1.0});
  ASSERT_TRUE(grid);
  EXPECT_EQ(grid->cell(-kInfinity), 0U);
  EXPECT_EQ(grid->cell(kInfinity), 3U);
  EXPECT_EQ(grid->cell(1.0), 3U);
  EXPECT_EQ(Grid::from_edges({})->cell(kInfinity), 0U);
}

TEST(Grid, RefusesEdgesThatDoNotRise) {
  EXPECT_FALSE(Grid::from_edges({1.0, 1.0}));
  EXPECT_FALSE(Grid::from_edges({2.0, 1.0}));
  EXPECT_FALSE(Grid::from_edges({-0.0, 0.0}));
  EXPECT_FALSE(Grid::from_edges({0.0, kInfinity}));
  EXPECT_FALSE(Grid::from_edges({std::numeric_limits<double>::quiet_NaN()}));
  EXPECT_FALSE(Grid::from_edges(std::vector<double>(65'535)));
}

TEST(Grid, IsTheSameAfterWritingAndReading) {
  for (const Sample& reference : samples()) {
    const Grid grid = Grid::from_sorted(reference.sorted);
    ByteWriter out;
    grid.write(out);
    ByteReader in(out.bytes());
    const auto read = Grid::read(in);
    ASSERT_TRUE(read) << reference.name;
    EXPECT_TRUE(in.at_end());
    EXPECT_EQ(read->id(), grid.id()) << reference.name;
    EXPECT_EQ(read->bins(), grid.bins());
    EXPECT_TRUE(std::ranges::equal(read->bin_edges(), grid.bin_edges())) << reference.name;
    for (const double value : reference.sorted)
      ASSERT_EQ(read->cell(value), grid.cell(value)) << reference.name;
  }
}

TEST(Grid, HasAnIdOfItsEdges) {
  EXPECT_EQ(Grid::from_edges({0.0, 1.0})->id(), Grid::from_edges({-0.0, 1.0})->id());
  EXPECT_NE(Grid::from_edges({0.0, 1.0})->id(),
            Grid::from_edges({0.0, std::nextafter(1.0, 2.0)})->id());
}

}  // namespace
}  // namespace leeway::profile
