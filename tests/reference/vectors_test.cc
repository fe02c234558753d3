// Runs every reference vector whose statistic exists against the product's own code.
// The files and their README say where the expected values come from.

#include <gmock/gmock.h>

#include <cstdlib>

#include "tests/tools/vectors/json.h"
#include "tests/tools/vectors/run.h"

namespace leeway::vectors {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::filesystem::path vectors_folder() {
  return std::filesystem::path(LEEWAY_SOURCE_DIR) / "tests" / "reference" / "vectors";
}

json::value file_of(const std::string& family) {
  auto file = load(vectors_folder() / (family + ".json"));
  EXPECT_TRUE(file) << (file ? "" : file.error().message);
  return file ? *file : json::value(json::object{{"groups", json::array{}}});
}

Comparison compared(const json::value& file) {
  json::object results;
  std::set<std::string> missing;
  run(file, results, missing);
  Comparison comparison;
  compare(file, results, comparison);
  return comparison;
}

struct Family {
  const char* name;
  std::uint64_t cases;
};

class WholeFamily : public testing::TestWithParam<Family> {};

TEST_P(WholeFamily, IsEqualInEveryCase) {
  const Comparison comparison = compared(file_of(GetParam().name));
  EXPECT_THAT(comparison.differences, IsEmpty());
  std::uint64_t equal = 0;
  for (const auto& [kind, cases] : comparison.kinds) {
    EXPECT_EQ(cases.not_run, 0U) << kind;
    equal += cases.equal;
  }
  EXPECT_EQ(equal, GetParam().cases);
}

INSTANTIATE_TEST_SUITE_P(Vectors, WholeFamily,
                         testing::Values(Family{"generators", 11}, Family{"psi", 65},
                                         Family{"ks", 41}, Family{"distances", 25},
                                         Family{"two_sample_tests", 39},
                                         Family{"categorical_tests", 35},
                                         Family{"multiple_testing", 7}, Family{"mmd", 10},
                                         Family{"detectors", 55},
                                         Family{"descriptive", 50}),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(Vectors, AreEqualWhereverAStatisticExists) {
  const auto files = vector_files(vectors_folder());
  ASSERT_TRUE(files);
  for (const auto& path : *files) {
    const auto file = load(path);
    ASSERT_TRUE(file) << file.error().message;
    EXPECT_THAT(compared(*file).differences, IsEmpty()) << path;
  }
}

TEST(Vectors, ThatCannotRunAreNamed) {
  json::object results;
  std::set<std::string> missing;
  json::value file = file_of("mmd");
  file.at("groups").at(0).at("statistic") = "a_statistic_to_come";
  run(file, results, missing);
  EXPECT_THAT(missing, ElementsAre("mmd/a_statistic_to_come"));
  EXPECT_TRUE(results.empty());
}

TEST(Vectors, ThatDifferAreReported) {
  const json::value file = file_of("ks");
  json::object results;
  std::set<std::string> missing;
  run(file, results, missing);
  results["ks/ks_two_sample/tiny-two-sided"].as_object()["p_exact"] = 0.6 * (1 + 2e-8);
  results["ks/ks_two_sample/empty"].as_object()["statistic"] = 0.0;  // undefined is not 0
  results["ks/ks_two_sample/one-ulp"].as_object().erase("p_limit");
  Comparison comparison;
  compare(file, results, comparison);
  EXPECT_THAT(comparison.differences,
              ElementsAre(HasSubstr("tiny-two-sided p_exact"), HasSubstr("empty statistic"),
                          HasSubstr("one-ulp p_limit: expected")));
  EXPECT_EQ(comparison.kinds["math"].different, 2U);
  EXPECT_EQ(comparison.kinds["policy"].different, 1U);
}

TEST(Same, TellsNumbersTextsAndWhatIsUndefinedApart) {
  const auto parsed = [](const char* text) { return *parse_exactly(text); };
  EXPECT_TRUE(same(parsed("1.0"), parsed("1"), 0, 0));
  EXPECT_TRUE(same(parsed("1.0"), parsed("1.0000001"), 1e-6, 0));
  EXPECT_FALSE(same(parsed("1.0"), parsed("1.0000001"), 1e-8, 0));
  EXPECT_TRUE(same(parsed("\"NaN\""), parsed("\"NaN\""), 0, 0));
  EXPECT_FALSE(same(parsed("\"Infinity\""), parsed("\"-Infinity\""), 1, 1));
  EXPECT_FALSE(same(parsed("null"), parsed("0"), 1, 1));
  EXPECT_FALSE(same(parsed("0"), parsed("null"), 1, 1));
  EXPECT_TRUE(same(parsed(R"({"any_of": [1, null]})"), parsed("null"), 0, 0));
  EXPECT_TRUE(same(parsed(R"({"a": [1, "x"]})"), parsed(R"({"a": [1, "x"], "b": 2})"), 0, 0));
  EXPECT_FALSE(same(parsed(R"({"a": [1]})"), parsed(R"({"a": [1, 2]})"), 0, 0));
  EXPECT_FALSE(same(parsed("true"), parsed("1"), 0, 0));
}

TEST(ParseExactly, RoundsEveryNumberCorrectly) {
  for (const char* text :
       {"0.1", "2.2250738585072011e-308", "9007199254740993.0", "1.7976931348623157e308",
        "0.30000000000000004", "5e-324", "-123456.789e-7"}) {
    EXPECT_EQ(parse_exactly(text)->as_double(), std::strtod(text, nullptr)) << text;
  }
  EXPECT_EQ(parse_exactly("18446744073709551615")->as_uint64(), 18446744073709551615ULL);
  EXPECT_FALSE(parse_exactly("[1, 2"));
  EXPECT_FALSE(parse_exactly("1 2"));
}

}  // namespace
}  // namespace leeway::vectors
