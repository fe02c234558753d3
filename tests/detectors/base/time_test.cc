#include "detectors/base/time.h"

#include <gtest/gtest.h>

#include "detectors/base/random.h"

namespace leeway {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

TEST(Time, WritesWholeSecondsWithoutAFraction) {
  EXPECT_EQ(to_rfc3339(from_micros(0)), "1970-01-01T00:00:00Z");
  EXPECT_EQ(to_rfc3339(from_micros(981'173'106'000'000)), "2001-02-03T04:05:06Z");
  EXPECT_EQ(to_rfc3339(from_micros(981'173'106'000'070)), "2001-02-03T04:05:06.000070Z");
}

TEST(Time, WritesTimesBefore1970) {
  EXPECT_EQ(to_rfc3339(from_micros(-1)), "1969-12-31T23:59:59.999999Z");
}

TEST(Time, ReadsBackWhatItWrites) {
  Random random(1);
  const std::int64_t last = 253'402'300'799'999'999;  // the end of 9999
  for (int i = 0; i < 1000; ++i) {
    const auto micros = static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(last)));
    const auto read = parse_time(to_rfc3339(from_micros(micros)));
    ASSERT_TRUE(read) << micros;
    EXPECT_EQ(to_micros(*read), micros);
  }
}

TEST(Time, ReadsOffsetsSpacesAndDates) {
  const TimePoint want = from_micros(981'173'106'000'000);
  for (const char* text :
       {"2001-02-03T04:05:06Z", "2001-02-03 04:05:06", "2001-02-03T05:05:06+01:00",
        "2001-02-02T22:35:06-0530", "2001-02-03T04:05:06.000000Z"}) {
    const auto read = parse_time(text);
    ASSERT_TRUE(read) << text;
    EXPECT_EQ(*read, want) << text;
  }
  EXPECT_EQ(*parse_time("2001-02-03"), want - hours(4) - minutes(5) - seconds(6));
}

TEST(Time, RefusesWhatIsNoTime) {
  for (const char* text : {"", "2001", "2001-02-30", "2001-13-01", "2001-02-03T",
                           "2001-02-03T24:00", "2001-02-03T04:60", "2001-02-03T04:05:06X",
                           "2001-02-03T04:05:06+25:00", "2001-02-03T04:05:06Zx", "20010203"}) {
    EXPECT_FALSE(parse_time(text)) << text;
  }
}

TEST(Duration, ReadsUnitsLargestFirst) {
  EXPECT_EQ(*parse_duration("36h"), hours(36));
  EXPECT_EQ(*parse_duration("2h30m"), minutes(150));
  EXPECT_EQ(*parse_duration("2w"), hours(24 * 14));
  EXPECT_EQ(*parse_duration("1s5ms7us"), Duration(1'005'007));
  EXPECT_EQ(*parse_duration("0"), Duration(0));
}

TEST(Duration, RefusesWhatIsNoDuration) {
  for (const char* text :
       {"", "h", "5", "5x", "30m2h", "1h1h", "-5s", "1.5h", "99999999999999w", "9999999999999w"}) {
    EXPECT_FALSE(parse_duration(text)) << text;
  }
}

TEST(Duration, IsWrittenInTheShortestFormThatReadsBack) {
  EXPECT_EQ(to_string(Duration(0)), "0s");
  EXPECT_EQ(to_string(Duration(minutes(90))), "1h30m");
  EXPECT_EQ(to_string(Duration(hours(24 * 10))), "10d");
  EXPECT_EQ(to_string(Duration(hours(24 * 14))), "2w");
  Random random(2);
  for (int i = 0; i < 1000; ++i) {
    const Duration duration(
        static_cast<std::int64_t>(random.below(std::uint64_t{1} << (1 + random.below(50)))));
    EXPECT_EQ(*parse_duration(to_string(duration)), duration);
  }
}

}  // namespace
}  // namespace leeway
