#pragma once

#include <memory>
#include <string_view>

#include "collectors/net/http_client.h"
#include "detectors/base/result.h"

namespace leeway::net {

/// Makes a response of the bytes that a peer sends. Interim answers (1xx) are skipped.
class AnswerReader {
 public:
  /// `to_head`: the request was a HEAD, so no body follows whatever the fields say.
  AnswerReader(bool to_head, const Limits& limits);
  ~AnswerReader();

  /// True when the answer is complete. kCorrupt if it is no HTTP/1 or too large.
  Result<bool> put(std::string_view bytes);

  /// The peer ended; fine only where the end is what ends the body, else kUnavailable.
  Result<> end();

  /// After put() gave true or end() was fine: status, headers and body.
  HttpResponse take();

  /// Whether the connection may carry another request.
  bool reusable() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace leeway::net
