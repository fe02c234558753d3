#include "daemon/exporter/exporter.h"

#include <gmock/gmock.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>

#include <algorithm>
#include <map>
#include <set>

#include "detectors/base/random.h"
#include "tests/daemon/exporter/pages.h"
#include "tests/support/exposition.h"

namespace leeway::exporter {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using tests::read_exposition;

class ExporterTest : public ExporterFixture {
 protected:
  std::optional<double> shown(std::string_view name, std::string model = "flight-delay") {
    return read_exposition(page(), false).value(name, {{"model", std::move(model)}});
  }

  void publish_rows(double rows) { exporter_.publish("m", {{series(Family::kWindowRows, rows)}}); }
};

TEST_F(ExporterTest, ShowsWhatWasPublishedLast) {
  publish_rows(1);
  EXPECT_EQ(shown("leeway_window_rows"), 1.0);
  publish_rows(2);
  EXPECT_EQ(shown("leeway_window_rows"), 2.0);
  EXPECT_EQ(exporter_.series(), 1U);
}

TEST_F(ExporterTest, ForgetsAModelWithItsFamilies) {
  publish_rows(1);
  EXPECT_THAT(page(), HasSubstr("leeway_window_rows"));
  exporter_.remove("m");
  exporter_.remove("never seen");
  EXPECT_THAT(page(), Not(HasSubstr("leeway_window_rows")));
  EXPECT_EQ(exporter_.series(), 0U);
}

TEST_F(ExporterTest, KeepsAFamilyOnlyWhileItHasSeries) {
  exporter_.publish("m", {{series(Family::kWindowRows, 1), series(Family::kWatermark, 5)}});
  EXPECT_THAT(page({.gzip = true}), HasSubstr("leeway_watermark"));
  publish_rows(1);
  EXPECT_THAT(page({.gzip = true}), Not(HasSubstr("leeway_watermark")));
}

TEST_F(ExporterTest, GivesTheSamePageUntilSomethingChanges) {
  publish_rows(1);
  const auto first = exporter_.ready_page({.gzip = true});
  ASSERT_NE(first, nullptr);
  EXPECT_EQ(exporter_.ready_page({.gzip = true}), first);
  EXPECT_NE(exporter_.ready_page({}), first);
  publish_rows(2);
  EXPECT_NE(exporter_.ready_page({.gzip = true}), first);
}

TEST_F(ExporterTest, ReadsTheProcessAtMostOnceASecond) {
  auto& gauge = prometheus::BuildGauge()
                    .Name("leeway_test")
                    .Help("A test.")
                    .Register(exporter_.registry())
                    .Add({});
  const auto value = [this] { return read_exposition(page(), false).value("leeway_test"); };
  gauge.Set(1);
  EXPECT_EQ(value(), 1.0);
  gauge.Set(2);
  clock_.advance(milliseconds(999));
  EXPECT_EQ(value(), 1.0);
  clock_.advance(milliseconds(1));
  EXPECT_EQ(value(), 2.0);
}

TEST_F(ExporterTest, KeepsTheFirstOfTwoSeriesThatLookTheSame) {
  const auto segment = [](const char* value, double rows) {
    return series(Family::kWindowRows, rows, {{"segment", value}}, Detail::kSegment);
  };
  exporter_.publish("m", {{segment("\xFF", 1), segment("a", 2), segment("\xFE", 3)}});
  const auto read = read_exposition(page(), false);
  EXPECT_THAT(read.faults, IsEmpty());
  EXPECT_EQ(read.value("leeway_window_rows", {{"segment", "\xEF\xBF\xBD"}}), 1.0);
  EXPECT_EQ(exporter_.series(), 2U);
}

/// One series of each detail, so that a limit tells which are left.
ModelMetrics one_of_each() {
  const std::vector<std::pair<std::string_view, std::string>> column{{"column", "c"}};
  return {{series(Family::kDriftErrorBound, 1, column, Detail::kErrorBound),
           series(Family::kDriftValue, 1, {{"column", "c"}, {"measure", "ks"}}, Detail::kInforming),
           series(Family::kWindowRows, 1, {{"segment", "s"}}, Detail::kSegment),
           series(Family::kFindingState, 0, {{"column", "ok"}}, Detail::kOk),
           series(Family::kFindingState, 2, {{"column", "bad"}}, Detail::kColumn),
           series(Family::kIncidentFiring, 1, {{"rule", "r"}}, Detail::kModel)}};
}

TEST(ExporterLimit, DropsDetailInTheOrderOfTheDesign) {
  const std::vector<std::string> order{"error_bound", "measure=\"ks\"", "segment", "column=\"ok\""};
  for (std::size_t limit = 0; limit <= 6; ++limit) {
    SCOPED_TRACE(limit);
    asio::io_context io;
    VirtualClock clock(io.get_executor(), TimePoint{});
    Exporter exporter(io.get_executor(), clock, {.max_series = limit});
    exporter.publish("m", one_of_each());
    const auto text = text_of(*exporter.ready_page({}));
    const std::size_t dropped = std::min<std::size_t>(6 - limit, 4);  // two are never dropped
    EXPECT_EQ(exporter.dropped(), dropped);
    EXPECT_EQ(exporter.series(), 6 - dropped);
    for (std::size_t i = 0; i < order.size(); ++i) {
      EXPECT_EQ(text.find(order[i]) == std::string::npos, i < dropped) << order[i];
    }
    EXPECT_THAT(text, HasSubstr("column=\"bad\""));
    EXPECT_THAT(text, HasSubstr("leeway_incident_firing{"));
    const auto read = read_exposition(text, false);
    EXPECT_EQ(read.value("leeway_series_dropped"), static_cast<double>(dropped));
    EXPECT_THAT(read.faults, IsEmpty());
  }
}

TEST(ExporterLimit, ShowsDetailAgainWhenThereIsRoom) {
  asio::io_context io;
  VirtualClock clock(io.get_executor(), TimePoint{});
  Exporter exporter(io.get_executor(), clock, {.max_series = 7});
  exporter.publish("a", one_of_each());
  EXPECT_EQ(exporter.dropped(), 0U);
  auto other = one_of_each();
  for (auto& one : other.series) one.labels[1].second = "other";
  exporter.publish("b", other);
  EXPECT_EQ(exporter.dropped(), 6U);
  EXPECT_THAT(text_of(*exporter.ready_page({.gzip = true})), Not(HasSubstr("error_bound")));
  exporter.remove("b");
  EXPECT_EQ(exporter.dropped(), 0U);
  EXPECT_THAT(text_of(*exporter.ready_page({.gzip = true})), HasSubstr("error_bound"));
}

ModelMetrics random_metrics(Random& random, const std::string& model) {
  ModelMetrics out;
  for (std::uint64_t i = random.below(60); i > 0; --i) {
    const auto family = static_cast<Family>(random.below(kFamilies.size()));
    const auto detail = static_cast<Detail>(random.below(kDetails));
    out.series.push_back(series(family, static_cast<double>(random.below(5)),
                                {{"column", "c" + std::to_string(random.below(1000))}}, detail,
                                model));
    if (describe(family).type != MetricType::kHistogram) continue;
    const std::uint64_t below = random.below(5);
    out.series.back().distribution = std::make_shared<Distribution>(
        Distribution{.bounds = {0.5, 1.0}, .counts = {below, below + 1}, .count = 9, .sum = 7.5});
  }
  return out;
}

std::string without_process(const std::string& page) {
  std::string out;
  for (std::size_t at = 0; at < page.size();) {
    const auto end = page.find('\n', at) + 1;
    if (page.compare(at, 8, "process_") != 0) out += page.substr(at, end - at);
    at = end;
  }
  return out;
}

TEST_F(ExporterTest, ShowsAHistogramWithItsBucketsTogether) {
  Series times = series(Family::kEndpointRequestDuration, 0.0, {{"phase", "total"}});
  times.distribution = std::make_shared<Distribution>(
      Distribution{.bounds = {0.5, 1.0}, .counts = {3, 4}, .count = 6, .sum = 7.5});
  exporter_.publish("m", {{times}});
  EXPECT_EQ(exporter_.series(), 5U);
  for (const bool open_metrics : {false, true}) {
    const auto shown = read_exposition(page({.open_metrics = open_metrics}), open_metrics);
    EXPECT_THAT(shown.faults, IsEmpty());
    const std::string name = "leeway_endpoint_request_duration_seconds";
    EXPECT_EQ(shown.types.at(name), "histogram");
    EXPECT_EQ(shown.value(name + "_bucket", {{"phase", "total"}, {"le", "0.5"}}), 3.0);
    EXPECT_EQ(shown.value(name + "_bucket", {{"le", "1.0"}}), 4.0);
    EXPECT_EQ(shown.value(name + "_bucket", {{"le", "+Inf"}}), 6.0);
    EXPECT_EQ(shown.value(name + "_count"), 6.0);
    EXPECT_EQ(shown.value(name + "_sum"), 7.5);
  }
}

TEST_F(ExporterTest, ShowsAfterManyChangesWhatAFreshOneShows) {
  Random random(11);
  std::map<std::string, ModelMetrics> models;
  for (int step = 0; step < 600; ++step) {
    const std::string key = "model-" + std::to_string(random.below(80));
    if (random.below(4) == 0) {
      models.erase(key);
      exporter_.remove(key);
    } else {
      models[key] = random_metrics(random, key);
      exporter_.publish(key, models[key]);
    }
    if (random.below(3) == 0) clock_.advance(milliseconds(random.below(20)));
    if (step % 40 != 0) continue;
    Exporter fresh(io_.get_executor(), clock_);
    for (const auto& [name, metrics] : models) fresh.publish(name, metrics);
    const Format format{.open_metrics = random.below(2) == 0, .gzip = random.below(2) == 0};
    tests::Started<std::shared_ptr<const Page>> want(
        io_, fresh.page({.open_metrics = format.open_metrics}));
    clock_.settle();
    const auto text = page(format);
    ASSERT_EQ(without_process(text), without_process(text_of(*want.value()))) << step;
    ASSERT_THAT(read_exposition(text, format.open_metrics).faults, IsEmpty());
  }
}

}  // namespace
}  // namespace leeway::exporter
