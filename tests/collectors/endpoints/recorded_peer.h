#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/raw_peer.h"

namespace leeway::tests {

/// A request that the peer got.
struct Asked {
  std::string line;  ///< "GET /v2/health/ready"
  std::string head;
  std::string body;
};

/// A server that answers from a file of exchanges, written after what the servers document and not
/// captured from them:
///
///   >>> GET /ping
///   HTTP/1.1 200 OK
///   Content-Type: application/json
///
///   {"status": "Healthy"}
///
/// The body ends before the next ">>> "; its length is added. What is not recorded gets a 404.
class RecordedPeer {
 public:
  /// @param name  of a file in exchanges/, without ".txt"
  RecordedPeer(asio::io_context& io, std::string_view name);

  std::string url(std::string_view path = "") const { return peer_.url(path); }
  std::uint16_t port() const { return peer_.port(); }
  int connections() const { return peer_.connections(); }

  const std::vector<Asked>& asked() const { return asked_; }
  /// The last request whose line begins so; aborts the test's expectations with an empty one.
  Asked last(std::string_view line) const;

  /// Answers a line otherwise from now on: a whole response without its length.
  void replace(std::string line, std::string response);

 private:
  Task<> serve(Socket& socket);

  std::map<std::string, std::string> answers_;
  std::vector<Asked> asked_;
  RawPeer peer_;
};

}  // namespace leeway::tests
