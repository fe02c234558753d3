#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "collectors/compute/metric.h"
#include "collectors/compute/sources.h"
#include "daemon/config/keys_compute.h"

namespace leeway::compute {
namespace {

TEST(ComputeKeys, AQueryMayBeOfEveryMetricThereIs) {
  const config::Key* queries = config::kCompute.find("prometheus")->section->find("queries");
  std::vector<std::string_view> names;
  for (const MetricDescription& metric : metrics()) names.push_back(metric.name);
  EXPECT_TRUE(std::ranges::equal(queries->choices, names));
}

TEST(ComputeKeys, EveryKindOfSourceHasItsKeyInTheOrderInWhichTheyAreBelieved) {
  std::vector<std::string_view> keys;
  for (const config::Key& key : config::kCompute.keys) {
    const bool is_source =
        std::ranges::find(source_kinds(), key.name, &SourceKind::name) != source_kinds().end();
    if (is_source) keys.push_back(key.name);
  }
  std::vector<std::string_view> kinds;
  for (const SourceKind& kind : source_kinds()) kinds.push_back(kind.name);
  EXPECT_EQ(keys, kinds);
}

}  // namespace
}  // namespace leeway::compute
