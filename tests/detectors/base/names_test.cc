#include "detectors/base/names.h"

#include <gtest/gtest.h>

#include <array>
#include <vector>

namespace leeway {
namespace {

TEST(NearestName, ForgivesOneSlipInThreeLetters) {
  constexpr std::array<std::string_view, 4> kNames{"thresholds", "threshold", "name", "if"};
  EXPECT_EQ(nearest_name("treshold", kNames), "threshold");
  EXPECT_EQ(nearest_name("treshholds", kNames), "thresholds");
  EXPECT_EQ(nearest_name("nmae", kNames), "name");
  EXPECT_EQ(nearest_name("fi", kNames), "if");
  EXPECT_EQ(nearest_name("i", kNames), "if");
  EXPECT_EQ(nearest_name("numbers", kNames), std::nullopt);
  EXPECT_EQ(nearest_name("", {}), std::nullopt);
}

TEST(NearestName, TakesTheFirstOfEquallyNear) {
  constexpr std::array<std::string_view, 3> kNames{"caat", "bat", "hat"};
  EXPECT_EQ(nearest_name("cat", kNames), "caat");
}

struct Glob {
  const char* pattern;
  const char* text;
  bool want;
};

TEST(Glob, MatchesTheWholeText) {
  const std::vector<Glob> table{
      {"", "", true},
      {"", "a", false},
      {"*", "", true},
      {"*", "anything", true},
      {"a*", "abc", true},
      {"a*", "ba", false},
      {"*c", "abc", true},
      {"a*c", "abcbc", true},
      {"a*c", "abcb", false},
      {"?", "a", true},
      {"?", "", false},
      {"a?c", "abc", true},
      {"a?c", "ac", false},
      {"*a*b*", "xxaxxbxx", true},
      {"*a*b*", "xxbxxaxx", false},
      {"**", "x", true},
      {"delay", "Delay", false},
      {"a.c", "abc", false},
      {"[ab]", "a", false},
  };
  for (const Glob& row : table) {
    EXPECT_EQ(matches_glob(row.pattern, row.text), row.want) << row.pattern << " on " << row.text;
  }
}

TEST(Glob, ManyStarsCostNoMoreThanLengthTimesLength) {
  std::string pattern;
  for (int i = 0; i < 50; ++i) pattern += "*a";
  EXPECT_FALSE(matches_glob(pattern + "b", std::string(20'000, 'a')));
}

}  // namespace
}  // namespace leeway
