#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace leeway::tests {

/// A line of a metrics page.
struct Sample {
  std::string name;
  std::vector<std::pair<std::string, std::string>> labels;  ///< in their order, unescaped
  double value = 0.0;
};

/// A metrics page, read more strictly than Prometheus does.
struct Exposition {
  std::vector<Sample> samples;
  std::map<std::string, std::string> types;  ///< by family
  std::vector<std::string> faults;           ///< "line 7: ..."; empty for a page without fault

  /// The value of the sample with that name and at least those labels; nothing without exactly one.
  std::optional<double> value(
      std::string_view name,
      const std::vector<std::pair<std::string, std::string>>& labels = {}) const;
};

/// Checks what `promtool check metrics` checks and what it lets pass: that a series appears once, a
/// family stays together with HELP and TYPE once before its samples, names and suffixes fit the
/// type, escapes are legal, bytes are UTF-8, no sample has a timestamp, buckets are cumulative and
/// end with +Inf = _count, counters are not negative, the last line ends; in OpenMetrics that # EOF
/// ends the page, in the text format that it does not occur.
Exposition read_exposition(std::string_view page, bool open_metrics);

}  // namespace leeway::tests
