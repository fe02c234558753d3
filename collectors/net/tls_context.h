#pragma once

#include <boost/asio/ssl/context.hpp>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "collectors/net/http_client.h"
#include "detectors/base/result.h"

namespace leeway::net {

using TlsContext = std::shared_ptr<asio::ssl::context>;

/// TLS 1.2 and later, peers verified.
Result<TlsContext> make_client_context(const TlsOptions& options);

/// With the certificate chain and key of PEM files; where `client_ca_file` is not empty, clients
/// must show a certificate that it signed.
Result<TlsContext> make_server_context(const std::string& certificate_file,
                                       const std::string& key_file,
                                       const std::string& client_ca_file);

/// Client contexts by their options, made anew when one of the files has changed.
class TlsContexts {
 public:
  Result<TlsContext> get(TlsOptions options);

 private:
  struct Entry {
    TlsContext context;
    std::vector<std::filesystem::file_time_type> times;
  };
  std::map<TlsOptions, Entry> entries_;
};

}  // namespace leeway::net
