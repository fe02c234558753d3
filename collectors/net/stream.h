#pragma once

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/system/error_code.hpp>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "collectors/async/async.h"
#include "collectors/net/validity.h"

namespace leeway::net {

using boost::system::error_code;

/// What an operation on a stream came to.
struct Transfer {
  error_code error;
  std::size_t bytes = 0;
};

/// A connected socket, plain or with TLS. The one place where Asio's stream templates are
/// instantiated; everything above is compiled against this class (TLS differs in nothing but
/// speed).
class Stream {
 public:
  virtual ~Stream() = default;

  /// At least one byte, or an error; the peer's orderly end is asio::error::eof.
  virtual Task<Transfer> read_some(std::span<char> into) = 0;

  /// As many bytes as go without waiting; would_block if not even one does.
  virtual Transfer try_write(std::span<const asio::const_buffer> from) = 0;

  /// At least one byte, or an error.
  virtual Task<Transfer> write_some(std::span<const asio::const_buffer> from) = 0;

  /// Says to the peer that nothing more comes.
  virtual Task<> finish() = 0;

  /// Whether a byte, an end or an error is waiting to be read, so that a connection at rest is
  /// known to be of no more use.
  virtual bool has_news() = 0;

  /// Ends everything under way with operation_aborted.
  virtual void close() = 0;

  /// Of the certificate that expires first, from the peer's own to the authority that is trusted;
  /// nothing without TLS or before the handshake.
  virtual std::optional<Validity> certificate() const { return std::nullopt; }

  Duration opened_at{};  ///< monotonic; set by who opens it
};

std::unique_ptr<Stream> make_plain_stream(asio::ip::tcp::socket socket);

/// Writes all of `from`, or gives the error and how many bytes went.
Task<Transfer> write_all(Stream& stream, std::vector<asio::const_buffer> from);

/// What is left of a list of buffers while it is written.
class Remaining {
 public:
  explicit Remaining(std::span<asio::const_buffer> buffers) : left_(buffers) { drop(0); }

  bool empty() const { return left_.empty(); }
  std::span<const asio::const_buffer> get() const { return left_; }
  void drop(std::size_t bytes);

 private:
  std::span<asio::const_buffer> left_;
};

/// A TLS stream comes with its handshake still to be made.
class TlsStream : public Stream {
 public:
  virtual Task<error_code> handshake() = 0;

  /// What is wrong with the peer's certificate, after a handshake that failed; empty if nothing is.
  virtual std::string objection() const = 0;
};

/// The client's side: verifies that the certificate is trusted and names `host`, and sends the
/// name.
std::unique_ptr<TlsStream> make_tls_client(asio::ip::tcp::socket socket,
                                           std::shared_ptr<asio::ssl::context> context,
                                           const std::string& host);
std::unique_ptr<TlsStream> make_tls_server(asio::ip::tcp::socket socket,
                                           std::shared_ptr<asio::ssl::context> context);

/// Not inherited by the processes that we start.
void close_on_exec(int descriptor);

}  // namespace leeway::net
