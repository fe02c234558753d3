#include <gmock/gmock.h>

#include <cmath>

#include "collectors/endpoints/scrape.h"

namespace leeway::endpoints {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;

Sample only(std::string_view text, bool open_metrics = false) {
  const auto scrape = parse_exposition(text, open_metrics);
  EXPECT_EQ(scrape.rejected, 0U) << (scrape.examples.empty() ? "" : scrape.examples[0].reason);
  EXPECT_THAT(scrape.samples, SizeIs(1));
  return scrape.samples.empty() ? Sample{} : scrape.samples[0];
}

TEST(Exposition, ReadsNamesLabelsValuesAndTimes) {
  const auto sample =
      only("http_requests_total{method=\"post\",code=\"200\",} 1027 1395066363000\n");
  EXPECT_EQ(sample.name, "http_requests_total");
  EXPECT_THAT(sample.labels, ElementsAre(Pair("method", "post"), Pair("code", "200")));
  EXPECT_EQ(sample.value, 1027);
  EXPECT_EQ(sample.time, from_micros(1395066363000000));
  EXPECT_EQ(*sample.label("code"), "200");
  EXPECT_EQ(sample.label("none"), nullptr);
}

TEST(Exposition, ReadsColonsAsVllmWritesThem) {
  EXPECT_EQ(only("vllm:num_requests_running{model_name=\"llama\"} 3.0").name,
            "vllm:num_requests_running");
  EXPECT_EQ(only(":tensorflow:serving:request_count 1").name, ":tensorflow:serving:request_count");
}

TEST(Exposition, ReadsQuotedNames) {
  const auto sample = only("{\"my.name\", \"quoted.label\"=\"v\", l=\"w\"} 1\n");
  EXPECT_EQ(sample.name, "my.name");
  EXPECT_THAT(sample.labels, ElementsAre(Pair("quoted.label", "v"), Pair("l", "w")));
}

TEST(Exposition, ReadsEscapesBracesAndTextOfAnyLanguage) {
  const auto sample =
      only("m{path=\"C:\\\\DIR\\\\\",error=\"a\\n\\\"b\\\"\",c=\"}, {\",d=\"größe\"} 1");
  EXPECT_EQ(*sample.label("path"), "C:\\DIR\\");
  EXPECT_EQ(*sample.label("error"), "a\n\"b\"");
  EXPECT_EQ(*sample.label("c"), "}, {");
  EXPECT_EQ(*sample.label("d"), "größe");
}

TEST(Exposition, ReadsEveryFormOfANumber) {
  for (const auto* text : {"m NaN", "m nan"}) EXPECT_TRUE(std::isnan(only(text).value));
  for (const auto* text : {"m +Inf", "m Inf", "m inf"}) EXPECT_EQ(only(text).value, INFINITY);
  EXPECT_EQ(only("m -Inf").value, -INFINITY);
  EXPECT_EQ(only("m\t 1.5e-3").value, 1.5e-3);
  EXPECT_EQ(only("m +2").value, 2);
}

TEST(Exposition, ReadsOpenMetricsWithExemplarsAndSeconds) {
  const auto scrape = parse_exposition(
      "# TYPE foo histogram\n"
      "foo_bucket{le=\"0.1\"} 8 # {} 0.054\n"
      "foo_bucket{le=\"1\"} 11 1520879607.789 # {trace_id=\"KOO5S4vxi0o\"} 0.67 1520879607.7\n"
      "foo_count 17 st@1520430000\n"
      "# EOF\nafter 1\n",
      true);
  EXPECT_EQ(scrape.rejected, 0U);
  EXPECT_FALSE(scrape.truncated);
  ASSERT_THAT(scrape.samples, SizeIs(3));
  EXPECT_EQ(scrape.samples[1].time, from_micros(1520879607789000));
}

TEST(Exposition, SaysThatOpenMetricsWasCutOff) {
  EXPECT_TRUE(parse_exposition("a 1\n", true).truncated);
  EXPECT_FALSE(parse_exposition("a 1", false).truncated);
}

TEST(Exposition, LosesNoMoreThanTheLineThatIsBad) {
  const auto scrape = parse_exposition(
      "good 1\r\n"
      "\r\n"
      "1bad 1\n"
      "bad{a=\"b\n"
      "bad{a=b} 1\n"
      "bad{=\"b\"} 1\n"
      "bad one\n"
      "bad 1 2 3\n"
      "bad\n"
      "good 2\n"
      "  good{a=\"\"} 3\n"
      "late 4");
  EXPECT_EQ(scrape.lines, 12U);
  EXPECT_EQ(scrape.rejected, 7U);
  EXPECT_EQ(scrape.duplicates, 1U);  // the first value of "good" counts
  ASSERT_THAT(scrape.samples, SizeIs(3));
  EXPECT_EQ(scrape.samples[0].value, 1);
  EXPECT_EQ(scrape.samples[2].name, "late");
  ASSERT_THAT(scrape.examples, SizeIs(5));
  EXPECT_EQ(scrape.examples[0].number, 3U);
  EXPECT_EQ(scrape.examples[0].reason, "a name begins with a digit");
  EXPECT_EQ(scrape.examples[1].reason, "a label's value does not end");
}

TEST(Exposition, TakesTheOrderOfLabelsForNothing) {
  EXPECT_EQ(parse_exposition("m{a=\"1\",b=\"2\"} 1\nm{b=\"2\",a=\"1\"} 2\n").duplicates, 1U);
}

TEST(Exposition, KeepsNoMoreThanItsBound) {
  const auto scrape = parse_exposition("a 1\nb 1\nc 1\n", false, 2);
  EXPECT_THAT(scrape.samples, SizeIs(2));
  EXPECT_TRUE(scrape.truncated);
}

TEST(Exposition, OfNothingIsEmpty) { EXPECT_THAT(parse_exposition("").samples, IsEmpty()); }

}  // namespace
}  // namespace leeway::endpoints
