#include "collectors/tables/sort.h"

#include <hwy/contrib/sort/vqsort.h>

namespace leeway::tables {

void sort(std::span<double> values) {
  const hwy::Sorter sorter;
  sorter(values.data(), values.size(), hwy::SortAscending());
}

}  // namespace leeway::tables
