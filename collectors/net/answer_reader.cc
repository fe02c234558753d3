#include "collectors/net/answer_reader.h"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <optional>
#include <string>
#include <utility>

#include "detectors/base/time.h"

namespace leeway::net {
namespace {

namespace http = boost::beast::http;
using boost::system::error_code;

}  // namespace

class AnswerReader::Impl {
 public:
  Impl(bool to_head, const Limits& limits) : to_head_(to_head), limits_(limits) { renew(); }

  Result<bool> put(std::string_view bytes) {
    if (pending_.empty()) {  // nearly always: what was parsed is not copied
      auto rest = parse(bytes);
      if (!rest) return fail(std::move(rest.error()));
      pending_ = *rest;
    } else {
      pending_ += bytes;
      auto rest = parse(pending_);
      if (!rest) return fail(std::move(rest.error()));
      pending_.erase(0, pending_.size() - rest->size());
    }
    return parser_->is_done();
  }

  Result<> end() {
    error_code error;
    parser_->put_eof(error);
    ended_ = true;
    if (!error && parser_->is_done()) return {};
    return fail(ErrorCode::kUnavailable,
                "the peer closed the connection before the answer was complete");
  }

  HttpResponse take() {
    auto message = parser_->release();
    HttpResponse response;
    response.status = static_cast<int>(message.result_int());
    for (const auto& field : message) {
      response.headers.add(std::string(field.name_string()), std::string(field.value()));
    }
    response.body = std::move(message.body());
    return response;
  }

  bool reusable() const {
    return !ended_ && parser_->is_done() && pending_.empty() && parser_->keep_alive();
  }

 private:
  using Parser = http::response_parser<http::string_body>;

  /// What of `bytes` the parser cannot use yet, or not at all.
  Result<std::string_view> parse(std::string_view bytes) {
    while (!bytes.empty() && !parser_->is_done()) {
      error_code error;
      const auto used = parser_->put(asio::buffer(bytes.data(), bytes.size()), error);
      bytes.remove_prefix(used);
      if (error == http::error::need_more) break;
      if (error) return fail(complaint(error));
      if (parser_->is_done() && is_interim()) renew();
    }
    return bytes;
  }

  bool is_interim() const {
    const auto status = parser_->get().result_int();
    return status >= 100 && status < 200 && status != 101;
  }

  void renew() {
    parser_.emplace();
    parser_->eager(true);
    parser_->skip(to_head_);
    parser_->header_limit(static_cast<std::uint32_t>(limits_.max_head_bytes));
    parser_->body_limit(limits_.max_response_bytes);
  }

  Error complaint(const error_code& error) const {
    if (error == http::error::body_limit) {
      return {ErrorCode::kCorrupt,
              "the answer has more than " + std::to_string(limits_.max_response_bytes) + " bytes"};
    }
    if (error == http::error::header_limit) {
      return {ErrorCode::kCorrupt, "the head of the answer has more than " +
                                       std::to_string(limits_.max_head_bytes) + " bytes"};
    }
    return {ErrorCode::kCorrupt, "the answer is no HTTP/1: " + error.message()};
  }

  bool to_head_;
  Limits limits_;
  std::optional<Parser> parser_;
  std::string pending_;
  bool ended_ = false;
};

AnswerReader::AnswerReader(bool to_head, const Limits& limits)
    : impl_(std::make_unique<Impl>(to_head, limits)) {}
AnswerReader::~AnswerReader() = default;

Result<bool> AnswerReader::put(std::string_view bytes) { return impl_->put(bytes); }
Result<> AnswerReader::end() { return impl_->end(); }
HttpResponse AnswerReader::take() { return impl_->take(); }
bool AnswerReader::reusable() const { return impl_->reusable(); }

}  // namespace leeway::net
