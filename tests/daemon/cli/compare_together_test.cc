#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <boost/json/value_to.hpp>
#include <cmath>
#include <fstream>

#include "daemon/cli/compare.h"
#include "detectors/base/random.h"
#include "tests/support/temp_folder.h"

namespace leeway::cli {
namespace {

using testing::HasSubstr;

/// 300 rows a day: `x` is uniform, and so is `y`, which is `x` in part of the rows and drawn anew in
/// the others. `v` is a point near the first axis, turned by `turn`.
void write(const std::filesystem::path& path, int days, double share, double turn = 0.0) {
  Random random(static_cast<std::uint64_t>(days) + static_cast<std::uint64_t>(share * 100.0));
  std::ofstream out(path);
  out << "at,x,y,v\n";
  for (int row = 0; row < days * 300; ++row) {
    const double x = random.uniform();
    const double y = random.uniform() < share ? x : random.uniform();
    const double angle = turn + 0.2 * random.uniform();
    const double length = 1.0 + 0.2 * random.uniform();
    const int day = row / 300 + 1;
    const int minute = row % 300;
    out << "2001-01-" << (day < 10 ? "0" : "") << day << "T0" << minute / 60 << ":"
        << (minute % 60 < 10 ? "0" : "") << minute % 60 << ":00Z," << x << "," << y << ",\"["
        << length * std::cos(angle) << ", " << length * std::sin(angle) << "]\"\n";
  }
}

class CompareTogether : public testing::Test {
 protected:
  CompareTogether() {
    write(folder_ / "reference.csv", 20, 0.8);
    write(folder_ / "same.csv", 2, 0.8);
    write(folder_ / "apart.csv", 2, 0.0);
    write(folder_ / "turned.csv", 2, 0.8, 0.5);
  }
  CompareArguments arguments(const std::string& current) {
    CompareArguments given;
    given.reference = (folder_ / "reference.csv").string();
    given.current = (folder_ / current).string();
    given.format = "json";
    given.fail_on = "drift";
    return given;
  }
  static Comparison compared(const CompareArguments& given) {
    auto done = compare_files(given);
    EXPECT_TRUE(done) << done.error().message;
    return done ? std::move(*done) : Comparison{};
  }
  static boost::json::object report(const Comparison& comparison) {
    return boost::json::parse(comparison.text).as_object();
  }

  tests::TempFolder folder_;
};

TEST_F(CompareTogether, FindsColumnsThatChangedOnlyInHowTheyGoTogether) {
  CompareArguments given = arguments("apart.csv");
  EXPECT_FALSE(compared(given).failed) << "each column by itself is as it was";
  given.multivariate = {"correlation", "domain_classifier"};
  const Comparison comparison = compared(given);
  EXPECT_TRUE(comparison.failed);
  const auto found = report(comparison).at("multivariate").as_array();
  ASSERT_EQ(found.size(), 2U);
  for (const auto& each : found) EXPECT_EQ(each.at("verdict"), "critical") << each;
  EXPECT_THAT(boost::json::value_to<std::string>(found[0].at("note")), HasSubstr("x and y"));
  given.format = "text";
  EXPECT_THAT(compared(given).text, HasSubstr("(all columns)        correlation"));
}

TEST_F(CompareTogether, FindsNothingWhereNothingChanged) {
  CompareArguments given = arguments("same.csv");
  given.multivariate = {"correlation", "domain_classifier", "pca_reconstruction", "mmd"};
  const Comparison comparison = compared(given);
  EXPECT_FALSE(comparison.failed) << comparison.text;
  const auto report_of_it = report(comparison);
  for (const auto& each : report_of_it.at("multivariate").as_array())
    EXPECT_EQ(each.at("verdict"), "ok") << each;
}

TEST_F(CompareTogether, FindsAnEmbeddingThatTurned) {
  CompareArguments given = arguments("turned.csv");
  EXPECT_FALSE(compared(given).failed);
  given.types = {"v=embedding"};
  const Comparison comparison = compared(given);
  EXPECT_TRUE(comparison.failed) << comparison.text;
  const auto report_of_it = report(comparison);
  const auto& columns = report_of_it.at("columns").as_array();
  const auto v = std::find_if(columns.begin(), columns.end(),
                              [](const auto& each) { return each.at("column") == "v"; });
  ASSERT_NE(v, columns.end());
  EXPECT_EQ(v->at("verdict"), "critical");
  EXPECT_EQ(v->at("measures").as_array().size(), 3U);
}

TEST_F(CompareTogether, SaysWhichMeasureThereIsNot) {
  CompareArguments given = arguments("same.csv");
  given.multivariate = {"corelation"};
  const auto done = compare_files(given);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(done.error().message, HasSubstr("did you mean 'correlation'?"));
}

}  // namespace
}  // namespace leeway::cli
