#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "collectors/async/async.h"
#include "collectors/async/clock.h"
#include "collectors/net/stream.h"
#include "daemon/api/request_reader.h"
#include "daemon/api/server.h"

namespace leeway::api {

/// The lines Date and Connection with the empty line, written once a second.
class HeadEnds {
 public:
  explicit HeadEnds(const Clock& clock) : clock_(clock) {}

  enum class Connection { kStays, kStaysAndSaysSo, kCloses };
  const Piece& get(Connection connection);

 private:
  const Clock& clock_;
  std::int64_t second_ = -1;
  std::array<Piece, 3> pieces_;
};

/// How many sweeps each wait may last. A sweep comes a few times per deadline and costs the waits
/// nothing: they only note its number.
struct Patience {
  std::uint32_t request;
  std::uint32_t write;
  std::uint32_t idle;
};

/// What the sessions of a server share.
struct Shared {
  Shared(const Clock& clock, ServerOptions with, Handlers given)
      : options(std::move(with)), handlers(std::move(given)), ends(clock) {}

  ServerOptions options;
  Handlers handlers;
  HeadEnds ends;
  ServerStatistics statistics;
  Patience patience{};
  std::uint32_t sweep = 0;  ///< number of the last one
  bool stopping = false;
};

/// One connection, from its handshake to its end.
class Session {
 public:
  Session(Shared& shared, std::unique_ptr<net::Stream> stream, std::string peer);

  /// `tls`: the stream, if its handshake is still to be made.
  Task<> run(net::TlsStream* tls);

  /// Closes the connection if it has waited too long.
  void sweep();

  /// Lets a request that is under way be answered, and nothing more.
  void stop();

  void close() { stream_->close(); }

 private:
  enum class Wait { kHandshake, kIdle, kRequest, kHandler, kWrite, kEnd };

  void wait(Wait what);
  Task<bool> read_request();
  Task<bool> read_more();
  Task<Response> answer();
  Task<bool> write(const Response& response, bool keep);
  Task<bool> write_all();
  Task<> end(bool in_order);

  Shared& shared_;
  std::unique_ptr<net::Stream> stream_;
  RequestReader reader_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0;  ///< of what has been received and not been read yet
  std::size_t end_ = 0;
  std::vector<asio::const_buffer> outgoing_;
  Wait wait_ = Wait::kIdle;
  std::uint32_t since_ = 0;  ///< the sweep in which the wait began
};

}  // namespace leeway::api
