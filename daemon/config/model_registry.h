#pragma once

#include <optional>
#include <string>

#include "collectors/net/http_client.h"
#include "daemon/config/model_endpoint.h"
#include "detectors/base/time.h"

namespace leeway::config {

/// Where results of windows are logged; one of the two is empty.
struct RegistryWriteBack {
  std::string experiment;  ///< a name
  std::string run;         ///< an id
};

/// The model registry: the keys of `models.registry`.
struct ModelRegistry {
  std::string mlflow;  ///< address of the server
  std::string model;   ///< as the registry calls it
  std::string alias;
  EndpointAuth auth;  ///< none, BearerAuth or BasicAuth
  net::TlsOptions tls;
  std::string proxy;
  Duration every{0};
  Duration timeout{0};
  std::optional<RegistryWriteBack> write_back;
};

}  // namespace leeway::config
