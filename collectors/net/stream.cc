#include "collectors/net/stream.h"

#include <fcntl.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>

#include <sys/uio.h>
#include <algorithm>
#include <array>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <cerrno>
#include <string>
#include <utility>

namespace leeway::net {
namespace {

using tcp = asio::ip::tcp;

/// Buffers a system call takes at most (Linux's own limit); a page of metrics has thousands of
/// small ones.
constexpr std::size_t kMaxPieces = 1024;

constexpr std::size_t kTlsRecord = std::size_t{16} << 10U;

bool news_on(tcp::socket& socket) {
  char byte = 0;
  const auto got = ::recv(socket.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return got >= 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
}

void close_socket(tcp::socket& socket) {
  error_code ignored;
  socket.close(ignored);
}

class PlainStream final : public Stream {
 public:
  explicit PlainStream(tcp::socket socket) : socket_(std::move(socket)) {}

  Task<Transfer> read_some(std::span<char> into) override {
    const auto [error, bytes] =
        co_await socket_.async_read_some(asio::buffer(into.data(), into.size()), kAsTuple);
    co_return Transfer{error, bytes};
  }

  Transfer try_write(std::span<const asio::const_buffer> from) override {
    std::array<iovec, kMaxPieces> pieces;
    const std::size_t count = std::min(from.size(), pieces.size());
    for (std::size_t i = 0; i < count; ++i) {
      pieces[i] = {const_cast<void*>(from[i].data()), from[i].size()};
    }
    msghdr message{};
    message.msg_iov = pieces.data();
    message.msg_iovlen = count;
    // Else each call would send its last, partial segment on its own, and a pacing congestion
    // control (BBR) then stalls a page of thousands of pieces for up to 75 ms.
    const int more = count < from.size() ? MSG_MORE : 0;
    const auto sent =
        ::sendmsg(socket_.native_handle(), &message, MSG_DONTWAIT | MSG_NOSIGNAL | more);
    if (sent >= 0) return {{}, static_cast<std::size_t>(sent)};
    return {error_code(errno, boost::system::system_category()), 0};
  }

  Task<Transfer> write_some(std::span<const asio::const_buffer> from) override {
    for (;;) {
      const auto sent = try_write(from);
      if (sent.error != asio::error::would_block) co_return sent;
      const auto [error] = co_await socket_.async_wait(tcp::socket::wait_write, kAsTuple);
      if (error) co_return Transfer{error, 0};
    }
  }

  Task<> finish() override {
    error_code ignored;
    socket_.shutdown(tcp::socket::shutdown_send, ignored);
    co_return;
  }

  bool has_news() override { return news_on(socket_); }
  void close() override { close_socket(socket_); }

 private:
  tcp::socket socket_;
};

std::optional<TimePoint> time_of(const ASN1_TIME* written) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(written, &parts) != 1) return std::nullopt;
  return from_micros(std::int64_t{::timegm(&parts)} * 1'000'000);
}

class Tls final : public TlsStream {
 public:
  using Side = asio::ssl::stream_base::handshake_type;

  Tls(tcp::socket socket, std::shared_ptr<asio::ssl::context> context, Side side)
      : context_(std::move(context)), stream_(std::move(socket), *context_), side_(side) {}

  /// False if OpenSSL will not take the name.
  bool expect(const std::string& host) {
    SSL* ssl = stream_.native_handle();
    error_code not_an_address;
    asio::ip::make_address(host, not_an_address);
    if (!not_an_address) {  // RFC 6066: no name is sent for an address
      return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host.c_str()) == 1;
    }
    std::string name = host;  // SSL_set_tlsext_host_name is a macro with a cast in C's way
    const auto sent =
        SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, name.data());
    return sent == 1 && SSL_set1_host(ssl, host.c_str()) == 1;
  }

  std::string objection() const override {
    const long result = SSL_get_verify_result(const_cast<Tls*>(this)->stream_.native_handle());
    return result == X509_V_OK ? "" : X509_verify_cert_error_string(result);
  }

  std::optional<Validity> certificate() const override {
    const STACK_OF(X509)* const chain =
        SSL_get0_verified_chain(const_cast<Tls*>(this)->stream_.native_handle());
    std::optional<Validity> first;
    for (int i = 0; chain != nullptr && i < sk_X509_num(chain); ++i) {
      const X509* const each = sk_X509_value(chain, i);
      const auto from = time_of(X509_get0_notBefore(each));
      const auto until = time_of(X509_get0_notAfter(each));
      if (from && until && (!first || *until < first->until))
        first = {.from = *from, .until = *until};
    }
    return first;
  }

  Task<error_code> handshake() override {
    const auto [error] = co_await stream_.async_handshake(side_, kAsTuple);
    co_return error;
  }

  Task<Transfer> read_some(std::span<char> into) override {
    const auto [error, bytes] =
        co_await stream_.async_read_some(asio::buffer(into.data(), into.size()), kAsTuple);
    co_return Transfer{error, bytes};
  }

  Transfer try_write(std::span<const asio::const_buffer>) override {
    return {asio::error::would_block, 0};
  }

  // Gathered into a full record: a record a buffer would cost more than the copy.
  Task<Transfer> write_some(std::span<const asio::const_buffer> from) override {
    record_.clear();
    for (const auto& buffer : from) {
      const auto part = std::min(buffer.size(), kTlsRecord - record_.size());
      record_.append(static_cast<const char*>(buffer.data()), part);
      if (record_.size() == kTlsRecord) break;
    }
    const auto [error, bytes] =
        co_await asio::async_write(stream_, asio::buffer(record_), kAsTuple);
    co_return Transfer{error, bytes};
  }

  Task<> finish() override {
    const auto [ignored] = co_await stream_.async_shutdown(kAsTuple);
    static_cast<void>(ignored);
  }

  bool has_news() override {
    return SSL_pending(stream_.native_handle()) != 0 || news_on(stream_.next_layer());
  }
  void close() override { close_socket(stream_.next_layer()); }

 private:
  std::shared_ptr<asio::ssl::context> context_;
  asio::ssl::stream<tcp::socket> stream_;
  Side side_;
  std::string record_;
};

}  // namespace

void Remaining::drop(std::size_t bytes) {
  while (!left_.empty() && bytes >= left_.front().size()) {
    bytes -= left_.front().size();
    left_ = left_.subspan(1);
  }
  if (!left_.empty()) left_.front() += bytes;
}

Task<Transfer> write_all(Stream& stream, std::vector<asio::const_buffer> from) {
  Transfer total;
  for (Remaining rest(from); !rest.empty() && !total.error;) {
    const auto sent = co_await stream.write_some(rest.get());
    rest.drop(sent.bytes);
    total.bytes += sent.bytes;
    total.error = sent.error;
  }
  co_return total;
}

std::unique_ptr<Stream> make_plain_stream(tcp::socket socket) {
  return std::make_unique<PlainStream>(std::move(socket));
}

std::unique_ptr<TlsStream> make_tls_client(tcp::socket socket,
                                           std::shared_ptr<asio::ssl::context> context,
                                           const std::string& host) {
  auto stream = std::make_unique<Tls>(std::move(socket), std::move(context), Tls::Side::client);
  if (!stream->expect(host)) return nullptr;
  return stream;
}

std::unique_ptr<TlsStream> make_tls_server(tcp::socket socket,
                                           std::shared_ptr<asio::ssl::context> context) {
  return std::make_unique<Tls>(std::move(socket), std::move(context), Tls::Side::server);
}

void close_on_exec(int descriptor) { ::fcntl(descriptor, F_SETFD, FD_CLOEXEC); }

}  // namespace leeway::net
