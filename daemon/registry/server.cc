#include "daemon/registry/server.h"

#include <algorithm>

namespace leeway::registry {
namespace {

Secret reader(config::Secret secret) {
  return [secret = std::move(secret)] { return secret.read(); };
}

Authorization authorization(const config::EndpointAuth& auth) {
  if (const auto* bearer = std::get_if<config::BearerAuth>(&auth)) {
    return Bearer{reader(bearer->token)};
  }
  if (const auto* basic = std::get_if<config::BasicAuth>(&auth)) {
    return Basic{.user = basic->user, .password = reader(basic->password)};
  }
  return {};
}

}  // namespace

MlflowOptions server_of(const config::ModelRegistry& registry) {
  MlflowOptions options{.url = registry.mlflow,
                        .authorization = authorization(registry.auth),
                        .tls = registry.tls,
                        .proxy = registry.proxy,
                        .limits = {}};
  net::Limits& limits = options.limits;
  limits.total = registry.timeout;
  for (Duration* phase : {&limits.dns, &limits.connect, &limits.tls, &limits.first_byte}) {
    *phase = std::min(*phase, registry.timeout);
  }
  return options;
}

}  // namespace leeway::registry
