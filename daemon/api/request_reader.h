#pragma once

#include <boost/beast/http/basic_parser.hpp>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/api/message.h"

namespace leeway::api {

/// Makes requests of the bytes that a client sends, one after the other. Beast keeps the grammar;
/// the fields land in one buffer, which is used again for the next request.
class RequestReader {
 public:
  struct Limits {
    std::size_t head;
    std::size_t body;
  };
  enum class State {
    kNeedsMore,
    kAwaitsContinue,  ///< the client waits for "100 Continue" before it sends the body; once
    kComplete,
    kRefused,  ///< see refusal(); the connection is of no more use
  };
  struct Refusal {
    int status;
    std::string reason;
  };

  RequestReader(Limits limits, std::string peer);

  /// Begins with the next request.
  void restart();

  /// Takes what it can of `bytes` and drops that from them. A head must come as a whole: what is
  /// left of one is to be given again with more behind it.
  State put(std::string_view& bytes);

  const Refusal& refusal() const { return refusal_; }
  const Request& request() const { return request_; }
  Request take();

  bool keep_alive() const { return parser_->keep_alive(); }
  bool is_http_1_0() const { return version_ == 10; }

 private:
  class Parser;
  friend class Parser;
  using Span = Request::Span;

  Span store(std::string_view text);
  bool check_head();
  bool refuse(int status, std::string reason);
  State refuse(const boost::system::error_code& error);

  class Parser : public boost::beast::http::basic_parser<true> {
   public:
    explicit Parser(RequestReader& reader) : reader_(reader) {}

   private:
    using error_code = boost::system::error_code;
    using text = boost::beast::string_view;
    using field = boost::beast::http::field;

    void on_request_impl(boost::beast::http::verb verb, text method, text target, int version,
                         error_code& error) override;
    void on_response_impl(int, text, int, error_code&) override {}
    void on_field_impl(field field, text name, text value, error_code& error) override;
    void on_header_impl(error_code& error) override;
    void on_body_init_impl(const boost::optional<std::uint64_t>& length,
                           error_code& error) override;
    std::size_t on_body_impl(text body, error_code& error) override;
    void on_chunk_header_impl(std::uint64_t, text, error_code&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t remain, text body, error_code& error) override;
    void on_finish_impl(error_code&) override {}

    RequestReader& reader_;
  };

  Limits limits_;
  std::optional<Parser> parser_;
  Request request_;
  Refusal refusal_{};
  int version_ = 11;
  std::size_t hosts_ = 0;
  bool has_content_type_ = false;
  bool has_transfer_encoding_ = false;
  bool only_chunked_ = false;
  bool expects_continue_ = false;
  bool expects_other_ = false;
};

}  // namespace leeway::api
