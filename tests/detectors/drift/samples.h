#pragma once

#include <algorithm>
#include <cmath>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "detectors/base/random.h"
#include "detectors/profile/fold.h"
#include "detectors/profile/reference.h"

namespace leeway::drift {

/// Nearly normal: a sum of twelve uniforms.
inline double normal(Random& random, double mean = 0.0, double deviation = 1.0) {
  double sum = -6.0;
  for (int i = 0; i < 12; ++i) sum += random.uniform();
  return mean + deviation * sum;
}

inline std::vector<double> draws(std::size_t n, Random& random,
                                 const std::function<double(Random&)>& draw) {
  std::vector<double> values(n);
  for (double& value : values) value = draw(random);
  return values;
}

inline std::vector<double> normals(std::size_t n, Random& random, double mean = 0.0,
                                   double deviation = 1.0) {
  return draws(n, random, [=](Random& r) { return normal(r, mean, deviation); });
}

inline std::vector<double> sorted(std::vector<double> values) {
  std::erase_if(values, [](double value) { return std::isnan(value); });
  std::sort(values.begin(), values.end());
  return values;
}

inline profile::Column numeric_column(const std::string& name, const std::vector<double>& reference,
                                      profile::GridOptions options = {}) {
  std::vector<double> finite = sorted(reference);
  std::erase_if(finite, [](double value) { return std::isinf(value); });
  return {
      .name = name,
      .grid = std::make_shared<const profile::Grid>(profile::Grid::from_sorted(finite, options))};
}

inline profile::Column categorical_column(const std::string& name,
                                          const std::vector<std::string>& reference) {
  const std::set<std::string> names(reference.begin(), reference.end());
  return {.name = name,
          .type = ColumnType::kCategorical,
          .categories = std::make_shared<const profile::Categories>(
              *profile::Categories::from_names({names.begin(), names.end()}))};
}

inline profile::ColumnProfile folded(const profile::Column& column,
                                     const std::vector<double>& values) {
  profile::ColumnFold fold(column);
  fold.add_numbers(values, {});
  return fold.take();
}

inline profile::ColumnProfile folded(const profile::Column& column,
                                     const std::vector<std::string>& values) {
  profile::ColumnFold fold(column);
  for (const std::string& value : values) fold.add_text(value);
  return fold.take();
}

/// A model of the one numeric column "x".
inline profile::Reference reference_of(const std::vector<double>& values) {
  profile::Reference reference;
  reference.schema.columns = {numeric_column("x", values)};
  reference.profile = profile::Profile::empty_for(reference.schema);
  reference.profile.rows = values.size();
  reference.profile.columns = {folded(reference.schema.columns[0], values)};
  return reference;
}

inline profile::Profile window_of(const profile::Reference& reference,
                                  const std::vector<double>& values) {
  profile::Profile profile = profile::Profile::empty_for(reference.schema);
  profile.rows = values.size();
  profile.columns = {folded(reference.schema.columns[0], values)};
  return profile;
}

/// The same of several windows, which it keeps.
inline profile::Reference reference_of(const std::vector<std::vector<double>>& windows) {
  std::vector<double> all;
  for (const auto& window : windows) all.insert(all.end(), window.begin(), window.end());
  profile::Reference reference = reference_of(all);
  for (std::size_t i = 0; i < windows.size(); ++i) {
    reference.windows.push_back(
        {.start = from_micros(static_cast<std::int64_t>(i) * 86'400'000'000),
         .profile = window_of(reference, windows[i])});
  }
  return reference;
}

}  // namespace leeway::drift
