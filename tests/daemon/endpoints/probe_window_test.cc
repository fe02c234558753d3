#include "daemon/endpoints/probe_window.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "detectors/base/random.h"

namespace leeway::endpoint {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr TimePoint kNow{hours(24 * 20'000)};

TEST(TimeHistogram, QuantilesAreThoseOfTheSortedTimesToWithinACell) {
  Random random(3);
  TimeHistogram histogram;
  std::vector<double> micros;
  for (int i = 0; i < 20'000; ++i) {
    // Between 0.1 ms and 10 s, evenly in the logarithm.
    micros.push_back(std::floor(std::pow(10.0, 2.0 + 5.0 * random.uniform())));
    histogram.add(Duration(static_cast<std::int64_t>(micros.back())));
  }
  std::ranges::sort(micros);
  for (const double q : {0.5, 0.9, 0.99, 0.999}) {
    const auto read = histogram.quantile(q, 0);
    ASSERT_TRUE(read);
    const double exact = micros[static_cast<std::size_t>(std::ceil(q * 20'000.0)) - 1];
    const double ratio = static_cast<double>(read->count()) / exact;
    EXPECT_GE(ratio, 1.0 - 1e-3) << q;  // an upper edge, rounded to microseconds
    EXPECT_LE(ratio, std::exp2(1.0 / 8.0) + 1e-3) << q;
  }
}

TEST(TimeHistogram, MergedIsTheHistogramOfBoth) {
  TimeHistogram both;
  TimeHistogram left;
  TimeHistogram right;
  for (int i = 1; i <= 500; ++i) {
    both.add(milliseconds(i));
    (i % 3 == 0 ? left : right).add(milliseconds(i));
  }
  left.merge(right);
  EXPECT_EQ(left.to_json(), both.to_json());
}

TEST(TimeHistogram, ProbesWithoutAnEndLieBeyondAllTimes) {
  TimeHistogram histogram;
  for (int i = 0; i < 98; ++i) histogram.add(milliseconds(10));
  EXPECT_TRUE(histogram.quantile(0.98, 2));
  EXPECT_EQ(histogram.quantile(0.99, 2), std::nullopt);
  EXPECT_EQ(TimeHistogram{}.quantile(0.5, 0), std::nullopt);
}

TEST(ProbeWindow, ForgetsWhatIsOlderThanItsSpanToWithinASlice) {
  ProbeWindow window(hours(1), milliseconds(100));
  for (int minute = 0; minute < 180; ++minute) {
    const auto time = minute < 90 ? milliseconds(200) : milliseconds(50);
    window.add(kNow + minutes(minute), minute >= 90, time, false);
  }
  const auto sum = window.sum(kNow + minutes(179));
  EXPECT_GE(sum.probes, 58U);
  EXPECT_LE(sum.probes, 60U);
  EXPECT_EQ(sum.good, sum.probes);
  EXPECT_EQ(sum.slow, 0U);
  EXPECT_EQ(window.sum(kNow + hours(5)).probes, 0U);
}

TEST(ProbeWindow, CountsBeyondTheLimitExactly) {
  ProbeWindow window(hours(1), milliseconds(100));
  window.add(kNow, true, milliseconds(100), false);  // not beyond, though its cell's edge is
  window.add(kNow, true, milliseconds(100) + Duration(1), false);
  window.add(kNow, false, std::nullopt, true);   // a deadline hit
  window.add(kNow, false, std::nullopt, false);  // refused at once: says nothing of the time
  const auto sum = window.sum(kNow);
  EXPECT_EQ(sum.probes, 4U);
  EXPECT_EQ(sum.good, 2U);
  EXPECT_EQ(sum.timed, 3U);
  EXPECT_EQ(sum.slow, 2U);
  EXPECT_EQ(sum.endless, 1U);
}

TEST(ProbeWindow, AClockThatJumpedBackLeavesNothingOfTheFuture) {
  ProbeWindow window(hours(1), Duration{0});
  window.add(kNow + hours(3), false, std::nullopt, false);
  window.add(kNow, true, std::nullopt, false);
  EXPECT_EQ(window.sum(kNow).probes, 1U);
  EXPECT_EQ(window.sum(kNow + hours(3)).probes, 0U);
}

TEST(ProbeWindow, ComesBackAsItWasUnlessItIsAskedSomethingElse) {
  ProbeWindow window(hours(1), milliseconds(100));
  for (int i = 0; i < 300; ++i)
    window.add(kNow + seconds(12 * i), i % 7 != 0, milliseconds(i), false);
  ProbeWindow same(hours(1), milliseconds(100));
  ASSERT_TRUE(same.read_json(window.to_json()));
  EXPECT_EQ(same.to_json(), window.to_json());
  ProbeWindow other(hours(2), milliseconds(100));
  ASSERT_TRUE(other.read_json(window.to_json()));
  EXPECT_EQ(other.sum(kNow + hours(1)).probes, 0U);
  EXPECT_FALSE(same.read_json(boost::json::value{1}));
}

}  // namespace
}  // namespace leeway::endpoint
