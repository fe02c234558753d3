#include "daemon/exporter/text.h"

#include <gtest/gtest.h>
#include <prometheus/metric_family.h>

#include <cmath>
#include <limits>

#include "tests/support/exposition.h"

namespace leeway::exporter {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;

std::string number(double value) {
  std::string out;
  append_number(out, value);
  return out;
}

std::string label(std::string_view value) {
  std::string out;
  append_label_value(out, value);
  return out;
}

TEST(MetricText, WritesTheShortestNumberThatReadsBack) {
  EXPECT_EQ(number(0.1), "0.1");
  EXPECT_EQ(number(1.0), "1");
  EXPECT_EQ(number(-0.0), "-0");
  EXPECT_EQ(number(1e21), "1e+21");
  EXPECT_EQ(number(5e-324), "5e-324");
  EXPECT_EQ(number(0.1 + 0.2), "0.30000000000000004");
  EXPECT_EQ(number(-1.7976931348623157e308), "-1.7976931348623157e+308");
  EXPECT_EQ(number(std::nan("")), "NaN");
  EXPECT_EQ(number(std::numeric_limits<double>::infinity()), "+Inf");
  EXPECT_EQ(number(-std::numeric_limits<double>::infinity()), "-Inf");
}

TEST(MetricText, EscapesLabelValues) {
  EXPECT_EQ(label("plain"), "plain");
  EXPECT_EQ(label("a\\b\"c\nd"), "a\\\\b\\\"c\\nd");
  EXPECT_EQ(label("köln→東京😀"), "köln→東京😀");
}

TEST(MetricText, ReplacesWhatIsNoUtf8) {
  const std::string x = "\xEF\xBF\xBD";
  EXPECT_EQ(label("a\xFFz"), "a" + x + "z");
  EXPECT_EQ(label("\xC3"), x);                          // cut off
  EXPECT_EQ(label("\xC0\xAF"), x + x);                  // overlong
  EXPECT_EQ(label("\xE0\x80\xAF"), x + x + x);          // overlong
  EXPECT_EQ(label("\xED\xA0\x80"), x + x + x);          // a surrogate
  EXPECT_EQ(label("\xF4\x90\x80\x80"), x + x + x + x);  // beyond U+10FFFF
  EXPECT_EQ(label(std::string_view("\0a", 2)), std::string("\0a", 2));
}

TEST(MetricText, NamesCountersAndInfosAsTheFormatWants) {
  std::string text;
  append_header(text, "leeway_rows_total", MetricType::kCounter, "Say \"a\\b\"\nnow.", false);
  append_header(text, "leeway_model_info", MetricType::kInfo, "I", false);
  EXPECT_EQ(text,
            "# HELP leeway_rows_total Say \"a\\\\b\"\\nnow.\n# TYPE leeway_rows_total counter\n"
            "# HELP leeway_model_info I\n# TYPE leeway_model_info gauge\n");
  std::string open;
  append_header(open, "leeway_rows_total", MetricType::kCounter, "Say \"a\\b\"\nnow.", true);
  append_header(open, "leeway_model_info", MetricType::kInfo, "I", true);
  EXPECT_EQ(open,
            "# HELP leeway_rows Say \\\"a\\\\b\\\"\\nnow.\n# TYPE leeway_rows counter\n"
            "# HELP leeway_model I\n# TYPE leeway_model info\n");
}

MetricFamily histogram_family() {
  ClientMetric metric;
  metric.label = {{"path", "/a"}};
  metric.histogram.sample_count = 7;
  metric.histogram.sample_sum = 3.5;
  metric.histogram.bucket = {{2, 0.5}, {5, 1.0}};
  return {"x_seconds", "X.", prometheus::MetricType::Histogram, {metric}};
}

TEST(MetricText, ClosesAHistogramWithInfinity) {
  std::string text;
  append_family(text, histogram_family(), false);
  EXPECT_EQ(text,
            "# HELP x_seconds X.\n# TYPE x_seconds histogram\n"
            "x_seconds_bucket{path=\"/a\",le=\"0.5\"} 2\n"
            "x_seconds_bucket{path=\"/a\",le=\"1.0\"} 5\n"
            "x_seconds_bucket{path=\"/a\",le=\"+Inf\"} 7\n"
            "x_seconds_count{path=\"/a\"} 7\n"
            "x_seconds_sum{path=\"/a\"} 3.5\n");
  EXPECT_TRUE(tests::read_exposition(text, false).faults.empty());
}

TEST(MetricText, ClosesAHistogramOnce) {
  auto family = histogram_family();
  family.metric[0].histogram.bucket.push_back({7, std::numeric_limits<double>::infinity()});
  std::string text;
  append_family(text, family, false);
  EXPECT_TRUE(tests::read_exposition(text, false).faults.empty());
}

TEST(MetricText, WritesEveryTypeOfThePrometheusLibraryInBothFormats) {
  using Type = prometheus::MetricType;
  for (const auto type :
       {Type::Counter, Type::Gauge, Type::Summary, Type::Untyped, Type::Histogram}) {
    ClientMetric metric;
    metric.summary.quantile = {{0.5, 1.0}};
    for (const char* name : {"x", "x_total"}) {
      const bool total = std::string_view(name) == "x_total";
      if (total != (type == Type::Counter)) continue;
      const MetricFamily family{name, "X.", type, {metric}};
      std::string text;
      append_family(text, family, false);
      EXPECT_TRUE(tests::read_exposition(text, false).faults.empty()) << text;
      std::string open;
      append_family(open, family, true);
      open += "# EOF\n";
      EXPECT_TRUE(tests::read_exposition(open, true).faults.empty()) << open;
    }
  }
}

TEST(MetricText, SortsTheLinesOfAFamily) {
  MetricFamily family{"x", "X.", prometheus::MetricType::Gauge, {}};
  for (const char* value : {"b", "c", "a"}) {
    ClientMetric metric;
    metric.label = {{"k", value}};
    family.metric.push_back(metric);
  }
  std::string text;
  append_family(text, family, false);
  EXPECT_EQ(text, "# HELP x X.\n# TYPE x gauge\nx{k=\"a\"} 0\nx{k=\"b\"} 0\nx{k=\"c\"} 0\n");
}

}  // namespace
}  // namespace leeway::exporter
