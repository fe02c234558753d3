#include "daemon/delivery/retry_class.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "collectors/net/retry_after.h"
#include "tests/daemon/store/database.h"

namespace leeway::delivery {
namespace {

using Kind = Outcome::Kind;
using tests::must;

const TimePoint kNow = tests::at("2001-01-01");

struct Case {
  const char* kind;
  int status;
  Kind want;
};

class RetryClasses : public testing::TestWithParam<Case> {};

TEST_P(RetryClasses, JudgeAStatus) {
  const auto& [kind, status, want] = GetParam();
  net::HttpResponse response;
  response.status = status;
  EXPECT_EQ(must(judge(retry_class(kind), response, kNow)).kind, want);
}

INSTANTIATE_TEST_SUITE_P(
    Table, RetryClasses,
    testing::Values(Case{"webhook", 200, Kind::kDelivered}, Case{"webhook", 204, Kind::kDelivered},
                    Case{"webhook", 301, Kind::kDead}, Case{"webhook", 400, Kind::kDead},
                    Case{"webhook", 401, Kind::kDead}, Case{"webhook", 410, Kind::kDead},
                    Case{"webhook", 408, Kind::kRetry}, Case{"webhook", 429, Kind::kRetry},
                    Case{"webhook", 500, Kind::kRetry}, Case{"webhook", 504, Kind::kRetry},
                    Case{"github_workflow", 200, Kind::kDelivered},
                    Case{"github_workflow", 502, Kind::kAmbiguous},
                    Case{"github_workflow", 429, Kind::kRetry},
                    Case{"github_workflow", 422, Kind::kDead},
                    Case{"azure_devops", 203,
                         Kind::kDead},  // a sign-in page that looks like success
                    Case{"azure_devops", 302, Kind::kDead}, Case{"airflow", 409, Kind::kDelivered},
                    Case{"azure_ml_job", 503, Kind::kRetry},
                    Case{"pagerduty", 202, Kind::kDelivered}, Case{"pagerduty", 200, Kind::kDead},
                    Case{"argo", 503, Kind::kRetry}, Case{"argo", 500, Kind::kAmbiguous}),
    [](const auto& instance) {
      return std::string(instance.param.kind) + "_" + std::to_string(instance.param.status);
    });

TEST(RetryClass, IsClearAboutEveryStatus) {
  std::set<std::string_view> kinds;
  for (const auto& one : retry_classes()) {
    EXPECT_TRUE(kinds.insert(one.kind).second) << one.kind;
    EXPECT_TRUE(!one.idempotent() || !one.ambiguous.contains(500)) << one.kind;
    for (int status = 100; status < 600; ++status) {
      const bool success = one.success.contains(status);
      EXPECT_FALSE(success && (one.retry.contains(status) || one.disabled.contains(status)))
          << one.kind << " " << status;
      EXPECT_TRUE(status < 500 || one.retry.contains(status) || one.ambiguous.contains(status))
          << one.kind << ": a server in trouble must not lose a message with " << status;
    }
  }
}

TEST(RetryClass, DisablesAReceiverThatIsGone) {
  net::HttpResponse response;
  response.status = 410;
  EXPECT_TRUE(must(judge(retry_class("webhook"), response, kNow)).disable);
  response.status = 400;
  EXPECT_FALSE(must(judge(retry_class("webhook"), response, kNow)).disable);
}

TEST(RetryClass, HeedsRetryAfterAsSecondsAndAsDate) {
  net::HttpResponse response;
  response.status = 429;
  response.headers.add("Retry-After", "120");
  EXPECT_EQ(must(judge(retry_class("webhook"), response, kNow)).after, std::chrono::minutes(2));
  response.headers = {{"retry-after", net::to_http_date(kNow + std::chrono::minutes(3))}};
  EXPECT_EQ(must(judge(retry_class("webhook"), response, kNow)).after, std::chrono::minutes(3));
}

TEST(RetryClass, SaysWhatTheReceiverSaidOnOneLine) {
  net::HttpResponse response;
  response.status = 400;
  response.body = "no such\nuser\r\n";
  EXPECT_EQ(must(judge(retry_class("webhook"), response, kNow)).reason,
            "answered 400: no such user");
}

TEST(RetryClass, DoubtsABrokenConnectionOnlyWhereSendingTwiceDoesHarm) {
  net::HttpFailure failure;
  failure.error = {ErrorCode::kUnavailable, "connection reset"};
  failure.maybe_sent = true;
  const net::HttpOutcome broken = tl::unexpected(failure);
  EXPECT_EQ(must(judge(retry_class("webhook"), broken, kNow)).kind, Kind::kRetry);
  EXPECT_EQ(must(judge(retry_class("jenkins"), broken, kNow)).kind, Kind::kAmbiguous);
  failure.maybe_sent = false;
  EXPECT_EQ(must(judge(retry_class("jenkins"), tl::unexpected(failure), kNow)).kind, Kind::kRetry);
}

TEST(RetryClass, PassesOnThatTheDaemonStops) {
  net::HttpFailure failure;
  failure.error = {ErrorCode::kCancelled, "told to stop"};
  const auto judged = judge(retry_class("webhook"), tl::unexpected(failure), kNow);
  ASSERT_FALSE(judged);
  EXPECT_EQ(judged.error().code, ErrorCode::kCancelled);
}

}  // namespace
}  // namespace leeway::delivery
