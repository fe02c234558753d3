#include "collectors/compute/reading.h"

#include <algorithm>

namespace leeway::compute {

std::optional<double> Reading::value(Metric metric, std::string_view device) const {
  const auto found = std::ranges::find_if(samples, [&](const Sample& sample) {
    return sample.metric == metric && sample.device == device;
  });
  if (found == samples.end()) return std::nullopt;
  return found->value;
}

const Absent* Reading::find_absent(Metric metric) const {
  const auto found = std::ranges::find(absent, metric, &Absent::metric);
  return found == absent.end() ? nullptr : &*found;
}

}  // namespace leeway::compute
