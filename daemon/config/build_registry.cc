#include "daemon/config/build_registry.h"

#include <utility>

#include "daemon/config/read.h"

namespace leeway::config {
namespace {

using namespace read;  // NOLINT(google-build-using-namespace): this file is made of it

EndpointAuth auth(const Node* node, const Sources& sources) {
  const auto secret = [&sources](const Node& of) {
    return parsed(
        [&](std::string_view text) { return Secret::parse(text, sources.folder(of.place.file)); },
        of.text);
  };
  if (node == nullptr) return {};
  if (const Node* bearer = node->find("bearer")) return BearerAuth{secret(*bearer)};
  const Node& basic = section(*node, "basic");
  return BasicAuth{.user = text(basic, "user"), .password = secret(section(basic, "password"))};
}

net::TlsOptions tls(const Node* node) {
  if (node == nullptr) return {};
  const auto file = [node](std::string_view key) { return maybe_text(*node, key).value_or(""); };
  return {.ca_file = file("ca"), .certificate_file = file("certificate"), .key_file = file("key")};
}

}  // namespace

ModelRegistry build_registry(const Node& node, const Sources& sources, const std::string& model) {
  ModelRegistry registry;
  registry.mlflow = text(node, "mlflow");
  registry.model = text(node, "model");
  if (registry.model.empty()) registry.model = model;
  registry.alias = text(node, "alias");
  registry.auth = auth(node.find("auth"), sources);
  registry.tls = tls(node.find("tls"));
  registry.proxy = maybe_text(node, "proxy").value_or("");
  registry.every = duration(node, "every");
  registry.timeout = duration(node, "timeout");
  if (const Node* back = node.find("write_back")) {
    registry.write_back =
        RegistryWriteBack{.experiment = maybe_text(*back, "experiment").value_or(""),
                          .run = maybe_text(*back, "run").value_or("")};
  }
  return registry;
}

}  // namespace leeway::config
