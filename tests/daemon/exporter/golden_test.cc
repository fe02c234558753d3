#include <gmock/gmock.h>
#include <prometheus/counter.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iterator>
#include <regex>

#include "tests/daemon/exporter/pages.h"
#include "tests/support/exposition.h"

namespace leeway::exporter {
namespace {

using testing::IsEmpty;

/// Two models as they really look, and the process's own counters.
class GoldenTest : public ExporterFixture {
 protected:
  GoldenTest() {
    ModelMetrics flight;
    for (const auto& [column, value] : {std::pair("distance", 0.0123456789), {"delay", 0.31}}) {
      const std::string name = column;
      flight.series.push_back(series(
          Family::kDriftValue, value,
          {{"column", name}, {"measure", "psi"}, {"against", "reference"}}, Detail::kColumn));
      flight.series.push_back(
          series(Family::kFindingState, value > 0.2 ? 2 : 0, {{"column", name}}, Detail::kColumn));
    }
    flight.series.push_back(
        series(Family::kModelInfo, 1, {{"version", "7"}, {"team", "a \"b\""}, {"owner", "c\\d"}}));
    flight.series.push_back(series(Family::kRows, 123456789, {{"outcome", "judged"}}));
    flight.series.push_back(series(Family::kWatermark, 981173106.789));
    exporter_.publish("production/flight-delay", flight);
    ModelMetrics adult;
    adult.series.push_back(series(Family::kModelInfo, 1,
                                  {{"version", "1"}, {"team", ""}, {"owner", ""}}, Detail::kModel,
                                  "adult"));
    exporter_.publish("production/adult", adult);

    auto& registry = exporter_.registry();
    prometheus::BuildCounter()
        .Name("leeway_deliveries_total")
        .Help("Deliveries, by target and outcome.")
        .Register(registry)
        .Add({{"target", "chat"}, {"outcome", "delivered"}})
        .Increment(3);
    prometheus::BuildHistogram()
        .Name("leeway_http_request_duration_seconds")
        .Help("How long answers took.")
        .Register(registry)
        .Add({}, prometheus::Histogram::BucketBoundaries{0.001, 1.0})
        .Observe(0.5);
  }

  /// Equal to the file but for the values of process_*. LEEWAY_UPDATE_GOLDEN=1 writes it anew.
  static void expect_golden(const std::string& page, const std::string& name) {
    const std::regex process("(\nprocess_[a-z_]+) [^\n]+");
    const std::string shown = std::regex_replace(page, process, "$1 <value>");
    const auto path = std::string(LEEWAY_SOURCE_DIR) + "/tests/daemon/exporter/golden/" + name;
    if (std::getenv("LEEWAY_UPDATE_GOLDEN") != nullptr) std::ofstream(path) << shown;
    std::ifstream file(path);
    const std::string golden((std::istreambuf_iterator<char>(file)),
                             std::istreambuf_iterator<char>());
    EXPECT_EQ(shown, golden);
  }
};

TEST_F(GoldenTest, ThePageInTheTextFormat) {
  const auto text = page();
  EXPECT_THAT(tests::read_exposition(text, false).faults, IsEmpty());
  expect_golden(text, "page.txt");
}

TEST_F(GoldenTest, ThePageInOpenMetrics) {
  const auto text = page({.open_metrics = true});
  EXPECT_THAT(tests::read_exposition(text, true).faults, IsEmpty());
  expect_golden(text, "page.openmetrics.txt");
}

TEST_F(GoldenTest, IsTheSameCompressed) {
  EXPECT_EQ(page(), page({.gzip = true}));
  EXPECT_EQ(page({.open_metrics = true}), page({.open_metrics = true, .gzip = true}));
}

TEST_F(GoldenTest, TellsOfTheProcess) {
  const auto read = tests::read_exposition(page(), false);
  EXPECT_GT(read.value("process_resident_memory_bytes").value_or(0), 1e6);
  EXPECT_GE(read.value("process_open_fds").value_or(0), 3);
  EXPECT_GE(read.value("process_max_fds").value_or(0), 3);
  EXPECT_GT(read.value("process_cpu_seconds_total").value_or(0), 0);
  const double age = static_cast<double>(std::time(nullptr)) -
                     read.value("process_start_time_seconds").value_or(0);
  EXPECT_GT(age, -2);
  EXPECT_LT(age, 600);
}

}  // namespace
}  // namespace leeway::exporter
