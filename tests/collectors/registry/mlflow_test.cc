#include "collectors/registry/mlflow.h"

#include <gmock/gmock.h>

#include <boost/json.hpp>

#include "tests/support/coroutines.h"
#include "tests/support/webhook_receiver.h"

namespace leeway::registry {
namespace {

namespace json = boost::json;

using testing::HasSubstr;
using testing::StartsWith;
using tests::Answer;
using tests::ReceivedRequest;

/// As MLflow 3.17 answers.
constexpr const char* kVersion3 =
    R"({"model_version": {"name": "flight-delay", "version": "3", "creation_timestamp": 981070200000,
        "last_updated_timestamp": 981070200000, "current_stage": "None", "description": "",
        "source": "runs:/0a1b/model", "run_id": "0a1b", "status": "READY", "run_link": "",
        "aliases": ["champion"]}})";

class MlflowTest : public testing::Test {
 protected:
  void answer(int status, std::string body) {
    server_.set_plan([status, body](std::size_t, const ReceivedRequest&) {
      return Answer{.status = status, .body = body};
    });
  }

  MlflowOptions options(const std::string& path = "") const {
    MlflowOptions options;
    options.url = server_.url(path.empty() ? "/" : path);
    return options;
  }

  Result<ModelVersion> version(MlflowOptions options) {
    Mlflow mlflow(*client_, std::move(options));
    return tests::run(io_, mlflow.version_of("flight-delay", "champion"));
  }

  Error refused() {
    auto answer = version(options());
    EXPECT_FALSE(answer.has_value());
    return answer ? Error{} : answer.error();
  }

  asio::io_context io_;
  std::unique_ptr<Clock> clock_ = make_real_clock(io_.get_executor());
  std::unique_ptr<net::PreparingClient> client_ = net::make_http_client(*clock_);
  tests::WebhookReceiver server_;
};

TEST_F(MlflowTest, FindsTheVersionThatAnAliasNames) {
  answer(200, kVersion3);
  const auto found = version(options());
  ASSERT_TRUE(found.has_value()) << found.error().message;
  EXPECT_EQ(found->version, "3");
  EXPECT_EQ(found->run_id, "0a1b");
  EXPECT_EQ(found->status, "READY");
  EXPECT_EQ(found->created, *parse_time("2001-02-01T23:30:00Z"));
  EXPECT_EQ(server_.requests()[0].target,
            "/api/2.0/mlflow/registered-models/alias?name=flight-delay&alias=champion");
}

TEST_F(MlflowTest, KeepsThePathOfTheServerAndEncodesNames) {
  answer(200, kVersion3);
  Mlflow mlflow(*client_, options("/ml/flow/"));
  ASSERT_TRUE(tests::run(io_, mlflow.version_of("prod.air lines.delay/2", "a&b")).has_value());
  EXPECT_EQ(server_.requests()[0].target,
            "/ml/flow/api/2.0/mlflow/registered-models/alias?name=prod.air%20lines.delay%2F2&"
            "alias=a%26b");
}

TEST_F(MlflowTest, SaysWhatIsMissingInTheServersWords) {
  answer(404, R"({"error_code": "RESOURCE_DOES_NOT_EXIST",
                  "message": "Registered Model with name=flight-delay not found"})");
  EXPECT_EQ(refused().code, ErrorCode::kNotFound);
  EXPECT_EQ(refused().message,
            "MLflow answered with status 404 RESOURCE_DOES_NOT_EXIST: Registered Model with "
            "name=flight-delay not found");
  // The SQL store has other words for the alias.
  answer(400, R"({"error_code": "INVALID_PARAMETER_VALUE",
                  "message": "Registered model alias champion not found."})");
  EXPECT_EQ(refused().code, ErrorCode::kNotFound);
}

TEST_F(MlflowTest, TellsWhatMayPassFromWhatWillNot) {
  answer(503, "upstream is away");
  EXPECT_EQ(refused().code, ErrorCode::kUnavailable);
  answer(429, R"({"error_code": "REQUEST_LIMIT_EXCEEDED", "message": "slow down"})");
  EXPECT_EQ(refused().code, ErrorCode::kUnavailable);
  answer(400, R"({"error_code": "INVALID_PARAMETER_VALUE", "message": "no\nTraceback: x.py"})");
  EXPECT_EQ(refused().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(refused().message, testing::EndsWith(": no"));
  answer(403, R"({"error_code": "PERMISSION_DENIED", "message": "no"})");
  EXPECT_EQ(refused().code, ErrorCode::kInvalidConfig);
  answer(302, "");
  EXPECT_THAT(refused().message, HasSubstr("redirects are not followed"));
}

TEST_F(MlflowTest, KnowsThatAnotherServerIsNone) {
  answer(404, "<html>not here</html>");
  EXPECT_EQ(refused().code, ErrorCode::kInvalidConfig);
  EXPECT_THAT(refused().message, HasSubstr("is this the address of an MLflow server?"));
  for (const char* body : {"", "[]", "{}", R"({"model_version": 3})", "<html></html>",
                           R"({"model_version": {"version": "3' or 1"}})"}) {
    answer(200, body);
    EXPECT_EQ(refused().code, ErrorCode::kCorrupt) << body;
  }
}

TEST_F(MlflowTest, DoesNotReadAnAnswerWithoutEnd) {
  answer(200, std::string(100'000, ' '));
  MlflowOptions small = options();
  small.limits.max_response_bytes = 50'000;
  const auto found = version(small);
  ASSERT_FALSE(found.has_value());
  EXPECT_EQ(found.error().code, ErrorCode::kCorrupt);
}

TEST_F(MlflowTest, ReadsASecretAgainAfterItWasRefused) {
  std::string token = "old";
  server_.set_plan([](std::size_t, const ReceivedRequest& request) {
    const bool known = request.header("authorization") == "Bearer new";
    return Answer{.status = known ? 200 : 401, .body = known ? kVersion3 : ""};
  });
  MlflowOptions with_token = options();
  with_token.authorization = Bearer{[&token]() -> Result<std::string> { return token; }};
  Mlflow mlflow(*client_, with_token);
  const auto refused = tests::run(io_, mlflow.version_of("m", "a"));
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::kInvalidConfig);
  EXPECT_EQ(server_.count(), 2U);
  token = "new";
  EXPECT_TRUE(tests::run(io_, mlflow.version_of("m", "a")).has_value());
  EXPECT_TRUE(tests::run(io_, mlflow.version_of("m", "a")).has_value());
  EXPECT_EQ(server_.count(), 4U);
}

TEST_F(MlflowTest, SendsUserAndPassword) {
  answer(200, kVersion3);
  MlflowOptions with_user = options();
  with_user.authorization =
      Basic{.user = "leeway", .password = []() -> Result<std::string> { return "secret"; }};
  ASSERT_TRUE(version(with_user).has_value());
  EXPECT_EQ(server_.requests()[0].header("authorization"), "Basic bGVld2F5OnNlY3JldA==");
}

TEST_F(MlflowTest, MakesAnExperimentThatIsMissing) {
  server_.set_plan([](std::size_t, const ReceivedRequest& request) {
    if (request.method == "POST") return Answer{.status = 200, .body = R"({"experiment_id": "7"})"};
    return Answer{.status = 404,
                  .body = R"({"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "none"})"};
  });
  Mlflow mlflow(*client_, options());
  EXPECT_EQ(tests::run(io_, mlflow.experiment_id("drift of flights")).value(), "7");
  EXPECT_EQ(server_.requests()[0].target,
            "/api/2.0/mlflow/experiments/get-by-name?experiment_name=drift%20of%20flights");
  EXPECT_EQ(server_.requests()[1].body, R"({"name":"drift of flights"})");
  answer(200, R"({"experiment": {"experiment_id": "7", "lifecycle_stage": "deleted"}})");
  EXPECT_THAT(tests::run(io_, mlflow.experiment_id("x")).error().message, HasSubstr("was deleted"));
}

TEST_F(MlflowTest, FindsARunByItsTags) {
  answer(200, R"({"runs": [{"info": {"run_id": "5e"}}]})");
  Mlflow mlflow(*client_, options());
  const Tags tags{{"leeway.model", "production/flights"}, {"leeway.version", "3"}};
  EXPECT_EQ(tests::run(io_, mlflow.find_run("7", tags)).value(), "5e");
  const json::object body = json::parse(server_.requests()[0].body).as_object();
  EXPECT_EQ(body.at("filter"),
            "tags.`leeway.model` = 'production/flights' and tags.`leeway.version` = '3'");
  answer(200, "{}");
  EXPECT_EQ(tests::run(io_, mlflow.find_run("7", tags)).value(), std::nullopt);
}

TEST_F(MlflowTest, KnowsTheNewestPointOfEachMetricOfARun) {
  answer(200, R"({"run": {"info": {"run_id": "5e", "experiment_id": "7", "lifecycle_stage":
      "active"}, "data": {"metrics": [{"key": "leeway/rows", "value": 400, "timestamp": 1,
      "step": "981158400000"}, {"key": "leeway/psi/x", "value": 0.1, "timestamp": 1, "step": 2}]}}})");
  Mlflow mlflow(*client_, options());
  const auto run = tests::run(io_, mlflow.run("5e"));
  ASSERT_TRUE(run.has_value()) << run.error().message;
  EXPECT_TRUE(run->active);
  EXPECT_EQ(run->steps.at("leeway/rows"), 981158400000);
  EXPECT_EQ(run->steps.at("leeway/psi/x"), 2);
}

TEST_F(MlflowTest, LogsMetricsAndTagsInOneRequest) {
  answer(200, "{}");
  Mlflow mlflow(*client_, options());
  const TimePoint time = *parse_time("2001-02-03T00:00:00Z");
  ASSERT_TRUE(tests::run(io_, mlflow.log_batch("5e",
                                               {{.key = "leeway/psi/delay",
                                                 .value = 0.12,
                                                 .time = time,
                                                 .step = to_micros(time) / 1000}},
                                               {{"leeway.status", "ok"}}))
                  .has_value());
  EXPECT_EQ(json::parse(server_.requests()[0].body), json::parse(R"({"run_id": "5e", "metrics": [
      {"key": "leeway/psi/delay", "value": 0.12, "timestamp": 981158400000, "step": 981158400000}],
      "tags": [{"key": "leeway.status", "value": "ok"}]})"));
}

TEST(MetricKey, IsOneThatMlflowTakesAndDiffersWhereColumnsDo) {
  EXPECT_EQ(metric_key("drift.share"), "leeway/drift.share");
  EXPECT_EQ(metric_key("psi", "delay in min."), "leeway/psi/delay in min.");
  EXPECT_THAT(metric_key("psi", "größe"), StartsWith("leeway/psi/gr__"));
  EXPECT_NE(metric_key("psi", "a/b"), metric_key("psi", "a:b"));
  EXPECT_NE(metric_key("psi", "a/b"), metric_key("psi", "a_b"));
  EXPECT_NE(metric_key("psi", ".."), "leeway/psi/..");
  EXPECT_LT(metric_key("psi", std::string(1000, 'x')).size(), 200U);
  EXPECT_NE(metric_key("psi", std::string(1000, 'x')), metric_key("psi", std::string(1001, 'x')));
}

}  // namespace
}  // namespace leeway::registry
