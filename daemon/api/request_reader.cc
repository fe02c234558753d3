#include "daemon/api/request_reader.h"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/field.hpp>
#include <utility>

#include "collectors/net/headers.h"

namespace leeway::api {
namespace {

namespace http = boost::beast::http;
using boost::system::error_code;

std::string_view std_view(boost::beast::string_view text) { return {text.data(), text.size()}; }

/// "http://host/path" (a form that servers must take) to "/path".
std::string_view origin_form(std::string_view target) {
  const auto scheme = target.find("://");
  if (target.starts_with('/') || scheme == std::string_view::npos) return target;
  const auto path = target.find_first_of("/?", scheme + 3);
  return path == std::string_view::npos ? "/" : target.substr(path);
}

}  // namespace

void RequestReader::Parser::on_request_impl(http::verb verb, text method, text target, int version,
                                            error_code&) {
  Request& request = reader_.request_;
  request.is_head_ = verb == http::verb::head;
  request.method_ = reader_.store(request.is_head_ ? "GET" : std_view(method));
  request.target_ = reader_.store(origin_form(std_view(target)));
  reader_.version_ = version;
}

void RequestReader::Parser::on_field_impl(field field, text name, text value, error_code&) {
  const auto key = reader_.store(std_view(name));
  reader_.request_.fields_.emplace_back(key, reader_.store(std_view(value)));
  switch (field) {
    case field::host:
      ++reader_.hosts_;
      break;
    case field::content_type:
      reader_.has_content_type_ = true;
      break;
    case field::transfer_encoding:
      reader_.has_transfer_encoding_ = true;
      reader_.only_chunked_ = net::equal_ignoring_case(std_view(value), "chunked");
      break;
    case field::expect: {
      const bool known = net::equal_ignoring_case(std_view(value), "100-continue");
      (known ? reader_.expects_continue_ : reader_.expects_other_) = true;
      break;
    }
    default:
      break;
  }
}

void RequestReader::Parser::on_header_impl(error_code& error) {
  if (!reader_.check_head()) error = http::error::bad_value;
}

void RequestReader::Parser::on_body_init_impl(const boost::optional<std::uint64_t>& length,
                                              error_code&) {
  if (length) reader_.request_.body_.reserve(static_cast<std::size_t>(*length));
}

std::size_t RequestReader::Parser::on_body_impl(text body, error_code&) {
  reader_.request_.body_ += std_view(body);
  return body.size();
}

std::size_t RequestReader::Parser::on_chunk_body_impl(std::uint64_t, text body, error_code&) {
  reader_.request_.body_ += std_view(body);
  return body.size();
}

RequestReader::RequestReader(Limits limits, std::string peer) : limits_(limits) {
  request_.peer_ = std::move(peer);
  restart();
}

void RequestReader::restart() {
  parser_.emplace(*this);
  parser_->header_limit(static_cast<std::uint32_t>(limits_.head));
  parser_->body_limit(limits_.body);
  request_.head_.clear();
  request_.fields_.clear();
  request_.body_.clear();
  hosts_ = 0;
  has_content_type_ = has_transfer_encoding_ = only_chunked_ = false;
  expects_continue_ = expects_other_ = false;
  refusal_.status = 0;
}

Request RequestReader::take() {
  Request next;
  next.peer_ = request_.peer_;
  return std::exchange(request_, std::move(next));
}

RequestReader::Span RequestReader::store(std::string_view text) {
  const Span span{static_cast<std::uint32_t>(request_.head_.size()),
                  static_cast<std::uint32_t>(text.size())};
  request_.head_ += text;
  return span;
}

RequestReader::State RequestReader::put(std::string_view& bytes) {
  // Without `eager` the parser stops behind the head and after each piece of the body.
  while (!parser_->is_done() && !bytes.empty()) {
    error_code error;
    const auto used = parser_->put(boost::asio::buffer(bytes), error);
    bytes.remove_prefix(used);
    if (error == http::error::need_more) break;
    if (error) return refuse(error);
  }
  if (parser_->is_done()) return State::kComplete;
  const bool waits = expects_continue_ && parser_->is_header_done() && version_ == 11;
  if (!waits) return State::kNeedsMore;
  expects_continue_ = false;
  return State::kAwaitsContinue;
}

bool RequestReader::check_head() {
  if (hosts_ > 1 || (hosts_ == 0 && version_ == 11)) return refuse(400, "one Host field is needed");
  const auto target = request_.target();
  const bool star = target == "*" && request_.method() == "OPTIONS";
  if (!target.starts_with('/') && !target.starts_with('?') && !star) {
    return refuse(400, "the target of the request is no path");
  }
  if (has_transfer_encoding_ && !only_chunked_) return refuse(501, "only chunked is understood");
  if (has_transfer_encoding_ && version_ == 10) return refuse(400, "HTTP/1.0 knows no chunks");
  if (expects_other_) return refuse(417, "only 100-continue can be expected");
  const auto method = request_.method();
  const bool has_content = method == "POST" || method == "PUT" || method == "PATCH";
  const bool says_length = parser_->content_length().has_value() || has_transfer_encoding_;
  // Without a body a POST needs no length; with the type of a body it forgot one.
  if (has_content && has_content_type_ && !says_length) return refuse(411, "how long is the body?");
  return true;
}

bool RequestReader::refuse(int status, std::string reason) {
  refusal_ = {status, std::move(reason)};
  return false;
}

RequestReader::State RequestReader::refuse(const error_code& error) {
  if (refusal_.status != 0) return State::kRefused;  // said by check_head()
  if (error == http::error::header_limit) {
    refuse(431, "the head is larger than " + std::to_string(limits_.head) + " bytes");
  } else if (error == http::error::body_limit) {
    refuse(413, "the body is larger than " + std::to_string(limits_.body) + " bytes");
  } else if (error == http::error::bad_version) {
    refuse(505, "only HTTP/1.0 and HTTP/1.1 are understood");
  } else {
    refuse(400, error.message());
  }
  return State::kRefused;
}

}  // namespace leeway::api
