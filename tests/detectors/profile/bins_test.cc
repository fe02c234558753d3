#include "detectors/profile/bins.h"

#include <gmock/gmock.h>

namespace leeway::profile {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

SparseCells cells(std::vector<std::uint32_t> index, std::vector<std::uint64_t> count) {
  return {.index = std::move(index), .count = std::move(count), .sum = {}};
}

TEST(EqualMassBins, CutWhereTheQuantilesAre) {
  EXPECT_THAT(equal_mass_bins(cells({0, 1, 2, 3}, {5, 5, 5, 5}), 4), ElementsAre(0, 1, 2));
  EXPECT_THAT(equal_mass_bins(cells({0, 1, 2, 3}, {5, 5, 5, 5}), 2), ElementsAre(1));
  EXPECT_THAT(equal_mass_bins(cells({7, 90, 91, 400}, {5, 5, 5, 5}), 4), ElementsAre(7, 90, 91));
}

TEST(EqualMassBins, TakeTheNearestEdge) {
  EXPECT_THAT(equal_mass_bins(cells({0, 1, 2}, {4, 5, 3}), 2), ElementsAre(0));
  EXPECT_THAT(equal_mass_bins(cells({0, 1, 2}, {3, 5, 4}), 2), ElementsAre(1));
}

TEST(EqualMassBins, AreFewerWhereACellIsHeavy) {
  EXPECT_THAT(equal_mass_bins(cells({0, 1, 2}, {1, 98, 1})), ElementsAre(0, 1));
  EXPECT_THAT(equal_mass_bins(cells({3}, {50})), IsEmpty());
  EXPECT_THAT(equal_mass_bins(cells({}, {})), IsEmpty());
}

TEST(EqualMassBins, OfAPartKeepTheCellsAndTheirId) {
  std::vector<double> values(10'000);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<double>(i);
  Schema schema;
  schema.columns.emplace_back().grid = std::make_shared<const Grid>(Grid::from_sorted(values));
  Profile part = Profile::empty_for(schema);
  for (std::uint32_t cell = 40; cell < 60; ++cell) {
    part.columns[0].cells.index.push_back(cell);
    part.columns[0].cells.count.push_back(3);
  }
  const Schema own = with_bins_of(schema, part);
  EXPECT_EQ(own.id(), schema.id());
  EXPECT_THAT(own.columns[0].bin_edges(), ElementsAre(41, 43, 45, 47, 49, 51, 53, 55, 57));
  EXPECT_EQ(schema.columns[0].bin_edges().size(), 9U);
}

}  // namespace
}  // namespace leeway::profile
