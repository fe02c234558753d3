#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "collectors/endpoints/checks.h"
#include "collectors/net/http_client.h"
#include "daemon/config/values.h"
#include "detectors/base/time.h"

namespace leeway::config {

/// How an endpoint knows us.
struct BearerAuth {
  Secret token;
};
struct KeyAuth {
  std::string header;
  Secret value;
};
struct BasicAuth {
  std::string user;
  Secret password;
};
struct EntraAuth {
  std::string tenant;
  std::string client_id;
  Secret client_secret;
  std::string scope;
  std::string authority;
};
using EndpointAuth = std::variant<std::monostate, BearerAuth, KeyAuth, BasicAuth, EntraAuth>;

/// One server that answers for a model: what is asked, and how.
struct EndpointServer {
  Secret url;
  std::string protocol;
  std::string model;      ///< as the server calls it; empty: from the URL
  std::string version;    ///< pinned; empty: the server's choice
  std::string signature;  ///< what of the model is asked, where a protocol has several
  EndpointAuth auth;
};

struct EndpointLatency {
  double quantile = 0.99;
  Duration limit{0};
  Duration over{0};
};

struct EndpointAvailability {
  double objective = 0.0;
  Duration over{0};
};

struct GoldenRows {
  std::string file;
  Duration every{0};
  std::optional<double> absolute;  ///< instead of the file's tolerances
  std::optional<double> relative;
};

struct EndpointSeries {
  std::string metric;
  std::string field;
  std::string label;
  std::string matches;
  double scale = 1.0;
};

/// The endpoint's own metrics.
struct EndpointMetrics {
  std::string url;                     ///< absolute, or a path of the same server
  std::string mapping;                 ///< "auto": by what is on the page
  std::vector<EndpointSeries> series;  ///< instead of a mapping
  Duration every{0};
};

/// What an answer to a row is: of the column of predictions, or of scores.
enum class Compared { kAuto, kPrediction, kScore };

/// How rows of the batches are scored and compared; common to canary and shadow.
struct Scoring {
  std::size_t rows = 0;  ///< newest ones, in one request
  Duration every{0};
  Duration timeout{0};
  std::vector<std::string> inputs;  ///< columns; none: the features
  Compared compare = Compared::kAuto;
  std::string output;                   ///< of the model; empty: the one that fits
  std::optional<std::size_t> position;  ///< of an output with several values
  double absolute = 0.0;                ///< tolerance of numbers
  double relative = 0.0;
  std::optional<double> warning;  ///< limits of the share of rows with another answer
  std::optional<double> critical;
  bool send_private = false;
  Duration over{0};
  std::size_t min_rows = 0;
  Duration keep{0};
};

/// Another server that gets the same rows.
struct Shadow {
  EndpointServer server;
  std::map<std::string, Secret, std::less<>> headers;
  net::TlsOptions tls;
  std::string proxy;
  Scoring scoring;
};

/// Labels of rows that canary and shadow have kept.
struct EndpointLabels {
  std::vector<std::string> files;   ///< paths or globs
  std::optional<std::string> on;    ///< nothing: columns.id
  std::optional<std::string> name;  ///< nothing: columns.label
  Duration every{0};
};

/// What watches a model's endpoint: the keys of `models.endpoint`.
struct ModelEndpoint {
  EndpointServer server;
  std::string method;  ///< of the health request, protocol http
  std::string body;
  std::map<std::string, Secret, std::less<>> headers;
  net::TlsOptions tls;
  std::string proxy;
  bool keep_connection = true;
  Duration every{0};
  Duration timeout{0};
  Duration metadata_every{0};
  std::vector<endpoints::Check> checks;
  std::optional<EndpointLatency> latency;
  std::optional<EndpointAvailability> availability;
  std::optional<GoldenRows> golden;
  std::optional<EndpointMetrics> metrics;
  std::optional<Scoring> canary;
  std::optional<Shadow> shadow;
  std::optional<EndpointLabels> labels;
};

}  // namespace leeway::config
