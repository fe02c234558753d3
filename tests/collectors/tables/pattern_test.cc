#include "collectors/tables/pattern.h"

#include <gmock/gmock.h>

#include <string>

namespace leeway::tables {
namespace {

using testing::HasSubstr;

TEST(Pattern, MatchesAnywhereUnlessItIsTiedToTheEnds) {
  const auto zip = Pattern::compile("^[0-9]{5}$");
  ASSERT_TRUE(zip) << zip.error().message;
  EXPECT_TRUE(zip->matches("01234"));
  EXPECT_FALSE(zip->matches("0123"));
  EXPECT_FALSE(zip->matches("x01234"));
  EXPECT_FALSE(zip->matches("01234\n"));
  EXPECT_TRUE(Pattern::compile("[0-9]{5}")->matches("x01234y"));
  EXPECT_TRUE(Pattern::compile("^\\p{Lu}")->matches("Ärger"));
}

TEST(Pattern, SaysWhatIsWrongWithAnExpression) {
  const auto open = Pattern::compile("^[0-9{5}$");
  ASSERT_FALSE(open);
  EXPECT_EQ(open.error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(open.error().message, HasSubstr("is no regular expression of RE2: missing ]"));
  EXPECT_FALSE(Pattern::compile("(?=x)")) << "no look-ahead: it is not regular";
  EXPECT_FALSE(Pattern::compile("(a)\\1"));
}

TEST(Pattern, RefusesWhatWouldBeTooLarge) {
  EXPECT_FALSE(Pattern::compile(std::string(1025, 'a')));
  EXPECT_TRUE(Pattern::compile(std::string(1024, 'a')));
  EXPECT_FALSE(Pattern::compile("((a{100}){100}){100}"));
}

// Where a backtracking engine takes exponential time.
TEST(Pattern, TakesLinearTimeWhateverTheText) {
  const auto pattern = Pattern::compile("^(a+)+$");
  ASSERT_TRUE(pattern);
  EXPECT_FALSE(pattern->matches(std::string(1'000'000, 'a') + "b"));
}

}  // namespace
}  // namespace leeway::tables
