#include "collectors/endpoints/golden.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>

namespace leeway::endpoints {
namespace {

using testing::HasSubstr;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

GoldenCase golden(std::vector<Value> values, double absolute = 1e-3, double relative = 0,
                  std::size_t width = 1) {
  return {.name = "basic",
          .outputs = {{.expected = {.name = "score", .width = width, .values = std::move(values)},
                       .absolute = absolute,
                       .relative = relative}}};
}

std::vector<Output> answer(std::vector<Value> values, std::size_t width = 1) {
  return {{.name = "score", .width = width, .values = std::move(values)}};
}

TEST(Golden, MatchesWithinItsTolerance) {
  const auto result = compare(golden({0.25, 0.5}), answer({0.2509, 0.5}));
  EXPECT_TRUE(result.matched);
  EXPECT_EQ(result.compared, 2U);
  EXPECT_NEAR(result.largest_difference, 0.0009, 1e-12);
  EXPECT_EQ(result.sentence, "");
  EXPECT_TRUE(compare(golden({1000.0}, 0, 1e-3), answer({1000.9})).matched);
  EXPECT_FALSE(compare(golden({1000.0}, 0, 1e-3), answer({1001.1})).matched);
}

TEST(Golden, TellsWhereAndByHowMuchAModelAnswersOtherwise) {
  const auto result =
      compare(golden({0.25, 0.5, 0.75, 1.0}, 1e-3, 0, 2), answer({0.25, 0.5, 0.5, 0.25}, 2));
  EXPECT_FALSE(result.matched);
  EXPECT_EQ(result.different, 2U);
  EXPECT_EQ(result.largest_difference, 0.75);
  EXPECT_EQ(
      result.sentence,
      "golden 'basic': output 'score' row 1 column 0 is 0.5, was 0.75 (allowed ± 0.001); 2 of "
      "4 values differ");
}

TEST(Golden, KnowsValuesThatAreNoNumbers) {
  EXPECT_TRUE(compare(golden({kNan, kInfinity, "yes", true, Value()}),
                      answer({kNan, kInfinity, "yes", true, Value()}))
                  .matched);
  EXPECT_EQ(compare(golden({"yes"}), answer({"no"})).sentence,
            "golden 'basic': output 'score' row 0 is 'no', was 'yes'");
  EXPECT_FALSE(compare(golden({0.5}), answer({kNan})).matched);
  EXPECT_EQ(compare(golden({0.5}), answer({kNan})).largest_difference, kInfinity);
  EXPECT_FALSE(compare(golden({kInfinity}, 1e9, 1e9), answer({-kInfinity})).matched);
  EXPECT_TRUE(compare(golden({std::int64_t{2}}), answer({2.0})).matched);  // servers write both
}

TEST(Golden, SeesAnotherShape) {
  EXPECT_EQ(compare(golden({0.5, 0.5}), answer({0.5})).sentence,
            "golden 'basic': output 'score' has 1 rows of 1, had 2 of 1");
  EXPECT_FALSE(compare(golden({0.5, 0.5}), answer({0.5, 0.5}, 2)).matched);
  EXPECT_EQ(compare(golden({0.5}), {}).sentence, "golden 'basic': output 'score' is gone");
}

TEST(Golden, TakesTheOnlyOutputWhateverItIsCalled) {
  auto renamed = answer({0.5});
  renamed[0].name = "output_0";
  EXPECT_TRUE(compare(golden({0.5}), renamed).matched);
  renamed.push_back({.name = "other", .values = {1.0}});
  EXPECT_FALSE(compare(golden({0.5}), renamed).matched);
}

TEST(Golden, IsReadAsItWasWritten) {
  GoldenCase rows = golden({0.25, kNan, -kInfinity}, 0.5, 0.125);
  rows.rows = {.names = {"age", "city"}, .cells = {{31.5, "Oslo"}, {Value(), "NaN"}, {2.0, "c"}}};
  GoldenCase body = golden({"Oslo"});
  body.name = "body";
  body.body = R"({"messages":[]})";
  const auto read = parse_golden(write_golden({rows, body}));
  ASSERT_TRUE(read.has_value()) << read.error().message;
  ASSERT_EQ(read->size(), 2U);
  const auto& first = (*read)[0];
  EXPECT_EQ(first.rows.names, rows.rows.names);
  EXPECT_EQ(first.rows.cells[0], rows.rows.cells[0]);
  EXPECT_EQ(first.rows.cells[1], rows.rows.cells[1]);
  EXPECT_EQ(first.outputs[0].absolute, 0.5);
  EXPECT_EQ(first.outputs[0].relative, 0.125);
  EXPECT_TRUE(std::isnan(to_number(first.outputs[0].expected.values[1])));
  EXPECT_EQ(first.outputs[0].expected.values[2], Value(-kInfinity));
  EXPECT_EQ((*read)[1].body, body.body);
}

struct Broken {
  const char* text;
  const char* sentence;
};

TEST(Golden, TellsWhatIsWrongInItsFile) {
  const std::vector<Broken> all{
      {"{", "not JSON at byte 1"},
      {"{}", "a list 'golden' is missing"},
      {R"({"golden": [{"name": "a"}]})", "golden 'a': needs either 'rows' or 'body'"},
      {R"({"golden": [{"name": "a", "body": {}}]})", "golden 'a': a list 'outputs' is needed"},
      {R"({"golden": [{"rows": {"names": ["x", "y"], "cells": [[1]]}, "outputs": [{}]}]})",
       "golden '0': rows: row 0 has 1 cells for 2 names"},
      {R"({"golden": [{"rows": {"names": [], "cells": []}, "outputs": [{}]}]})",
       "golden '0': rows: there is no row"},
      {R"({"golden": [{"body": {}, "outputs": [{"values": [1]}]}]})",
       "golden '0': outputs: name is missing"},
      {R"({"golden": [{"body": {}, "outputs": [{"name": "s", "width": 2, "values": [1]}]}]})",
       "golden '0': outputs: values must be rows of `width` each, and some"},
      {R"({"golden": [{"body": {}, "outputs": [{"name": "s", "values": [1], "absolute": -1}]}]})",
       "golden '0': outputs: a tolerance must be a number of at least 0"},
      {R"({"golden": [{"body": {}, "outputs": [{"name": "s", "values": [[1]]}]}]})",
       "golden '0': outputs: values: a list or an object stands where one value belongs"},
  };
  for (const auto& broken : all) {
    SCOPED_TRACE(broken.text);
    const auto read = parse_golden(broken.text);
    ASSERT_FALSE(read.has_value());
    EXPECT_EQ(read.error().code, ErrorCode::kCorrupt);
    EXPECT_EQ(read.error().message, broken.sentence);
  }
}

}  // namespace
}  // namespace leeway::endpoints
