#include "collectors/endpoints/protocols.h"

#include <gmock/gmock.h>

#include <cmath>

#include "collectors/endpoints/dialect.h"
#include "collectors/endpoints/prober.h"
#include "tests/collectors/endpoints/recorded_peer.h"
#include "tests/support/coroutines.h"

namespace leeway::endpoints {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;
using tests::RecordedPeer;

/// Every protocol against what its servers really answer.
class ProtocolsTest : public testing::Test {
 protected:
  std::unique_ptr<Endpoint> open(ProbeTarget target) {
    target.name = "m";
    auto endpoint = prober_->open(std::move(target));
    EXPECT_TRUE(endpoint.has_value()) << endpoint.error().message;
    return endpoint ? std::move(*endpoint) : nullptr;
  }

  ProbeResult probe(ProbeTarget target) {
    const auto endpoint = open(std::move(target));
    return tests::run(io_, endpoint->probe());
  }

  Result<Scores> score(ProbeTarget target, Rows rows) {
    const auto endpoint = open(std::move(target));
    return tests::run(io_, endpoint->score(std::move(rows)));
  }

  static ProbeTarget target(std::string protocol, std::string url) {
    return {.name = "m", .url = std::move(url), .protocol = std::move(protocol)};
  }

  static Rows two_rows() {
    return {.names = {"age", "city"}, .cells = {{31.5, "Oslo"}, {Value(), "Rome"}}};
  }
  static Rows numbers(std::size_t rows, std::size_t columns) {
    Rows out;
    for (std::size_t i = 0; i < columns; ++i) out.names.push_back("x" + std::to_string(i));
    out.cells.assign(rows, std::vector<Value>(columns, Value(1.5)));
    return out;
  }
  static Rows texts(std::vector<std::string> all) {
    Rows out{.names = {"text"}, .cells = {}};
    for (auto& one : all) out.cells.push_back({std::move(one)});
    return out;
  }

  asio::io_context io_;
  VirtualClock clock_{io_.get_executor(), TimePoint{}};
  std::unique_ptr<Prober> prober_ = make_prober(clock_);
};

// ---- open_inference

TEST_F(ProtocolsTest, OpenInferenceIsReadyByItsStatusWhateverTheFieldIsCalled) {
  RecordedPeer peer(io_, "open_inference");
  const auto result = probe(target("open_inference", peer.url("/v2/models/credit")));
  EXPECT_TRUE(result.up) << result.sentence;
  EXPECT_EQ(result.ready, true);
  ASSERT_TRUE(result.metadata.has_value());
  EXPECT_EQ(result.metadata->version, "10");  // the newest, and 10 is newer than 9
  EXPECT_EQ(result.metadata->platform, "sklearn");
  ASSERT_EQ(result.metadata->inputs.size(), 2U);
  EXPECT_EQ(result.metadata->inputs[0], (Tensor{"age", "FP32", {-1, 1}}));
  EXPECT_THAT(peer.last("GET").head, HasSubstr("x-leeway-probe: 1\r\n"));
}

TEST_F(ProtocolsTest, OpenInferenceReadsNestedDataTextAndBooleans) {
  RecordedPeer peer(io_, "open_inference");
  const auto scores = score(target("open_inference", peer.url("/v2/models/credit")), two_rows());
  ASSERT_TRUE(scores.has_value()) << scores.error().message;
  EXPECT_EQ(scores->version, "10");
  ASSERT_EQ(scores->outputs.size(), 3U);
  EXPECT_EQ(scores->outputs[0].width, 2U);
  EXPECT_THAT(endpoints::numbers(scores->outputs[0], 1), ElementsAre(0.1, 0.75));
  EXPECT_EQ(scores->outputs[1].at(1, 0), Value("yes"));
  EXPECT_EQ(scores->outputs[2].at(1, 0), Value(true));
  EXPECT_EQ(peer.last("POST").body,
            R"({"parameters":{"content_type":"pd"},"inputs":[)"
            R"({"name":"age","datatype":"FP32","shape":[2,1],"data":[3.15E1,null]},)"
            R"({"name":"city","datatype":"BYTES","shape":[2],"data":["Oslo","Rome"]}]})");
}

TEST_F(ProtocolsTest, OpenInferenceTellsWhatTheServerSaysOfAModelThatIsNotReady) {
  RecordedPeer peer(io_, "open_inference");
  const auto result = probe(target("open_inference", peer.url("/v2/models/loading/versions/3")));
  EXPECT_FALSE(result.up);
  EXPECT_EQ(result.ready, false);
  EXPECT_EQ(result.sentence,
            "status 503 Service Unavailable: Request for unknown model: 'loading' version 3 is not "
            "at ready state");
}

TEST_F(ProtocolsTest, OpenInferencePassesOnWhyRowsWereRefused) {
  RecordedPeer peer(io_, "open_inference");
  const auto scores = score(target("open_inference", peer.url("/v2/models/broken")), numbers(2, 3));
  ASSERT_FALSE(scores.has_value());
  EXPECT_EQ(scores.error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(scores.error().message, HasSubstr("unexpected shape for input 'x'"));
  // One input for all features: the rows go as one matrix.
  EXPECT_THAT(peer.last("POST").body,
              HasSubstr(R"({"name":"x","datatype":"FP32","shape":[2,3],"data":[)"));
}

// ---- mlflow

TEST_F(ProtocolsTest, MlflowIsSentAFrameAndReadByName) {
  RecordedPeer peer(io_, "mlflow");
  const auto scores = score(target("mlflow", peer.url()), two_rows());
  ASSERT_TRUE(scores.has_value()) << scores.error().message;
  EXPECT_EQ(
      peer.last("POST").body,
      R"({"dataframe_split":{"columns":["age","city"],"data":[[3.15E1,"Oslo"],[null,"Rome"]]}})");
  EXPECT_THAT(peer.last("POST").head, HasSubstr("Content-Type: application/json\r\n"));
  ASSERT_EQ(scores->outputs.size(), 2U);
  EXPECT_EQ(scores->outputs[0].name, "label");
  EXPECT_EQ(scores->outputs[1].at(0, 0), Value(0.125));
  EXPECT_TRUE(std::isnan(to_number(scores->outputs[1].at(1, 0))));
  EXPECT_EQ(probe(target("mlflow", peer.url("/invocations"))).metadata->platform, "mlflow 2.14.1");
}

TEST_F(ProtocolsTest, MlflowTellsThatTheSchemaIsNotMet) {
  RecordedPeer peer(io_, "mlflow_schema");
  const auto scores = score(target("mlflow", peer.url()), two_rows());
  ASSERT_FALSE(scores.has_value());
  EXPECT_THAT(scores.error().message, HasSubstr("Failed to enforce schema of data"));
}

// ---- tensorflow_serving

TEST_F(ProtocolsTest, TensorflowServingIsUpWhileANewVersionLoads) {
  RecordedPeer peer(io_, "tensorflow_serving");
  const auto result = probe(target("tensorflow_serving", peer.url("/v1/models/flights:predict")));
  EXPECT_TRUE(result.up) << result.sentence;
  ASSERT_TRUE(result.metadata.has_value()) << result.sentence;
  EXPECT_EQ(result.metadata->version, "2");
  EXPECT_THAT(result.metadata->inputs, ElementsAre(Tensor{"x", "DT_FLOAT", {-1, 3}}));
}

TEST_F(ProtocolsTest, TensorflowServingMayAnswerWithTokensThatAreNoJson) {
  RecordedPeer peer(io_, "tensorflow_serving");
  const auto scores =
      score(target("tensorflow_serving", peer.url("/v1/models/flights")), numbers(4, 3));
  ASSERT_TRUE(scores.has_value()) << scores.error().message;
  const auto values = endpoints::numbers(scores->outputs[0]);
  ASSERT_EQ(values.size(), 4U);
  EXPECT_TRUE(std::isnan(values[0]));
  EXPECT_EQ(values[1], -INFINITY);
  EXPECT_EQ(values[2], INFINITY);
  EXPECT_EQ(values[3], 0.5);
  EXPECT_THAT(peer.last("POST").body, HasSubstr(R"("instances":[[1.5E0,1.5E0,1.5E0],)"));
}

TEST_F(ProtocolsTest, TensorflowServingTellsWhyNoVersionIsAvailable) {
  RecordedPeer peer(io_, "tensorflow_serving");
  const auto ended = probe(target("tensorflow_serving", peer.url("/v1/models/broken")));
  EXPECT_FALSE(ended.up);
  EXPECT_EQ(ended.sentence,
            "no version is available: version 1 is END: Could not find SavedModel .pb");
  const auto unknown = probe(target("tensorflow_serving", peer.url("/v1/models/unknown")));
  EXPECT_EQ(unknown.sentence, "status 404 Not Found: Could not find any versions of model unknown");
}

// ---- torchserve

TEST_F(ProtocolsTest, TorchserveIsReadyWhenItsWorkersAre) {
  RecordedPeer peer(io_, "torchserve");
  const auto url = peer.url("/predictions/digits");
  EXPECT_TRUE(probe(target("torchserve", url)).up);
  const auto scores = score(target("torchserve", url), numbers(2, 1));
  ASSERT_TRUE(scores.has_value()) << scores.error().message;
  EXPECT_THAT(endpoints::numbers(scores->outputs[0], 1), ElementsAre(0.9, 0.2));
  peer.replace("GET /ping", "HTTP/1.1 200 OK\n\n{\"status\": \"Partial Healthy\"}");
  const auto partial = probe(target("torchserve", url));
  EXPECT_FALSE(partial.up);
  EXPECT_EQ(partial.sentence, "the server says that it is Partial Healthy");
}

TEST_F(ProtocolsTest, TorchserveTellsThatAVersionHasNoWorker) {
  RecordedPeer peer(io_, "torchserve");
  auto pinned = target("torchserve", peer.url("/predictions/digits"));
  pinned.version = "2.0";
  const auto scores = score(pinned, numbers(2, 1));
  ASSERT_FALSE(scores.has_value());
  EXPECT_EQ(scores.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(scores.error().message, HasSubstr("has no worker to serve inference request"));
}

// ---- azure_ml

TEST_F(ProtocolsTest, AzureMlPinsADeploymentAndSendsTheKey) {
  RecordedPeer peer(io_, "azure_ml");
  auto azure = target("azure_ml", peer.url("/score"));
  azure.signature = "blue";
  azure.authorization = Bearer{known("key")};
  EXPECT_TRUE(probe(azure).up);
  EXPECT_THAT(peer.last("GET /").head, HasSubstr("azureml-model-deployment: blue\r\n"));
  const auto scores = score(azure, two_rows());
  ASSERT_TRUE(scores.has_value()) << scores.error().message;
  EXPECT_THAT(endpoints::numbers(scores->outputs[0]), ElementsAre(0.5, 0.75));
  EXPECT_THAT(peer.last("POST").head, HasSubstr("\r\nAuthorization: Bearer key\r\n"));
  EXPECT_THAT(peer.last("POST").body, StartsWith(R"({"input_data":{"columns":["age","city"])"));
}

TEST_F(ProtocolsTest, AzureMlKnowsTheModelsErrorFromTheEndpoints) {
  RecordedPeer peer(io_, "azure_ml_broken");
  const auto result = probe(target("azure_ml", peer.url()));
  EXPECT_FALSE(result.up);
  EXPECT_EQ(result.status, 424);
  EXPECT_THAT(result.sentence, StartsWith("the model failed: status 424 Failed Dependency: An un"));
}

// ---- sagemaker

TEST_F(ProtocolsTest, SagemakerSpeaksCsvWhereAsked) {
  RecordedPeer peer(io_, "sagemaker");
  auto built_in = target("sagemaker", peer.url());
  built_in.signature = "csv";
  EXPECT_TRUE(probe(built_in).up);
  auto rows = two_rows();
  rows.cells[0][1] = "Oslo, \"N\"";
  const auto scores = score(built_in, rows);
  ASSERT_TRUE(scores.has_value()) << scores.error().message;
  EXPECT_THAT(endpoints::numbers(scores->outputs[0]), ElementsAre(0.25, 0.5));
  EXPECT_EQ(peer.last("POST").body, "31.5,\"Oslo, \"\"N\"\"\"\n,Rome\n");
  EXPECT_THAT(peer.last("POST").head, HasSubstr("Content-Type: text/csv\r\n"));
}

TEST_F(ProtocolsTest, SagemakerIsNotUpBeforeItsModelIs) {
  RecordedPeer peer(io_, "sagemaker_json");
  EXPECT_EQ(probe(target("sagemaker", peer.url())).sentence, "status 404 Not Found");
  const auto scores = score(target("sagemaker", peer.url()), numbers(2, 2));
  ASSERT_TRUE(scores.has_value()) << scores.error().message;
  EXPECT_THAT(endpoints::numbers(scores->outputs[0]), ElementsAre(0.1, 0.2));
  const auto three = score(target("sagemaker", peer.url()), numbers(3, 2));
  ASSERT_FALSE(three.has_value());
  EXPECT_THAT(three.error().message, HasSubstr("output 'predictions' has 2 rows for 3"));
}

// ---- bentoml

TEST_F(ProtocolsTest, BentomlCallsAnApiByItsName) {
  RecordedPeer peer(io_, "bentoml");
  auto iris = target("bentoml", peer.url());
  iris.signature = "classify:input_series";
  const auto result = probe(iris);
  EXPECT_TRUE(result.up);
  EXPECT_EQ(result.metadata->model, "iris_classifier");
  EXPECT_EQ(result.metadata->version, "jclapisz2s6qyhqa");
  const auto scores = score(iris, numbers(2, 1));
  ASSERT_TRUE(scores.has_value()) << scores.error().message;
  EXPECT_EQ(scores->outputs[0].at(1, 0), Value(std::int64_t{2}));
  EXPECT_EQ(peer.last("POST").body, R"({"input_series":[{"x0":1.5E0},{"x0":1.5E0}]})");
}

TEST_F(ProtocolsTest, BentomlAsItWasRecordedSaysItsTagInItsDescription) {
  RecordedPeer peer(io_, "bentoml_1_4");
  const auto result = probe(target("bentoml", peer.url()));
  EXPECT_TRUE(result.up);
  EXPECT_EQ(result.metadata->model, "credit");
  EXPECT_EQ(result.metadata->version, "dev");
  const auto scores = score(target("bentoml", peer.url()), numbers(1, 1));
  ASSERT_TRUE(scores.has_value()) << scores.error().message;
  EXPECT_EQ(scores->outputs[0].at(0, 0), Value(1.25));
  auto wrong = target("bentoml", peer.url());
  wrong.signature = "wrong:rows";
  const auto refused = score(wrong, numbers(1, 1));
  ASSERT_FALSE(refused.has_value());
  EXPECT_THAT(refused.error().message, HasSubstr("1 validation error for Input"));
}

TEST_F(ProtocolsTest, BentomlTellsWhatItsServerRefuses) {
  RecordedPeer peer(io_, "bentoml");
  const auto scores = score(target("bentoml", peer.url()), numbers(1, 1));
  ASSERT_FALSE(scores.has_value());
  EXPECT_THAT(scores.error().message,
              HasSubstr("1 validation error for Input input_data   Field required"));
  RecordedPeer starting(io_, "bentoml_starting");
  EXPECT_EQ(probe(target("bentoml", starting.url())).sentence,
            "status 503 Service Unavailable: Runners are not ready.");
}

// ---- openai

TEST_F(ProtocolsTest, OpenaiServesItsModelAndCountsTokens) {
  RecordedPeer peer(io_, "openai");
  auto chat = target("openai", peer.url());
  chat.model = "llama";
  chat.golden = {{.name = "capital",
                  .body = R"({"model":"llama","messages":[],"temperature":0})",
                  .outputs = {{.expected = {.name = "text", .values = {"Oslo"}}}}}};
  const auto result = probe(chat);
  EXPECT_TRUE(result.up) << result.sentence;
  EXPECT_EQ(result.metadata->version, "meta-llama/Llama-3.1-8B-Instruct");
  ASSERT_EQ(result.golden.size(), 1U);
  EXPECT_TRUE(result.golden[0].matched) << result.golden[0].sentence;
  ASSERT_TRUE(result.usage.has_value());
  EXPECT_EQ(result.usage->prompt, 12U);
  EXPECT_EQ(result.usage->completion, 2U);
  EXPECT_EQ(result.usage->total, 14U);
}

TEST_F(ProtocolsTest, OpenaiEmbeddingsAndCompletionsAreOrderedByTheirIndex) {
  RecordedPeer peer(io_, "openai");
  auto task = target("openai", peer.url("/v1/"));
  task.model = "llama";
  task.signature = "embeddings";
  const auto embeddings = score(task, texts({"a", "b"}));
  ASSERT_TRUE(embeddings.has_value()) << embeddings.error().message;
  EXPECT_EQ(embeddings->outputs[0].width, 2U);
  EXPECT_THAT(endpoints::numbers(embeddings->outputs[0]), ElementsAre(1, 0.5));
  EXPECT_EQ(peer.last("POST").body, R"({"model":"llama","input":["a","b"]})");
  task.signature = "completions";
  const auto completions = score(task, texts({"x", "y"}));
  ASSERT_TRUE(completions.has_value()) << completions.error().message;
  EXPECT_THAT(completions->outputs[0].values, ElementsAre(Value("a"), Value("b")));
}

TEST_F(ProtocolsTest, OpenaiTellsHowLongToWait) {
  RecordedPeer peer(io_, "openai_limited");
  auto limited = target("openai", peer.url());
  limited.model = "llama";
  const auto result = probe(limited);
  EXPECT_FALSE(result.up);
  EXPECT_EQ(result.retry_after, seconds(20));
  EXPECT_EQ(result.sentence, "status 429 Too Many Requests: Rate limit reached for requests");
}

TEST_F(ProtocolsTest, OpenaiNoticesThatItsModelIsNoLongerServed) {
  RecordedPeer peer(io_, "openai");
  auto other = target("openai", peer.url());
  other.model = "mistral";
  EXPECT_EQ(probe(other).sentence, "model 'mistral' is not served");
}

// ---- all

TEST_F(ProtocolsTest, AreListedWithAllThatADescriptionNeeds) {
  for (const auto& protocol : protocols()) {
    SCOPED_TRACE(protocol.name);
    EXPECT_FALSE(protocol.sentence.empty());
    EXPECT_FALSE(protocol.url.empty());
    EXPECT_EQ(find_protocol(protocol.name), &protocol);
    EXPECT_NE(protocol.make(), nullptr);
  }
  EXPECT_EQ(find_protocol("carrier_pigeon"), nullptr);
}

struct Wrong {
  const char* name;
  ProbeTarget target;
  const char* sentence;
};

TEST_F(ProtocolsTest, RefuseWhatCanNeverWork) {
  const std::vector<Wrong> all{
      {"protocol", target("smoke", "http://a"), "there is no protocol 'smoke'"},
      {"url", target("mlflow", "ftp://a"), "url: the scheme of a URL must be http or https"},
      {"model", target("open_inference", "http://a:8080"),
       "model: must be given, or the URL must name it: http://host:8080/v2/models/NAME"},
      {"task",
       {.name = "m", .url = "http://a", .protocol = "openai", .model = "x", .signature = "sing"},
       "signature: 'sing' is none of chat, completions, embeddings"},
      {"format",
       {.name = "m", .url = "http://a", .protocol = "sagemaker", .signature = "xml"},
       "signature: 'xml' is neither csv nor json"},
      {"header",
       {.name = "m", .url = "http://a", .headers = {{"a b", "c"}}},
       "a header field may not be named 'a b'"},
      {"proxy",
       {.name = "m", .url = "http://a", .proxy = "https://p"},
       "the proxy: its URL must begin with http://"},
      {"expression",
       {.name = "m",
        .url = "http://a",
        .checks = {{.subject = Check::Subject::kBody, .test = Check::Test::kMatches, .text = "("}}},
       "expression '(': missing ): (, at '('"},
      {"golden rows",
       {.name = "m", .url = "http://a", .golden = {{.name = "g", .rows = numbers(1, 1)}}},
       "golden 'g': protocol http takes a body, not rows"},
  };
  for (const auto& wrong : all) {
    SCOPED_TRACE(wrong.name);
    const auto endpoint = prober_->open(wrong.target);
    ASSERT_FALSE(endpoint.has_value());
    EXPECT_EQ(endpoint.error().code, ErrorCode::kInvalidConfig);
    EXPECT_THAT(endpoint.error().message, StartsWith("endpoint 'm': "));
    EXPECT_THAT(endpoint.error().message, HasSubstr(wrong.sentence));
  }
}

}  // namespace
}  // namespace leeway::endpoints
