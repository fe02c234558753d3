#include "collectors/net/tls_context.h"

#include <boost/system/error_code.hpp>
#include <utility>

namespace leeway::net {
namespace {

using boost::system::error_code;
using Context = asio::ssl::context;

Result<> loaded(const error_code& error, const std::string& what, const std::string& file) {
  if (!error) return {};
  return fail(ErrorCode::kInvalidConfig, what + " '" + file + "': " + error.message());
}

Result<TlsContext> make_context(Context::method method) {
  auto context = std::make_shared<Context>(method);
  error_code error;
  context->set_options(Context::default_workarounds | Context::no_tlsv1 | Context::no_tlsv1_1 |
                           Context::no_compression,
                       error);
  if (error) return fail(ErrorCode::kUnavailable, "setting TLS up: " + error.message());
  return context;
}

Result<> use_certificate(Context& context, const std::string& certificate, const std::string& key) {
  error_code error;
  context.use_certificate_chain_file(certificate, error);
  if (auto ok = loaded(error, "reading certificate", certificate); !ok) return ok;
  context.use_private_key_file(key, Context::pem, error);
  return loaded(error, "reading private key", key);
}

std::vector<std::filesystem::file_time_type> modification_times(const TlsOptions& options) {
  std::vector<std::filesystem::file_time_type> times;
  for (const auto* file : {&options.ca_file, &options.certificate_file, &options.key_file}) {
    std::error_code ignored;
    times.push_back(file->empty() ? std::filesystem::file_time_type{}
                                  : std::filesystem::last_write_time(*file, ignored));
  }
  return times;
}

}  // namespace

Result<TlsContext> make_client_context(const TlsOptions& options) {
  auto context = make_context(Context::tls_client);
  if (!context) return context;
  Context& tls = **context;
  error_code error;
  tls.set_verify_mode(asio::ssl::verify_peer, error);
  if (options.ca_file.empty()) {
    tls.set_default_verify_paths(error);
  } else {
    tls.load_verify_file(options.ca_file, error);
  }
  if (auto ok = loaded(error, "reading authorities", options.ca_file); !ok) return fail(ok.error());
  if (options.certificate_file.empty()) return context;
  const auto& key = options.key_file.empty() ? options.certificate_file : options.key_file;
  if (auto ok = use_certificate(tls, options.certificate_file, key); !ok) return fail(ok.error());
  return context;
}

Result<TlsContext> make_server_context(const std::string& certificate_file,
                                       const std::string& key_file,
                                       const std::string& client_ca_file) {
  auto context = make_context(Context::tls_server);
  if (!context) return context;
  if (auto ok = use_certificate(**context, certificate_file, key_file); !ok)
    return fail(ok.error());
  if (client_ca_file.empty()) return context;
  error_code error;
  (*context)->set_verify_mode(asio::ssl::verify_peer | asio::ssl::verify_fail_if_no_peer_cert,
                              error);
  (*context)->load_verify_file(client_ca_file, error);
  if (auto ok = loaded(error, "reading authorities", client_ca_file); !ok) return fail(ok.error());
  return context;
}

Result<TlsContext> TlsContexts::get(TlsOptions options) {
  options.server_name.clear();  // is the connection's business: one context does for all names
  auto times = modification_times(options);
  const auto found = entries_.find(options);
  if (found != entries_.end() && found->second.times == times) return found->second.context;
  auto context = make_client_context(options);
  if (!context) return context;
  entries_[options] = Entry{*context, std::move(times)};
  return context;
}

}  // namespace leeway::net
