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

net::Limits limits_of(const config::ModelEndpoint& endpoint) {
  net::Limits limits;
  limits.total = endpoint.timeout;
  for (Duration* phase : {&limits.dns, &limits.connect, &limits.tls, &limits.first_byte}) {
    *phase = std::min(*phase, endpoint.timeout);
  }
  return limits;
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
  target.limits = limits_of(endpoint);
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
  auto url = endpoint.server.url.read();
  if (!url) return fail(std::move(url.error()).in("endpoint.url"));
  target.url = std::move(*url);
  for (const auto& [header, value] : endpoint.headers) {
    auto text = value.read();
    if (!text) return fail(std::move(text.error()).in("endpoint.headers." + header));
    target.headers.emplace_back(header, std::move(*text));
  }
  if (endpoint.golden) {
    auto cases = golden_cases(*endpoint.golden);
    if (!cases) return fail(std::move(cases.error()).in("endpoint.golden.rows"));
    target.golden = std::move(*cases);
  }
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
