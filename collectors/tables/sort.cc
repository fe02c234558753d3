#include "collectors/tables/sort.h"

#include <hwy/contrib/sort/vqsort.h>

#include <algorithm>
#include <limits>

namespace leeway::tables {

/// Highway 1.0.3 fills incomplete vectors up with the largest finite number and may give that back
/// for an infinity, which is greater: infinities are put behind the others before.
void sort(std::span<double> values) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  double largest = -kInfinity;
  for (const double value : values) largest = value > largest ? value : largest;
  auto end = values.end();
  if (largest == kInfinity) {
    end = std::partition(values.begin(), end, [](double value) { return value < kInfinity; });
  }
  const hwy::Sorter sorter;
  sorter(values.data(), static_cast<std::size_t>(end - values.begin()), hwy::SortAscending());
}

}  // namespace leeway::tables
