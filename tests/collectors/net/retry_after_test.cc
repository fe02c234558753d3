#include "collectors/net/retry_after.h"

#include <gtest/gtest.h>

namespace leeway::net {
namespace {

using std::chrono::seconds;

const TimePoint kNow =
    from_micros(784'111'777'000'000);  // 1994-11-06T08:49:37Z, RFC 9110's example

TEST(RetryAfter, ReadsSeconds) {
  EXPECT_EQ(parse_retry_after("120", kNow), seconds(120));
  EXPECT_EQ(parse_retry_after(" 0 ", kNow), seconds(0));
}

TEST(RetryAfter, ReadsTheThreeFormsOfADate) {
  EXPECT_EQ(parse_retry_after("Sun, 06 Nov 1994 08:50:37 GMT", kNow), seconds(60));
  EXPECT_EQ(parse_retry_after("Sunday, 06-Nov-94 08:50:37 GMT", kNow), seconds(60));
  EXPECT_EQ(parse_retry_after("Sun Nov  6 08:50:37 1994", kNow), seconds(60));
}

TEST(RetryAfter, WaitsNoTimeForADateThatHasPassed) {
  EXPECT_EQ(parse_retry_after("Sun, 06 Nov 1994 08:49:00 GMT", kNow), seconds(0));
}

TEST(RetryAfter, BoundsWhatNobodyMeans) {
  const auto wait = parse_retry_after("99999999999999999999999", kNow);
  ASSERT_TRUE(wait.has_value());
  EXPECT_LT(*wait, std::chrono::hours(24 * 366 * 11));
  EXPECT_GT(kNow + *wait, kNow);
}

TEST(RetryAfter, IsNothingWhenItMakesNoSense) {
  for (const char* text : {"", " ", "-5", "1.5", "soon", "Sun, 06 Nov",
                           "06 Nov 1994 08:49:37 GMT x", "Sun, 31 Feb 1994 08:49:37 GMT"}) {
    EXPECT_FALSE(parse_retry_after(text, kNow).has_value()) << text;
  }
}

TEST(HttpDate, IsWrittenAsItIsRead) {
  EXPECT_EQ(to_http_date(kNow), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(parse_http_date(to_http_date(kNow)), kNow);
}

}  // namespace
}  // namespace leeway::net
