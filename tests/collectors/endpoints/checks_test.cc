#include "collectors/endpoints/checks.h"

#include <gmock/gmock.h>

namespace leeway::endpoints {
namespace {

using Subject = Check::Subject;
using Op = Check::Test;

net::HttpResponse response() {
  net::HttpResponse out;
  out.status = 200;
  out.headers = {{"Content-Type", "application/json"}, {"X-Age", "12.5"}};
  out.body =
      R"({"status": "ready", "queue": {"depth": 7, "names": ["a"]}, "ok": true, "none": null})";
  return out;
}

struct Case {
  const char* name;
  Check check;
  const char* sentence;  ///< empty: passes
};

TEST(Checks, SayInASentenceWhatIsNotAsItShouldBe) {
  const std::vector<Case> cases{
      {"status", {.subject = Subject::kStatus}, ""},
      {"other status",
       {.subject = Subject::kStatus, .least = 300, .most = 399},
       "the status is 200, should be between 300 and 399"},
      {"header", {.subject = Subject::kHeader, .test = Op::kExists, .name = "x-age"}, ""},
      {"header equals as number",
       {.subject = Subject::kHeader, .test = Op::kEquals, .name = "x-age", .text = "12.50"},
       ""},
      {"header range",
       {.subject = Subject::kHeader, .test = Op::kRange, .name = "x-age", .least = 0, .most = 12},
       "header 'x-age' is '12.5', should be between 0 and 12"},
      {"no header",
       {.subject = Subject::kHeader, .test = Op::kExists, .name = "x-b"},
       "header 'x-b' is missing"},
      {"pointer",
       {.subject = Subject::kJsonPointer,
        .test = Op::kRange,
        .name = "/queue/depth",
        .least = 0,
        .most = 9},
       ""},
      {"pointer into a list",
       {.subject = Subject::kJsonPointer,
        .test = Op::kEquals,
        .name = "/queue/names/0",
        .text = "a"},
       ""},
      {"pointer to a boolean",
       {.subject = Subject::kJsonPointer, .test = Op::kEquals, .name = "/ok", .text = "true"},
       ""},
      {"pointer to null has no range",
       {.subject = Subject::kJsonPointer,
        .test = Op::kRange,
        .name = "/none",
        .least = -9,
        .most = 9},
       "'/none' of the body is missing, should be between -9 and 9"},
      {"pointer to nothing",
       {.subject = Subject::kJsonPointer, .test = Op::kExists, .name = "/nope"},
       "'/nope' of the body is missing"},
      {"pointer equals",
       {.subject = Subject::kJsonPointer, .test = Op::kEquals, .name = "/status", .text = "on"},
       "'/status' of the body is 'ready', should be 'on'"},
      {"body", {.subject = Subject::kBody, .test = Op::kMatches, .text = "\"re[a-z]+y\""}, ""},
      {"body does not match",
       {.subject = Subject::kBody, .test = Op::kMatches, .text = "^ok$"},
       "the body does not match '^ok$'"},
      {"body must not",
       {.subject = Subject::kBody, .test = Op::kDoesNotMatch, .text = "(?i)READY"},
       "the body matches '(?i)READY'"},
      {"what is not there matches nothing",
       {.subject = Subject::kHeader, .test = Op::kDoesNotMatch, .name = "x-b", .text = "."},
       ""},
  };
  for (const auto& one : cases) {
    SCOPED_TRACE(one.name);
    const auto checks = CompiledChecks::compile({one.check});
    ASSERT_TRUE(checks.has_value()) << checks.error().message;
    const auto results = checks->run(response());
    ASSERT_EQ(results.size(), 1U);
    EXPECT_EQ(results[0].sentence, one.sentence);
    EXPECT_EQ(results[0].passed, std::string_view(one.sentence).empty());
  }
}

TEST(Checks, TellThatABodyIsNoJson) {
  auto html = response();
  html.body = "<html>";
  const auto checks = CompiledChecks::compile(
      {{.subject = Subject::kJsonPointer, .test = Op::kExists, .name = "/status"}});
  EXPECT_EQ(checks->run(html)[0].sentence, "the body is not JSON at byte 0");
}

TEST(Checks, NeedTimeLinearInTheBodyWhateverTheExpression) {
  auto large = response();
  large.body.assign(std::size_t{4} << 20U, 'a');
  // A backtracking engine needs 2^n steps for it.
  const auto checks = CompiledChecks::compile(
      {{.subject = Subject::kBody, .test = Op::kMatches, .text = "(a*)*(a*)*(a|aa)*b"}});
  ASSERT_TRUE(checks.has_value());
  EXPECT_FALSE(checks->run(large)[0].passed);
}

TEST(Checks, AreRefusedWhenTheyMakeNoSense) {
  const std::vector<Case> cases{
      {"pointer",
       {.subject = Subject::kJsonPointer, .test = Op::kExists, .name = "a"},
       "JSON pointer 'a' must begin with '/'"},
      {"no name",
       {.subject = Subject::kHeader, .test = Op::kExists},
       "a check of a header or of JSON needs its name"},
      {"range of a body", {.subject = Subject::kBody}, "the body as a whole has no range"},
      {"status text",
       {.subject = Subject::kStatus, .test = Op::kMatches, .text = "2.."},
       "a status is checked by its range"},
      {"empty range",
       {.subject = Subject::kStatus, .least = 300, .most = 200},
       "the range of the status is empty"},
  };
  for (const auto& one : cases) {
    SCOPED_TRACE(one.name);
    const auto checks = CompiledChecks::compile({one.check});
    ASSERT_FALSE(checks.has_value());
    EXPECT_EQ(checks.error().message, one.sentence);
  }
}

}  // namespace
}  // namespace leeway::endpoints
