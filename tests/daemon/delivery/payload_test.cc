#include "daemon/delivery/payload.h"

#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <string>

#include "tests/daemon/store/database.h"

namespace leeway::delivery {
namespace {

namespace json = boost::json;

const TimePoint kNow = tests::at("2001-02-03T04:05:06Z");

json::object data_of(const std::string& payload) {
  EXPECT_LE(payload.size(), kMaxPayloadBytes);
  return json::parse(payload).as_object()["data"].as_object();
}

TEST(Payload, HasTypeTimestampAndData) {
  EXPECT_EQ(event_payload("leeway.incident.opened", kNow, {{"model", "a"}}),
            R"({"type":"leeway.incident.opened","timestamp":"2001-02-03T04:05:06Z",)"
            R"("data":{"model":"a"}})");
}

TEST(Payload, LosesTheEndOfItsLongestList) {
  json::array columns;
  for (int i = 0; i < 5000; ++i) columns.push_back({{"column", "c" + std::to_string(i)}});
  const auto data = data_of(event_payload("x", kNow, {{"model", "m"}, {"columns", columns}}));
  EXPECT_EQ(data.at("model"), "m");
  EXPECT_EQ(data.at("truncated"), true);
  const auto& left = data.at("columns").as_array();
  EXPECT_GT(left.size(), 100U);
  EXPECT_EQ(left.front().at("column"), "c0");
}

TEST(Payload, ShortensALongTextBetweenItsCharacters) {
  std::string text;
  while (text.size() < 50'000) text += "ü€";
  const auto data = data_of(event_payload("x", kNow, {{"summary", text}, {"model", "m"}}));
  const std::string left(data.at("summary").as_string());
  EXPECT_EQ(text.substr(0, left.size() - 3), left.substr(0, left.size() - 3));
  EXPECT_TRUE(left.ends_with("…"));
  EXPECT_GT(left.size(), 10'000U);
}

TEST(Payload, IsLeftAloneWhenItFits) {
  const auto data = data_of(event_payload("x", kNow, {{"list", json::array{1, 2, 3}}}));
  EXPECT_FALSE(data.contains("truncated"));
}

}  // namespace
}  // namespace leeway::delivery
