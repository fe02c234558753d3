#include "detectors/quality/describe.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "detectors/base/binning.h"

namespace leeway::quality {
namespace {

std::optional<double> fraction(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0) return std::nullopt;
  return static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

std::optional<double> Description::missing_fraction() const { return fraction(missing, count); }

std::optional<double> Description::mean() const {
  return moments.count == 0 ? std::nullopt : std::optional(moments.mean);
}

std::optional<double> Description::variance_population() const {
  return moments.count == 0 ? std::nullopt : std::optional(moments.variance_population());
}

std::optional<double> Description::variance_sample() const {
  return moments.count < 2 ? std::nullopt
                           : std::optional(moments.m2 / static_cast<double>(moments.count - 1));
}

std::optional<double> Description::skewness_adjusted() const {
  const auto plain = moments.skewness();
  if (!plain || moments.count < 3) return std::nullopt;
  const auto n = static_cast<double>(moments.count);
  return *plain * std::sqrt(n * (n - 1.0)) / (n - 2.0);
}

std::optional<double> Description::kurtosis_excess_adjusted() const {
  const auto plain = moments.kurtosis_excess();
  if (!plain || moments.count < 4) return std::nullopt;
  const auto n = static_cast<double>(moments.count);
  return ((n + 1.0) * *plain + 6.0) * (n - 1.0) / ((n - 2.0) * (n - 3.0));
}

std::optional<double> Description::quantile(double q) const {
  return sorted.empty() ? std::nullopt : std::optional(leeway::quantile(sorted, q));
}

Description describe(std::span<const double> values, std::uint64_t missing) {
  Description made{.count = values.size() + missing, .missing = missing};
  for (const double value : values) {
    if (std::isnan(value)) {
      ++made.missing;
    } else if (std::isinf(value)) {
      ++made.infinite;
    } else {
      made.sorted.push_back(value);
    }
  }
  made.moments = profile::Moments::of(made.sorted);
  std::sort(made.sorted.begin(), made.sorted.end());
  for (std::size_t i = 0; i < made.sorted.size(); ++i) {
    made.distinct += i == 0 || made.sorted[i - 1] < made.sorted[i] ? 1 : 0;
    made.zeros += made.sorted[i] == 0.0 ? 1 : 0;
    made.negatives += made.sorted[i] < 0.0 ? 1 : 0;
  }
  return made;
}

std::optional<double> CategoryDescription::missing_fraction() const {
  return fraction(missing, count);
}

CategoryDescription describe_categories(std::span<const std::string> values,
                                        std::uint64_t missing) {
  CategoryDescription made{.count = values.size() + missing, .missing = missing};
  std::map<std::string, std::uint64_t> counts;
  for (const std::string& value : values) ++counts[value];
  made.top.assign(counts.begin(), counts.end());
  std::sort(made.top.begin(), made.top.end(), [](const auto& a, const auto& b) {
    return a.second != b.second ? a.second > b.second : a.first < b.first;
  });
  if (values.empty()) return made;
  double entropy = 0.0;
  double squares = 0.0;
  for (const auto& [name, count] : made.top) {
    const double p = static_cast<double>(count) / static_cast<double>(values.size());
    entropy -= p * std::log(p);
    squares += p * p;
  }
  made.entropy_nats = entropy + 0.0;  // not -0 for a single category
  made.gini_simpson = 1.0 - squares;
  return made;
}

}  // namespace leeway::quality
