#pragma once

#include <filesystem>
#include <string>

namespace leeway::tests {

/// Certificates made on the spot: an authority, a server "localhost" (also 127.0.0.1), one that has
/// expired and a client, all signed by it, and a second authority that signed nothing. PEM files,
/// gone with the object.
class Certificates {
 public:
  Certificates();
  ~Certificates();
  Certificates(const Certificates&) = delete;
  Certificates& operator=(const Certificates&) = delete;

  std::string authority() const { return folder_ / "authority.pem"; }
  std::string stranger() const { return folder_ / "stranger.pem"; }
  std::string server() const { return folder_ / "server.pem"; }
  std::string server_key() const { return folder_ / "server.key"; }
  std::string expired() const { return folder_ / "expired.pem"; }  ///< as the server's, until then
  std::string expired_key() const { return folder_ / "expired.key"; }
  std::string client() const { return folder_ / "client.pem"; }
  std::string client_key() const { return folder_ / "client.key"; }

 private:
  std::filesystem::path folder_;
};

}  // namespace leeway::tests
