#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fstream>

#include "daemon/cli/compare.h"
#include "tests/support/temp_folder.h"

namespace leeway::cli {
namespace {

namespace json = boost::json;
using ::testing::HasSubstr;

class CompareQuality : public ::testing::Test {
 protected:
  /// An id, a number and a code.
  std::string file(const std::string& name, double shift, int repeated, bool constant) {
    const auto path = folder_ / name;
    std::ofstream out(path);
    out << "account,amount,colour\n";
    for (int i = 0; i < 1000; ++i) {
      const int id = i < repeated ? 999 - i : i;
      out << "secret-" << id << ',' << 0.37 * i + shift << ','
          << (constant || i % 2 == 0 ? "red" : "blue") << '\n';
    }
    return path;
  }
  CompareArguments files() {
    CompareArguments arguments;
    arguments.reference = file("reference.csv", 0.0, 0, false);
    arguments.current = file("current.csv", 200.0, 400, true);
    return arguments;
  }
  json::object compared(std::uint64_t exact_rows) {
    CompareArguments arguments = files();
    arguments.format = "json";
    arguments.exact_rows = exact_rows;
    const auto made = compare_files(arguments);
    EXPECT_TRUE(made) << made.error().message;
    return json::parse(made->text).as_object();
  }
  static json::object column(const json::object& report, std::string_view name) {
    for (const auto& each : report.at("columns").as_array()) {
      if (each.at("column").as_string() == name) return each.as_object();
    }
    return {};
  }
  static json::object quality(const json::object& of, std::string_view measure) {
    for (const auto& each : of.at("quality").as_array()) {
      if (each.at("measure").as_string() == measure) return each.as_object();
    }
    return {};
  }

  tests::TempFolder folder_;
};

TEST_F(CompareQuality, TellsRangeDuplicatesAndConstantColumns) {
  const json::object report = compared(1'000'000);
  const json::object range = quality(column(report, "amount"), "range");
  EXPECT_EQ(range.at("verdict").as_string(), "warning");
  EXPECT_NEAR(range.at("value").to_number<double>(), 0.541, 0.001);  // 200 / 0.37 of 1,000
  const json::object duplicates = quality(column(report, "account"), "duplicates");
  EXPECT_EQ(duplicates.at("verdict").as_string(), "critical");
  EXPECT_NEAR(duplicates.at("value").to_number<double>(), 0.4, 1e-9);
  EXPECT_EQ(quality(column(report, "colour"), "constant").at("verdict").as_string(), "critical");
  EXPECT_EQ(json::serialize(report).find("secret-1"), std::string::npos);
}

TEST_F(CompareQuality, DescribesQuantilesWithTheirRankErrorOnTheGrid) {
  const json::object amount = column(compared(0), "amount").at("describe").as_object();
  const json::object current = amount.at("current").as_object();
  EXPECT_FALSE(current.at("exact").as_bool());
  const json::object reference = amount.at("reference").as_object();
  EXPECT_NEAR(reference.at("quantiles").at("0.5").to_number<double>(), 185.0, 1.0);
  EXPECT_LE(reference.at("quantile_rank_errors").at("0.5").to_number<double>(), 0.002);
}

TEST_F(CompareQuality, SaysItInTheTextToo) {
  const auto made = compare_files(files());
  ASSERT_TRUE(made);
  EXPECT_THAT(made->text, HasSubstr("values lie beyond the reference's range"));
  EXPECT_THAT(made->text, HasSubstr("repeat an id"));
  EXPECT_THAT(made->text, HasSubstr("are one and the same"));
}

}  // namespace
}  // namespace leeway::cli
