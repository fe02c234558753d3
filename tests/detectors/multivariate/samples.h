#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "detectors/base/random.h"
#include "detectors/multivariate/table.h"

/// Seeded tables with columns that go together, and shares of runs with their binomial interval.
namespace leeway::multivariate {

/// Nearly normal: a sum of twelve uniforms.
inline double normal(Random& random) {
  double sum = -6.0;
  for (int i = 0; i < 12; ++i) sum += random.uniform();
  return sum;
}

/// `numbers` numeric columns x0, x1, ... and `categories` categorical ones c0, c1, ... of eight
/// categories; columns whose positions differ by a multiple of two share a factor, and so go
/// together with correlation 0.64 (numbers).
inline Table factor_table(std::size_t rows, std::size_t numbers, std::size_t categories,
                          Random& random) {
  Table table;
  for (std::size_t j = 0; j < numbers; ++j)
    table.columns.push_back({.name = "x" + std::to_string(j)});
  for (std::size_t j = 0; j < categories; ++j)
    table.columns.push_back({.name = "c" + std::to_string(j), .is_categorical = true});
  for (std::size_t i = 0; i < rows; ++i) {
    const double factors[2] = {normal(random), normal(random)};
    for (std::size_t j = 0; j < numbers; ++j)
      table.columns[j].numbers.push_back(0.8 * factors[j % 2] + 0.6 * normal(random));
    for (std::size_t j = 0; j < categories; ++j) {
      const double value = 0.8 * factors[j % 2] + 0.6 * normal(random);
      table.columns[numbers + j].codes.push_back(
          TableColumn::kFirst +
          static_cast<std::uint32_t>(std::clamp(2.0 * value + 4.0, 0.0, 7.0)));
    }
  }
  return table;
}

template <class T>
void shuffle(std::vector<T>& values, Random& random) {
  for (std::size_t i = values.size(); i-- > 1;)
    std::swap(values[i], values[static_cast<std::size_t>(random.below(i + 1))]);
}

/// Half the width of the interval that a share of `runs` with probability p leaves once in about
/// 2,000 times.
inline double binomial_reach(double p, std::size_t runs) {
  return 3.5 * std::sqrt(p * (1.0 - p) / static_cast<double>(runs));
}

}  // namespace leeway::multivariate
