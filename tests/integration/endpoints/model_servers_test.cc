// Probes of real model servers, from PyPI where it is reached: MLServer and MLflow's scoring
// server.
#include <gmock/gmock.h>

#include <boost/asio/io_context.hpp>
#include <filesystem>

#include "collectors/endpoints/prober.h"
#include "tests/support/coroutines.h"
#include "tests/support/http_get.h"
#include "tests/support/process.h"

namespace leeway::endpoints {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using testing::HasSubstr;
using tests::Process;

class ModelServersTest : public testing::Test {
 protected:
  /// Empty if the environment and the models are there, else the reason.
  std::string make(const std::string& name) {
    const std::filesystem::path root = LEEWAY_SOURCE_DIR;
    environment_ = root / ".cache/serving";
    auto made =
        Process::start({.program = "/bin/bash",
                        .arguments = {(root / "tests/integration/endpoints/make_serving").string(),
                                      (root / ".cache").string(), folder_.path().string(), name},
                        .environment = {{"HOME", folder_.path().string()}},
                        .output = folder_ / "make.log"});
    if (!made) return made.error().message;
    const auto ended = made->wait(minutes(18));
    const std::string log = tests::read_file(folder_ / "make.log");
    if (ended && *ended == tests::Exit{.status = 0}) return "";
    if (ended && ended->status == 77) return log;
    ADD_FAILURE() << log;
    return "it failed";
  }

  void start(std::vector<std::string> arguments, std::string_view health) {
    server_.reset();
    auto process = Process::start({.program = environment_ / "bin/python",
                                   .arguments = std::move(arguments),
                                   .environment = {{"HOME", folder_.path().string()},
                                                   {"PATH", environment_ / "bin:/usr/bin:/bin"}},
                                   .output = folder_ / "server.log",
                                   .working_directory = folder_.path()});
    ASSERT_TRUE(process.has_value()) << process.error().message;
    server_ = std::make_unique<Process>(std::move(*process));
    ASSERT_TRUE(tests::wait_for_ok(port_, health, minutes(2)))
        << tests::read_file(folder_ / "server.log");
  }

  ProbeResult probe(Endpoint& endpoint) { return tests::run(io_, endpoint.probe()); }

  /// Golden rows as the served model answers them now.
  GoldenCase record(const ProbeTarget& target) {
    const auto endpoint = prober_->open(target);
    EXPECT_TRUE(endpoint.has_value()) << endpoint.error().message;
    GoldenCase golden{
        .name = "recorded",
        .rows = {.names = {"a", "b", "c"}, .cells = {{0.5, 0.25, -1.0}, {1.0, 2.0, 3.0}}}};
    const auto scores = tests::run(io_, (*endpoint)->score(golden.rows));
    EXPECT_TRUE(scores.has_value()) << scores.error().message;
    if (!scores) return golden;
    for (const auto& output : scores->outputs) golden.outputs.push_back({.expected = output});
    return golden;
  }

  tests::TemporaryFolder folder_;
  std::filesystem::path environment_;
  std::uint16_t port_ = tests::free_port();
  std::unique_ptr<Process> server_;
  asio::io_context io_;
  std::unique_ptr<Clock> clock_ = make_real_clock(io_.get_executor());
  std::unique_ptr<Prober> prober_ = make_prober(*clock_);
};

TEST_F(ModelServersTest, ASwappedModelOfMlserverIsSeenAlthoughItIsReady) {
  if (const auto reason = make("mlserver"); !reason.empty()) GTEST_SKIP() << reason;
  for (const auto* model : {"model-a", "model-b"}) {
    folder_.write(std::string(model) + "/settings.json",
                  "{\"host\": \"127.0.0.1\", \"http_port\": " + std::to_string(port_) +
                      ", \"grpc_port\": " + std::to_string(tests::free_port()) +
                      ", \"metrics_port\": " + std::to_string(tests::free_port()) +
                      ", \"parallel_workers\": 0}");
  }
  const auto serve = [this](const char* model) {
    start({"-m", "mlserver.cli.main", "start", (folder_ / model).string()},
          "/v2/models/credit/ready");
  };
  serve("model-a");
  ProbeTarget target{.name = "credit",
                     .url = "http://127.0.0.1:" + std::to_string(port_) + "/v2/models/credit",
                     .protocol = "open_inference"};
  target.golden = {record(target)};
  target.golden_every = Duration();
  const auto endpoint = prober_->open(target);
  ASSERT_TRUE(endpoint.has_value()) << endpoint.error().message;
  const auto before = probe(**endpoint);
  EXPECT_TRUE(before.up) << before.sentence;
  ASSERT_TRUE(before.metadata.has_value());
  EXPECT_EQ(before.metadata->model, "credit");
  EXPECT_EQ(before.metadata->version, "v1");  // which only its answers to rows say
  ASSERT_EQ(before.golden.size(), 1U);
  EXPECT_TRUE(before.golden[0].matched) << before.golden[0].sentence;
  EXPECT_GT(before.golden[0].compared, 0U);

  serve("model-b");
  const auto after = probe(**endpoint);
  EXPECT_TRUE(after.up) << after.sentence;  // it says that it is ready
  ASSERT_EQ(after.golden.size(), 1U);
  EXPECT_FALSE(after.golden[0].matched);
  EXPECT_THAT(after.golden[0].sentence, HasSubstr("golden 'recorded': output"));
}

TEST_F(ModelServersTest, MlflowServesRowsAndRefusesOthers) {
  if (const auto reason = make("mlflow"); !reason.empty()) GTEST_SKIP() << reason;
  start({"-m", "mlflow", "models", "serve", "-m", (folder_ / "model-a").string(), "-h", "127.0.0.1",
         "-p", std::to_string(port_), "--env-manager", "local"},
        "/ping");
  ProbeTarget target{
      .name = "credit", .url = "http://127.0.0.1:" + std::to_string(port_), .protocol = "mlflow"};
  target.golden = {record(target)};
  const auto endpoint = prober_->open(target);
  ASSERT_TRUE(endpoint.has_value()) << endpoint.error().message;
  const auto result = probe(**endpoint);
  EXPECT_TRUE(result.up) << result.sentence;
  ASSERT_TRUE(result.metadata.has_value()) << result.sentence;
  EXPECT_THAT(result.metadata->platform, HasSubstr("mlflow "));
  ASSERT_EQ(result.golden.size(), 1U);
  EXPECT_TRUE(result.golden[0].matched) << result.golden[0].sentence;
  EXPECT_EQ(result.golden[0].compared, 4U);  // two rows, the probabilities of two classes

  const auto scores =
      tests::run(io_, (*endpoint)->score({.names = {"a"}, .cells = {{std::string("x")}}}));
  ASSERT_FALSE(scores.has_value());
  EXPECT_THAT(scores.error().message, HasSubstr("status 400 Bad Request: "));
}

}  // namespace
}  // namespace leeway::endpoints
