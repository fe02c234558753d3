#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "detectors/base/result.h"

namespace leeway::api {

/// A request as the server read it. Views are into the object itself; copying it copies one buffer.
class Request {
 public:
  /// "GET" also for HEAD, of which the server sends no body.
  std::string_view method() const { return view(method_); }
  std::string_view target() const { return view(target_); }  ///< path and query as sent
  std::string_view path() const;                             ///< as sent, not decoded
  std::string_view query() const;                            ///< without the '?'

  /// The value of a query parameter, decoded; "" for one without a value.
  std::optional<std::string> parameter(std::string_view name) const;

  /// The first field of that name, in any case; empty if there is none.
  std::string_view header(std::string_view name) const;

  const std::string& body() const { return body_; }
  const std::string& peer() const { return peer_; }  ///< the client's address, without its port
  bool is_head() const { return is_head_; }

 private:
  friend class RequestReader;
  struct Span {
    std::uint32_t at = 0;
    std::uint32_t length = 0;
  };
  std::string_view view(Span span) const { return {head_.data() + span.at, span.length}; }

  std::string head_;
  Span method_;
  Span target_;
  std::vector<std::pair<Span, Span>> fields_;
  std::string body_;
  std::string peer_;
  bool is_head_ = false;
};

/// Bytes in pieces that several answers may share.
using Piece = std::shared_ptr<const std::string>;
using Pieces = std::vector<Piece>;

/// An answer. Content-Length, Date and Connection are the server's business.
struct Response {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::vector<std::pair<std::string, std::string>> headers;  ///< further fields
  std::shared_ptr<const Pieces> body;                        ///< none: empty

  /// Status line and fields made by prepare(); the fields above are not looked at then.
  Piece head;

  /// For an answer that is sent often: its head is written once.
  static Response prepared(Response response);

  std::size_t body_size() const;

  /// Status line and fields, each with its line end; without the empty line.
  std::string head_text() const;

  static Response text(int status, std::string body);
  static Response json(int status, std::string body);
  static Response not_found() { return text(404, "not found\n"); }
  /// `allow`: "GET, HEAD".
  static Response method_not_allowed(std::string allow);
  /// What an error of a handler becomes: kNotFound 404, kInvalidArgument 400, kUnavailable 503, ...
  static Response of(const Error& error);
};

std::string_view reason_phrase(int status);

}  // namespace leeway::api
