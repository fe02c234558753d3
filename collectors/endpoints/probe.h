#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "collectors/endpoints/checks.h"
#include "collectors/endpoints/golden.h"
#include "collectors/net/http_client.h"
#include "detectors/base/time.h"

namespace leeway::endpoints {

/// Gives a secret where it is needed: when an endpoint is opened, and once more after a 401, so
/// that a rotated file counts at once. Must not be null.
using Secret = std::function<Result<std::string>()>;

/// A secret that is at hand already.
Secret known(std::string value);

/// "Authorization: Bearer TOKEN": an API key of OpenAI's kind, a key of an Azure ML endpoint.
struct Bearer {
  Secret token;
};
/// A key in a field of its own: "api-key", "x-api-key".
struct KeyHeader {
  std::string name;
  Secret key;
};
struct Basic {
  std::string user;
  Secret password;
};
/// Client credentials of Microsoft Entra: a token per (tenant, client, scope), asked for once
/// however many endpoints need it, renewed at 80 % of its life, dropped after a 401.
struct Entra {
  std::string tenant;
  std::string client_id;
  Secret client_secret;
  std::string scope = "https://ml.azure.com/.default";
  std::string authority = "https://login.microsoftonline.com";
};
using Authorization = std::variant<std::monostate, Bearer, KeyHeader, Basic, Entra>;

/// One model endpoint, as configured.
struct ProbeTarget {
  std::string name{};  ///< in messages: the model's
  std::string url{};   ///< absolute; what of a path a protocol understands, its list says
  std::string protocol = "http";  ///< a name of protocols()
  std::string model{};            ///< as the server calls it; empty: from the URL
  std::string version{};          ///< pins one; empty: the one that the server picks
  std::string signature{};  ///< tensorflow_serving's signature_name, bentoml's API, openai's task
                            ///< (chat, completions, embeddings), azure_ml's deployment
  std::string method = "GET";  ///< of the health request, protocol http only
  std::string body{};          ///< of the health request, protocol http only
  std::vector<std::pair<std::string, std::string>> headers{};  ///< on every request
  Authorization authorization{};
  net::TlsOptions tls{};  ///< CA file, client certificate, name for SNI
  std::string proxy{};    ///< "http://host:port"; empty: none, whatever the environment says
  net::Limits limits{};   ///< `total` is the timeout of one request
  std::vector<Check> checks{};
  std::vector<GoldenCase> golden{};
  /// How often a probe also asks for metadata and for the golden rows; every probe if not longer
  /// than its period. The first probe asks for both.
  Duration metadata_every = std::chrono::minutes(1);
  Duration golden_every = std::chrono::minutes(5);
  bool keep_connection =
      true;  ///< else each probe makes its own, so that DNS, TCP and TLS are seen
};

/// One tensor or column that a model takes or gives.
struct Tensor {
  std::string name;
  std::string datatype;               ///< as the server writes it: FP32, DT_FLOAT, double
  std::vector<std::int64_t> shape{};  ///< -1: any; empty: not said

  bool operator==(const Tensor&) const = default;
};

/// What a server says about the model that it serves. What it does not say stays empty.
struct Metadata {
  std::string model{};
  std::string version{};  ///< the newest that is served, or the pinned one
  std::string platform{};
  std::vector<Tensor> inputs{};
  std::vector<Tensor> outputs{};

  bool operator==(const Metadata&) const = default;
};

/// Of inputs and outputs with their names, types and shapes, sorted by name: the same on every
/// machine and in every version of Leeway, so that a stored one can be compared. 0 if nothing is
/// known of either.
std::uint64_t schema_hash(const Metadata& metadata);

/// What of two answers differs, as events for people: "version: 3, was 2", "input 'age': FP64, was
/// FP32", "output 'score' is new". Parts that only one of them knows are not compared.
std::vector<std::string> changes(const Metadata& before, const Metadata& now);

/// Tokens of generating models, as the server counts them.
struct TokenUsage {
  std::uint64_t prompt = 0;
  std::uint64_t completion = 0;
  std::uint64_t total = 0;
};

/// What one probe saw. A probe is one health request, and now and then metadata and golden rows.
struct ProbeResult {
  TimePoint at{};   ///< begin, by the wall clock
  bool up = false;  ///< reached, answered as the protocol asks and all checks passed
  /// The server is there but the model is not to be asked (loading, no worker): up is false then.
  std::optional<bool> ready{};
  int status = 0;          ///< of the health request; 0 without an answer
  net::Timings timings{};  ///< of the health request, by phase; `reused`: a connection of the pool
  std::size_t body_bytes = 0;
  std::optional<net::Validity> certificate{};  ///< of the one in the chain that expires first
  /// Where the health request ended if it had no answer, and the deadline if one hit there.
  std::optional<net::Phase> failed_in{};
  std::optional<Duration> deadline{};
  std::optional<ErrorCode> error{};
  std::optional<Duration> retry_after{};  ///< a 429 or 503 asks for it; the next probe may wait
  /// Why it is not up, or what of metadata and golden rows could not be asked, in one sentence;
  /// empty if all is well.
  std::string sentence{};
  std::vector<CheckResult> checks{};
  std::optional<Metadata> metadata{};  ///< if this probe asked for it and was answered
  std::vector<GoldenResult> golden{};  ///< if this probe asked for them
  std::optional<TokenUsage> usage{};   ///< of the golden requests of this probe, summed
};

/// Answers to rows that the endpoint was asked to score.
struct Scores {
  std::vector<Output> outputs;
  std::string model{};  ///< as the answer names it; often empty
  std::string version{};
  std::optional<TokenUsage> usage{};
  net::Timings timings{};
};

}  // namespace leeway::endpoints
