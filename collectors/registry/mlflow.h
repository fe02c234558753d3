#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "collectors/async/async.h"
#include "collectors/net/http_client.h"
#include "detectors/base/time.h"

namespace leeway::registry {

/// Reads a secret whenever it is needed, so that a rotated one counts. May block on a disk.
using Secret = std::function<Result<std::string>()>;

struct Bearer {
  Secret token;
};
struct Basic {
  std::string user;
  Secret password;
};
using Authorization = std::variant<std::monostate, Bearer, Basic>;

struct MlflowOptions {
  std::string url;  ///< of the tracking server, without "/api/2.0/mlflow"; a path before it is kept
  Authorization authorization;
  net::TlsOptions tls;
  std::string proxy;  ///< empty: none
  net::Limits limits;
};

/// One version of a registered model.
struct ModelVersion {
  std::string version;  ///< a number in MLflow; letters, digits and . _ - here
  std::string run_id;   ///< of the run that made it; may be empty
  std::string status;   ///< "READY", ...
  std::optional<TimePoint> created;

  bool operator==(const ModelVersion&) const = default;
};

/// A point of a metric of a run.
struct Metric {
  std::string key;  ///< as metric_key() makes them
  double value = 0.0;
  TimePoint time;
  std::int64_t step = 0;

  bool operator==(const Metric&) const = default;
};

using Tags = std::map<std::string, std::string, std::less<>>;

struct Run {
  std::string id;
  std::string experiment_id;
  bool active = true;                                      ///< not deleted
  std::map<std::string, std::int64_t, std::less<>> steps;  ///< of each metric's newest point
};

/// The REST API of an MLflow tracking server with a model registry, 2.3 and later (aliases); asks
/// what it is told and knows nothing. Answers are bounded by the limits, redirects are not
/// followed, secrets are read again after a 401. Belongs to the thread of its io_context.
///
/// Errors are one sentence with the server's own words. kNotFound: what was asked for does not
/// exist; kInvalidConfig: refused as we are (401, 403); kInvalidArgument: refused as it was asked
/// (other 4xx), asking again is of no use; kUnavailable (network, 429, 5xx), kTimeout: try again,
/// it may have taken effect; kCorrupt: no such server.
class Mlflow {
 public:
  /// `client` outlives it.
  Mlflow(net::HttpClient& client, MlflowOptions options);

  /// The version that an alias of a registered model names.
  Async<ModelVersion> version_of(std::string model, std::string alias);

  /// Of the experiment of that name; it is made if there is none.
  Async<std::string> experiment_id(std::string name);

  /// The newest run of an experiment that has these tags and was not deleted; nothing if none has.
  Async<std::optional<std::string>> find_run(std::string experiment_id, Tags tags);

  /// Gives its id. Not safe to repeat after kUnavailable or kTimeout: find_run() first.
  Async<std::string> create_run(std::string experiment_id, std::string name, TimePoint start,
                                Tags tags);

  Async<Run> run(std::string id);

  /// In one request, at most kMetricsPerBatch metrics. May be written in part when it fails.
  Async<> log_batch(std::string run_id, std::vector<Metric> metrics, Tags tags);

 private:
  Async<std::string> ask(std::string method, std::string path, std::string body);
  Result<> authorize();
  net::HttpRequest request_of(const std::string& method, const std::string& path,
                              const std::string& body) const;

  net::HttpClient& client_;
  MlflowOptions options_;
  std::optional<net::Headers::Field> field_;
  bool authorized_ = false;
};

inline constexpr std::size_t kMetricsPerBatch = 500;  // MLflow takes 1000 and 1 MB

/// A key that MLflow takes: letters, digits, "_", "-", ".", " " of `part` are kept; where others
/// had to be replaced, or it is too long, the hash of `part` makes it a name of its own.
/// metric_key("psi", "delay") = "leeway/psi/delay"; without `part` "leeway/psi".
std::string metric_key(const std::string& measure, const std::string& part = "");

}  // namespace leeway::registry
