#pragma once

#include <cmath>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "detectors/base/random.h"
#include "detectors/profile/fold.h"

namespace leeway::profile {

/// Numbers with what real columns have: ties, tails, NaN, infinities and missing ones.
inline std::vector<std::optional<double>> some_numbers(std::size_t n, std::uint64_t seed) {
  Random random(seed);
  std::vector<std::optional<double>> values;
  for (std::size_t i = 0; i < n; ++i) {
    const double u = random.uniform();
    if (u < 0.05) {
      values.emplace_back(std::nullopt);
    } else if (u < 0.06) {
      values.emplace_back(std::numeric_limits<double>::quiet_NaN());
    } else if (u < 0.07) {
      values.emplace_back(random.below(2) == 0 ? std::numeric_limits<double>::infinity()
                                               : -std::numeric_limits<double>::infinity());
    } else {
      values.emplace_back(u < 0.4 ? 0.0 : std::exp(4.0 * random.uniform()));
    }
  }
  return values;
}

/// A schema of one numeric, one categorical, one text and one datetime column.
inline Schema some_schema() {
  std::vector<double> sorted;
  for (const auto& value : some_numbers(3000, 99)) {
    if (value && std::isfinite(*value)) sorted.push_back(*value);
  }
  std::sort(sorted.begin(), sorted.end());
  Schema schema;
  schema.columns = {
      {.name = "amount",
       .type = ColumnType::kNumeric,
       .grid = std::make_shared<const Grid>(Grid::from_sorted(sorted))},
      {.name = "origin",
       .type = ColumnType::kCategorical,
       .categories =
           std::make_shared<const Categories>(*Categories::from_names({"JFK", "LAX", "SFO"}))},
      {.name = "comment", .type = ColumnType::kText, .role = ColumnRole::kId, .is_private = true},
      {.name = "at", .type = ColumnType::kDatetime, .role = ColumnRole::kTimestamp},
  };
  return schema;
}

/// Feeds values `chunk` at a time with a validity mask.
inline void feed(ColumnFold& fold, const std::vector<std::optional<double>>& values,
                 std::size_t chunk) {
  for (std::size_t first = 0; first < values.size(); first += chunk) {
    const std::size_t n = std::min(chunk, values.size() - first);
    std::vector<double> numbers(
        n, 42.0);  // what stands in the place of a missing value must not count
    std::vector<std::uint64_t> valid((n + 63) / 64, 0);
    for (std::size_t i = 0; i < n; ++i) {
      if (!values[first + i]) continue;
      numbers[i] = *values[first + i];
      valid[i / 64] |= std::uint64_t{1} << (i % 64);
    }
    fold.add_numbers(numbers, valid);
  }
}

inline Profile some_profile(const Schema& schema, std::size_t rows, std::uint64_t seed) {
  Profile profile = Profile::empty_for(schema);
  profile.rows = rows;
  Random random(seed);
  ColumnFold amount(schema.columns[0]);
  feed(amount, some_numbers(rows, seed), 100);
  ColumnFold origin(schema.columns[1]);
  ColumnFold comment(schema.columns[2]);
  ColumnFold at(schema.columns[3]);
  const std::vector<std::string> names = {"JFK", "LAX", "SFO", std::string(3, 'X')};
  for (std::size_t i = 0; i < rows; ++i) {
    origin.add_text(names[random.below(4)]);
    comment.add_text("comment " + std::to_string(random.next()));
    const double micros = 1e15 + static_cast<double>(i);
    at.add_numbers({&micros, 1}, {});
  }
  profile.columns = {amount.take(), origin.take(), comment.take(), at.take()};
  return profile;
}

}  // namespace leeway::profile
