#include "daemon/config/build_endpoint.h"

#include <limits>
#include <utility>

#include "daemon/config/read.h"

namespace leeway::config {
namespace {

using namespace read;  // NOLINT(google-build-using-namespace): this file is made of it

using endpoints::Check;

Secret secret(const Node& node, const Sources& sources) {
  return parsed(
      [&](std::string_view text) { return Secret::parse(text, sources.folder(node.place.file)); },
      node.text);
}

std::string text_or_nothing(const Node& node, std::string_view key) {
  return maybe_text(node, key).value_or("");
}

EndpointAuth auth(const Node* node, const Sources& sources) {
  if (node == nullptr) return {};
  if (const Node* bearer = node->find("bearer")) return BearerAuth{secret(*bearer, sources)};
  if (const Node* key = node->find("key")) {
    return KeyAuth{.header = text(*key, "header"),
                   .value = secret(section(*key, "value"), sources)};
  }
  if (const Node* basic = node->find("basic")) {
    return BasicAuth{.user = text(*basic, "user"),
                     .password = secret(section(*basic, "password"), sources)};
  }
  const Node& entra = section(*node, "entra");
  return EntraAuth{.tenant = text(entra, "tenant"),
                   .client_id = text(entra, "client_id"),
                   .client_secret = secret(section(entra, "client_secret"), sources),
                   .scope = text(entra, "scope"),
                   .authority = text(entra, "authority")};
}

EndpointServer server(const Node& node, const Sources& sources) {
  return {.url = secret(section(node, "url"), sources),
          .protocol = text_or_nothing(node, "protocol"),
          .model = text(node, "model"),
          .version = text(node, "version"),
          .signature = text(node, "signature"),
          .auth = auth(node.find("auth"), sources)};
}

/// "200", "200-299"; anything else is a range that no status is in, which the checker refuses.
std::pair<double, double> statuses(std::string_view written) {
  const std::size_t dash = written.find('-');
  const auto number = [](std::string_view digits) {
    int value = -1;
    const auto [rest, problem] =
        std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return problem == std::errc{} && rest == digits.data() + digits.size() ? value : -1;
  };
  const int least = number(written.substr(0, dash));
  const int most = dash == std::string_view::npos ? least : number(written.substr(dash + 1));
  return {least, most};
}

Check check(const Node& node) {
  Check check;
  check.test = Check::Test::kExists;
  if (const auto status = maybe_text(node, "status")) {
    check.test = Check::Test::kRange;
    std::tie(check.least, check.most) = statuses(*status);
    return check;
  }
  for (const auto& [key, test] :
       {std::pair{"body", Check::Test::kMatches}, {"body_without", Check::Test::kDoesNotMatch}}) {
    const auto expression = maybe_text(node, key);
    if (!expression) continue;
    check.subject = Check::Subject::kBody;
    check.test = test;
    check.text = *expression;
    return check;
  }
  const auto header = maybe_text(node, "header");
  check.subject = header ? Check::Subject::kHeader : Check::Subject::kJsonPointer;
  check.name = header ? *header : text(node, "json");
  for (const auto& [key, test] : {std::pair{"equals", Check::Test::kEquals},
                                  {"matches", Check::Test::kMatches},
                                  {"not_matches", Check::Test::kDoesNotMatch}}) {
    if (const auto wanted = maybe_text(node, key)) {
      check.test = test;
      check.text = *wanted;
    }
  }
  const auto least = maybe_text(node, "least");
  const auto most = maybe_text(node, "most");
  if (least || most) {
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    check.test = Check::Test::kRange;
    check.least = least ? number_of<double>(*least) : -kInfinity;
    check.most = most ? number_of<double>(*most) : kInfinity;
  }
  return check;
}

EndpointLatency latency(const Node& node) {
  EndpointLatency latency{.quantile = 0.0, .limit = {}, .over = duration(node, "over")};
  for (const auto& [key, quantile] :
       {std::pair{"p50", 0.5}, {"p90", 0.9}, {"p95", 0.95}, {"p99", 0.99}}) {
    if (node.find(key) == nullptr) continue;
    latency.quantile = quantile;
    latency.limit = duration(node, key);
  }
  return latency;
}

GoldenRows golden(const Node& node) {
  GoldenRows golden{
      .file = text(node, "rows"), .every = duration(node, "every"), .absolute = {}, .relative = {}};
  if (const Node* tolerance = node.find("tolerance")) {
    for (const auto& [key, place] :
         {std::pair{"absolute", &golden.absolute}, {"relative", &golden.relative}}) {
      if (const auto written = maybe_text(*tolerance, key)) *place = number_of<double>(*written);
    }
  }
  return golden;
}

EndpointMetrics metrics(const Node& node) {
  EndpointMetrics metrics{.url = text(node, "url"),
                          .mapping = text(node, "mapping"),
                          .series = {},
                          .every = duration(node, "every")};
  if (const Node* series = node.find("series")) {
    for (const Node& item : series->items) {
      metrics.series.push_back({.metric = text(item, "metric"),
                                .field = text(item, "field"),
                                .label = text(item, "label"),
                                .matches = text(item, "matches"),
                                .scale = number<double>(item, "scale")});
    }
  }
  return metrics;
}

net::TlsOptions tls(const Node* node) {
  if (node == nullptr) return {};
  return {.ca_file = text_or_nothing(*node, "ca"),
          .certificate_file = text_or_nothing(*node, "certificate"),
          .key_file = text_or_nothing(*node, "key"),
          .server_name = text_or_nothing(*node, "server_name")};
}

std::map<std::string, Secret, std::less<>> headers(const Node* node, const Sources& sources) {
  std::map<std::string, Secret, std::less<>> headers;
  if (node == nullptr) return headers;
  for (const Entry& header : node->entries) {
    headers.emplace(header.key, secret(header.value, sources));
  }
  return headers;
}

Compared compared(std::string_view word) {
  if (word == "prediction") return Compared::kPrediction;
  return word == "score" ? Compared::kScore : Compared::kAuto;
}

Scoring scoring(const Node& node) {
  Scoring scoring;
  scoring.rows = number<std::size_t>(node, "rows");
  scoring.every = duration(node, "every");
  scoring.timeout = duration(node, "timeout");
  scoring.inputs = texts(node, "inputs");
  scoring.compare = compared(text(node, "compare"));
  scoring.output = text(node, "output");
  if (const auto position = maybe_text(node, "position")) {
    scoring.position = number_of<std::size_t>(*position);
  }
  const Node& tolerance = section(node, "tolerance");
  scoring.absolute = number<double>(tolerance, "absolute");
  scoring.relative = number<double>(tolerance, "relative");
  if (const Node* limits = node.find("disagreement")) {
    if (const auto written = maybe_text(*limits, "warning")) {
      scoring.warning = number_of<double>(*written);
    }
    if (const auto written = maybe_text(*limits, "critical")) {
      scoring.critical = number_of<double>(*written);
    }
  }
  scoring.send_private = text(node, "send_private") == "true";
  scoring.over = duration(node, "over");
  scoring.min_rows = number<std::size_t>(node, "min_rows");
  scoring.keep = duration(node, "keep");
  return scoring;
}

Shadow shadow(const Node& node, const std::string& protocol, const Sources& sources) {
  Shadow shadow{.server = server(node, sources),
                .headers = headers(node.find("headers"), sources),
                .tls = tls(node.find("tls")),
                .proxy = text_or_nothing(node, "proxy"),
                .scoring = scoring(node)};
  if (shadow.server.protocol.empty()) shadow.server.protocol = protocol;
  return shadow;
}

EndpointLabels labels(const Node& node) {
  return {.files = texts(node, "files"),
          .on = maybe_text(node, "on"),
          .name = maybe_text(node, "label"),
          .every = duration(node, "every")};
}

}  // namespace

ModelEndpoint build_endpoint(const Node& node, const Sources& sources) {
  ModelEndpoint endpoint;
  endpoint.server = server(node, sources);
  endpoint.method = text(node, "method");
  endpoint.body = text(node, "body");
  endpoint.tls = tls(node.find("tls"));
  endpoint.proxy = text_or_nothing(node, "proxy");
  endpoint.keep_connection = text(node, "keep_connection") == "true";
  endpoint.every = duration(node, "every");
  endpoint.timeout = duration(node, "timeout");
  endpoint.metadata_every = duration(node, "metadata_every");
  endpoint.headers = headers(node.find("headers"), sources);
  if (const Node* checks = node.find("checks")) {
    for (const Node& item : checks->items) endpoint.checks.push_back(check(item));
  }
  if (const Node* found = node.find("latency")) endpoint.latency = latency(*found);
  if (const Node* found = node.find("availability")) {
    endpoint.availability = EndpointAvailability{.objective = number<double>(*found, "objective"),
                                                 .over = duration(*found, "over")};
  }
  if (const Node* found = node.find("golden")) endpoint.golden = golden(*found);
  if (const Node* found = node.find("metrics")) endpoint.metrics = metrics(*found);
  if (const Node* found = node.find("canary")) endpoint.canary = scoring(*found);
  if (const Node* found = node.find("shadow")) {
    endpoint.shadow = shadow(*found, endpoint.server.protocol, sources);
  }
  if (const Node* found = node.find("labels")) endpoint.labels = labels(*found);
  return endpoint;
}

}  // namespace leeway::config
