#include "collectors/compute/prometheus.h"

#include <gtest/gtest.h>

namespace leeway::compute {
namespace {

std::string vector(const std::string& result) {
  return R"({"status":"success","data":{"resultType":"vector","result":[)" + result + "]}}";
}

TEST(PrometheusQuery, AVectorOfOneSeriesIsItsValue) {
  const auto values =
      parse_query_answer(vector(R"({"metric":{"pod":"a"},"value":[1.7e9,"0.25"]})"));
  ASSERT_TRUE(values) << values.error().message;
  ASSERT_EQ(values->size(), 1U);
  EXPECT_EQ(values->front().value, 0.25);
}

TEST(PrometheusQuery, AnEmptyVectorIsNoDataAndNotZero) {
  const auto values = parse_query_answer(vector(""));
  ASSERT_FALSE(values);
  EXPECT_EQ(values.error().code, ErrorCode::kNotFound);
  EXPECT_EQ(values.error().message, "the query gives no data");
}

TEST(PrometheusQuery, NaNIsNoDataAndInfinityIsAValue) {
  EXPECT_EQ(parse_query_answer(vector(R"({"metric":{},"value":[1,"NaN"]})")).error().code,
            ErrorCode::kNotFound);
  const auto values = parse_query_answer(vector(
      R"({"metric":{"gpu":"0"},"value":[1,"NaN"]},{"metric":{"gpu":"1"},"value":[1,"+Inf"]})"));
  ASSERT_TRUE(values);
  ASSERT_EQ(values->size(), 1U);
  EXPECT_EQ(values->front().device, "1");
  EXPECT_EQ(values->front().value, HUGE_VAL);
}

TEST(PrometheusQuery, AScalarIsItsValue) {
  EXPECT_EQ(parse_query_answer(
                R"({"status":"success","data":{"resultType":"scalar","result":[1.7e9,"42"]}})")
                ->front()
                .value,
            42.0);
}

TEST(PrometheusQuery, TheUuidOfAGpuIsPreferredToItsNumber) {
  EXPECT_EQ(parse_query_answer(vector(R"({"metric":{"gpu":"0","UUID":"GPU-a"},"value":[1,"1"]})"))
                ->front()
                .device,
            "GPU-a");
}

TEST(PrometheusQuery, AQueryThatFailsIsSaidInTheServersWords) {
  const auto values = parse_query_answer(
      R"({"status":"error","errorType":"bad_data","error":"1:5: parse error: unexpected end"})");
  ASSERT_FALSE(values);
  EXPECT_EQ(values.error().message, "the query fails: bad_data: 1:5: parse error: unexpected end");
}

TEST(PrometheusQuery, OtherShapesAreRefused) {
  for (
      const char* body :
      {"", "[]", "{}", R"({"status":"success"})", R"({"status":"success","data":{"result":3}})",
       R"({"status":"success","data":{"resultType":"matrix","result":[]}})",
       R"({"status":"success","data":{"resultType":"scalar","result":[1]}})",
       R"({"status":"success","data":{"resultType":"vector","result":[{"metric":{},"histogram":[1,{}]}]}})",
       R"({"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1,"x"]}]}})"}) {
    EXPECT_FALSE(parse_query_answer(body)) << body;
  }
}

}  // namespace
}  // namespace leeway::compute
