#include <gtest/gtest.h>

#include "daemon/exporter/exporter.h"

namespace leeway::exporter {
namespace {

TEST(Negotiate, ChoosesTheFormat) {
  const std::pair<const char*, bool> table[] = {
      {"", false},
      {"*/*", false},
      {"text/html,application/xhtml+xml,*/*;q=0.8", false},
      {"text/plain", false},
      {"application/openmetrics-text", true},
      // Prometheus 2.42 and 3
      {"application/openmetrics-text;version=1.0.0,application/"
       "openmetrics-text;version=0.0.1;q=0.75,"
       "text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
       true},
      {"application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,"
       "application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;"
       "escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1",
       true},
      {"application/openmetrics-text;version=2.0.0,text/plain;q=0.1", false},
      {"application/openmetrics-text;q=0.2,text/plain;q=0.5", false},
      {"application/openmetrics-text;q=0", false},
      {" Application/OpenMetrics-Text ; Version=1.0.0 ; Q=0.9 , text/plain;q=0.8", true},
      {"application/openmetrics-text;q=nonsense,text/plain;q=0.5", false},
      {";;,,;q=", false},
  };
  for (const auto& [accept, open_metrics] : table) {
    EXPECT_EQ(negotiate(accept, "").open_metrics, open_metrics) << accept;
  }
}

TEST(Negotiate, ChoosesTheEncoding) {
  const std::pair<const char*, bool> table[] = {
      {"", false},         {"identity", false},      {"gzip", true},
      {"GZIP", true},      {"x-gzip", true},         {"deflate, gzip;q=1.0, *;q=0.5", true},
      {"gzip;q=0", false}, {"gzip;q=0, *", false},   {"*", true},
      {"*;q=0", false},    {"gzip ; q=0.001", true}, {"br", false},
  };
  for (const auto& [encoding, gzip] : table) {
    EXPECT_EQ(negotiate("", encoding).gzip, gzip) << encoding;
  }
}

}  // namespace
}  // namespace leeway::exporter
