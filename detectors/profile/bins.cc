#include "detectors/profile/bins.h"

#include <cmath>

namespace leeway::profile {

std::vector<std::uint16_t> equal_mass_bins(const SparseCells& cells, std::size_t bins) {
  std::vector<std::uint16_t> edges;
  const auto total = static_cast<double>(cells.total());
  double below = 0.0;
  std::size_t quantile = 1;
  for (std::size_t i = 0; i + 1 < cells.index.size() && quantile < bins; ++i) {
    // The edge behind this cell is the nearest to every quantile up to the middle of the next one.
    below += static_cast<double>(cells.count[i]);
    const double reach = below + 0.5 * static_cast<double>(cells.count[i + 1]);
    const auto reached =
        static_cast<std::size_t>(std::floor(reach * static_cast<double>(bins) / total));
    if (reached < quantile) continue;
    edges.push_back(static_cast<std::uint16_t>(cells.index[i]));  // edge k ends cell k
    quantile = reached + 1;
  }
  return edges;
}

Schema with_bins_of(const Schema& schema, const Profile& part) {
  Schema own = schema;
  for (std::size_t i = 0; i < own.columns.size() && i < part.columns.size(); ++i) {
    Column& column = own.columns[i];
    if (column.grid && column.grid->bins() != Grid::Bins::kValues)
      column.bins = equal_mass_bins(part.columns[i].cells);
  }
  return own;
}

}  // namespace leeway::profile
