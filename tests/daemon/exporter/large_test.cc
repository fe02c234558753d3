#include <gmock/gmock.h>

#include <algorithm>
#include <set>
#include <string>

#include "tests/daemon/exporter/pages.h"
#include "tests/support/exposition.h"

namespace leeway::exporter {
namespace {

using std::chrono::milliseconds;
using testing::IsEmpty;

std::string name_of(int model) { return "model-" + std::to_string(1000 + model); }

ModelMetrics metrics_of(int model, double value) {
  ModelMetrics out;
  for (int column = 0; column < 25; ++column) {
    const std::string name = "column_" + std::to_string(column);
    for (const Family family : {Family::kDriftValue, Family::kFindingState,
                                Family::kColumnMissingRatio, Family::kDriftNoiseFloor}) {
      out.series.push_back(series(family, value * (column + 1), {{"column", name}}, Detail::kColumn,
                                  name_of(model)));
    }
  }
  return out;
}

class LargeExporterTest : public ExporterFixture {
 protected:
  static constexpr int kModels = 200;

  LargeExporterTest() {
    for (int i = 0; i < kModels; ++i) exporter_.publish(name_of(i), metrics_of(i, 0.01));
  }
};

TEST_F(LargeExporterTest, RendersALargePageOverManyTurns) {
  EXPECT_EQ(exporter_.ready_page({.gzip = true}), nullptr);
  const auto text = page({.gzip = true});
  const auto read = tests::read_exposition(text, false);
  EXPECT_THAT(read.faults, IsEmpty());
  EXPECT_EQ(read.value("leeway_drift_value", {{"model", name_of(7)}, {"column", "column_3"}}),
            0.04);
  EXPECT_NE(exporter_.ready_page({.gzip = true}), nullptr);
}

TEST_F(LargeExporterTest, SharesWhatDidNotChange) {
  page({.gzip = true});
  const auto before = exporter_.ready_page({.gzip = true});
  exporter_.publish(name_of(100), metrics_of(100, 0.02));
  const auto after = exporter_.ready_page({.gzip = true});
  ASSERT_NE(after, nullptr);
  const std::set<std::shared_ptr<const std::string>> old(before->pieces.begin(),
                                                         before->pieces.end());
  const auto is_new = [&old](const auto& piece) { return !old.contains(piece); };
  const auto fresh = std::ranges::count_if(after->pieces, is_new);
  EXPECT_LE(fresh, 8);  // four families of a block, and gzip's end
  EXPECT_GT(before->pieces.size(), 80U);
}

TEST_F(LargeExporterTest, PreparesAheadWhatIsAskedFor) {
  page({.gzip = true});
  for (int i = 0; i < kModels; ++i) exporter_.publish(name_of(i), metrics_of(i, 0.03));
  EXPECT_EQ(exporter_.ready_page({.gzip = true}), nullptr);
  clock_.advance(milliseconds(10));
  EXPECT_NE(exporter_.ready_page({.gzip = true}), nullptr);
  EXPECT_EQ(exporter_.ready_page({}), nullptr);  // nobody has asked for this one before
}

TEST_F(LargeExporterTest, DoesNothingAheadWhenNobodyScrapes) {
  page({.gzip = true});
  clock_.advance(std::chrono::minutes(11));
  for (int i = 0; i < kModels; ++i) exporter_.publish(name_of(i), metrics_of(i, 0.03));
  clock_.advance(std::chrono::seconds(1));
  EXPECT_EQ(exporter_.ready_page({.gzip = true}), nullptr);
}

TEST_F(LargeExporterTest, ShowsAModelWithVeryManySeries) {
  ModelMetrics large;
  for (int i = 0; i < 5000; ++i) {
    large.series.push_back(series(Family::kDriftValue, i, {{"column", "c" + std::to_string(i)}},
                                  Detail::kColumn, "model-1500"));
  }
  exporter_.publish("model-1500", large);
  for (const bool gzip : {false, true}) {
    const auto read = tests::read_exposition(page({.gzip = gzip}), false);
    EXPECT_THAT(read.faults, IsEmpty());
    EXPECT_EQ(read.value("leeway_drift_value", {{"model", "model-1500"}, {"column", "c4999"}}),
              4999.0);
  }
}

}  // namespace
}  // namespace leeway::exporter
