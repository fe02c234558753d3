#include "daemon/endpoints/target.h"

#include <algorithm>
#include <fstream>
#include <iterator>

#include "collectors/endpoints/protocols.h"

namespace leeway::endpoint {
namespace {

constexpr std::size_t kGoldenBytes = std::size_t{16} << 20U;

endpoints::Secret reader(config::Secret secret) {
  return [secret = std::move(secret)] { return secret.read(); };
}

endpoints::Authorization authorization(const config::EndpointAuth& auth) {
  if (const auto* bearer = std::get_if<config::BearerAuth>(&auth)) {
    return endpoints::Bearer{reader(bearer->token)};
  }
  if (const auto* key = std::get_if<config::KeyAuth>(&auth)) {
    return endpoints::KeyHeader{.name = key->header, .key = reader(key->value)};
  }
  if (const auto* basic = std::get_if<config::BasicAuth>(&auth)) {
    return endpoints::Basic{.user = basic->user, .password = reader(basic->password)};
  }
  if (const auto* entra = std::get_if<config::EntraAuth>(&auth)) {
    return endpoints::Entra{.tenant = entra->tenant,
                            .client_id = entra->client_id,
                            .client_secret = reader(entra->client_secret),
                            .scope = entra->scope,
                            .authority = entra->authority};
  }
  return {};
}

Result<std::vector<endpoints::GoldenCase>> golden_cases(const config::GoldenRows& golden) {
  std::ifstream file(golden.file, std::ios::binary);
  if (!file) return fail(ErrorCode::kNotFound, "cannot read '" + golden.file + "'");
  std::string text(kGoldenBytes + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > kGoldenBytes) {
    return fail(ErrorCode::kCorrupt, "'" + golden.file + "' is larger than 16 MiB");
  }
  auto cases = endpoints::parse_golden(text);
  if (!cases) return fail(std::move(cases.error()).in("'" + golden.file + "'"));
  for (endpoints::GoldenCase& one : *cases) {
    for (endpoints::GoldenOutput& output : one.outputs) {
      if (golden.absolute) output.absolute = *golden.absolute;
      if (golden.relative) output.relative = *golden.relative;
    }
  }
  return cases;
}

net::Limits limits_of(Duration timeout) {
  net::Limits limits;
  limits.total = timeout;
  for (Duration* phase : {&limits.dns, &limits.connect, &limits.tls, &limits.first_byte}) {
    *phase = std::min(*phase, timeout);
  }
  return limits;
}

using Headers = std::map<std::string, config::Secret, std::less<>>;

/// What secrets have part in.
Result<> add_secrets(const config::Secret& url, const Headers& headers, const std::string& key,
                     endpoints::ProbeTarget& target) {
  auto read = url.read();
  if (!read) return fail(std::move(read.error()).in(key + ".url"));
  target.url = std::move(*read);
  for (const auto& [header, value] : headers) {
    auto text = value.read();
    if (!text) return fail(std::move(text.error()).in(key + ".headers." + header));
    target.headers.emplace_back(header, std::move(*text));
  }
  return {};
}

void mark(endpoints::ProbeTarget& target, std::string_view purpose) {
  target.headers.emplace_back("x-leeway-purpose", purpose);
}

/// Everything that neither a secret nor a file has part in.
endpoints::ProbeTarget plain_target(const config::ModelEndpoint& endpoint, std::string name) {
  endpoints::ProbeTarget target;
  target.name = std::move(name);
  target.protocol = endpoint.server.protocol;
  target.model = endpoint.server.model;
  target.version = endpoint.server.version;
  target.signature = endpoint.server.signature;
  target.method = endpoint.method;
  target.body = endpoint.body;
  target.authorization = authorization(endpoint.server.auth);
  target.tls = endpoint.tls;
  target.proxy = endpoint.proxy;
  target.limits = limits_of(endpoint.timeout);
  target.checks = endpoint.checks;
  target.metadata_every = endpoint.metadata_every;
  if (endpoint.golden) target.golden_every = endpoint.golden->every;
  target.keep_connection = endpoint.keep_connection;
  return target;
}

std::optional<std::string> problem_of_check(const endpoints::Check& check) {
  if (check.subject == endpoints::Check::Subject::kStatus &&
      (check.least < 100 || check.most > 599 || check.least > check.most)) {
    return "a status is a number from 100 to 599, or a range as '200-299'";
  }
  auto compiled = endpoints::CompiledChecks::compile({check});
  if (!compiled) return compiled.error().message;
  return std::nullopt;
}

}  // namespace

Result<endpoints::ProbeTarget> target_of(const config::ModelEndpoint& endpoint, std::string name) {
  endpoints::ProbeTarget target = plain_target(endpoint, std::move(name));
  auto read = add_secrets(endpoint.server.url, endpoint.headers, "endpoint", target);
  if (!read) return fail(std::move(read.error()));
  if (endpoint.golden) {
    auto cases = golden_cases(*endpoint.golden);
    if (!cases) return fail(std::move(cases.error()).in("endpoint.golden.rows"));
    target.golden = std::move(*cases);
  }
  return target;
}

Result<endpoints::ProbeTarget> scoring_target(const config::ModelEndpoint& endpoint,
                                              const config::Scoring& scoring, std::string name,
                                              std::string_view purpose) {
  endpoints::ProbeTarget target = plain_target(endpoint, std::move(name));
  auto read = add_secrets(endpoint.server.url, endpoint.headers, "endpoint", target);
  if (!read) return fail(std::move(read.error()));
  target.checks.clear();
  target.limits = limits_of(scoring.timeout);
  mark(target, purpose);
  return target;
}

Result<endpoints::ProbeTarget> challenger_target(const config::Shadow& shadow, std::string name) {
  endpoints::ProbeTarget target;
  target.name = std::move(name);
  target.protocol = shadow.server.protocol;
  target.model = shadow.server.model;
  target.version = shadow.server.version;
  target.signature = shadow.server.signature;
  target.authorization = authorization(shadow.server.auth);
  target.tls = shadow.tls;
  target.proxy = shadow.proxy;
  target.limits = limits_of(shadow.scoring.timeout);
  auto read = add_secrets(shadow.server.url, shadow.headers, "endpoint.shadow", target);
  if (!read) return fail(std::move(read.error()));
  mark(target, "shadow");
  return target;
}

std::optional<endpoints::Mapping> own_mapping(const config::ModelEndpoint& endpoint) {
  if (!endpoint.metrics || endpoint.metrics->series.empty()) return std::nullopt;
  endpoints::Mapping mapping{.name = "series", .rules = {}};
  for (const config::EndpointSeries& series : endpoint.metrics->series) {
    mapping.rules.push_back({.metric = series.metric,
                             .field = series.field,
                             .label = series.label,
                             .matches = series.matches,
                             .scale = series.scale});
  }
  return mapping;
}

std::optional<std::pair<std::string, std::string>> problem_of(
    const config::ModelEndpoint& endpoint) {
  const endpoints::Protocol* protocol = endpoints::find_protocol(endpoint.server.protocol);
  if (protocol == nullptr) return {{"protocol", "no such protocol"}};
  for (std::size_t i = 0; i < endpoint.checks.size(); ++i) {
    if (auto problem = problem_of_check(endpoint.checks[i])) {
      return {{"checks", "number " + std::to_string(i + 1) + ": " + *problem}};
    }
  }
  if (endpoint.golden && !protocol->scores_rows) {
    return {{"golden", "protocol '" + endpoint.server.protocol + "' does not score rows"}};
  }
  for (const auto& [key, is_there] : {std::pair{"canary", endpoint.canary.has_value()},
                                      {"shadow", endpoint.shadow.has_value()}}) {
    if (is_there && !protocol->scores_rows) {
      return {{key, "protocol '" + endpoint.server.protocol + "' does not score rows; say in " +
                        "endpoint.protocol what the server speaks"}};
    }
  }
  if (endpoint.shadow) {
    const auto* challenger = endpoints::find_protocol(endpoint.shadow->server.protocol);
    if (challenger == nullptr || !challenger->scores_rows) {
      return {{"shadow.protocol",
               "'" + endpoint.shadow->server.protocol + "' is no protocol that scores rows"}};
    }
  }
  if (!endpoint.server.signature.empty() && protocol->signature.empty()) {
    return {{"signature", "means nothing in protocol '" + endpoint.server.protocol + "'"}};
  }
  if (endpoint.metrics) {
    const auto fields = endpoints::serving_fields();
    for (const config::EndpointSeries& series : endpoint.metrics->series) {
      if (std::ranges::find(fields, series.field) != fields.end()) continue;
      std::string known;
      for (const auto field : fields) known += (known.empty() ? "" : ", ") + std::string(field);
      return {{"metrics.series", "no field '" + series.field + "'; there are " + known}};
    }
  }
  return std::nullopt;
}

}  // namespace leeway::endpoint
