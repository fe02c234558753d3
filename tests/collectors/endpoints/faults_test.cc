#include <gmock/gmock.h>

#include <filesystem>
#include <iterator>

#include "collectors/async/task_group.h"
#include "collectors/endpoints/prober.h"
#include "collectors/endpoints/schedule.h"
#include "collectors/net/stream.h"
#include "collectors/net/tls_context.h"
#include "tests/support/certificates.h"
#include "tests/support/coroutines.h"
#include "tests/support/raw_peer.h"

namespace leeway::endpoints {
namespace {

using net::Phase;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using tests::Socket;

constexpr int kRounds = 3;

const tests::Certificates& certificates() {
  static const tests::Certificates made;
  return made;
}

std::ptrdiff_t open_descriptors() {
  const std::filesystem::directory_iterator folder("/proc/self/fd");
  return std::distance(begin(folder), end(folder));
}

/// Servers at their worst, probed every ten virtual seconds: each fault is one clear sentence,
/// nothing stays open, and the next probe is on time.
Task<> keep(Task<ProbeResult> probe, std::optional<ProbeResult>& result) {
  result = co_await std::move(probe);
}

class FaultsTest : public testing::Test {
 protected:
  ProbeTarget target(std::string url) const {
    ProbeTarget out{.name = "m", .url = std::move(url)};
    out.tls.ca_file = certificates().authority();
    out.limits = {.dns = seconds(1),
                  .connect = seconds(1),
                  .tls = seconds(2),
                  .first_byte = seconds(3),
                  .total = seconds(5)};
    return out;
  }

  /// Three rounds; their results, after all that a probe must leave behind was looked at.
  std::vector<ProbeResult> probe(ProbeTarget what) {
    clock_.settle();
    const auto before = open_descriptors();
    std::vector<ProbeResult> results;
    std::vector<Duration> starts;
    {
      const auto prober = make_prober(clock_);
      auto endpoint = prober->open(std::move(what));
      EXPECT_TRUE(endpoint.has_value()) << endpoint.error().message;
      Schedule schedule(io_.get_executor(), clock_, {.jitter = 0});
      schedule.add("m", seconds(10), [&]() -> Task<> {
        starts.push_back(clock_.monotonic());
        results.push_back(co_await (*endpoint)->probe());
      });
      until([&results] { return results.size() == kRounds; });
      schedule.stop();
      clock_.settle();
    }
    clock_.settle();
    EXPECT_LE(open_descriptors(), before + kept_open_);
    for (std::size_t i = 1; i < starts.size(); ++i) {
      EXPECT_EQ(starts[i] - starts[i - 1], seconds(10)) << "the next probe is on time";
      EXPECT_EQ(results[i].sentence, results[0].sentence);
    }
    return results;
  }

  ProbeResult probe_to_failure(ProbeTarget what) {
    const auto results = probe(std::move(what));
    EXPECT_EQ(results.size(), static_cast<std::size_t>(kRounds));
    if (results.empty()) return {};
    EXPECT_FALSE(results[0].up);
    EXPECT_THAT(results[0].sentence, Not(HasSubstr("\n")));
    return results[0];
  }

  /// Real sockets work while no time passes; when nothing is left for them to do, the clock goes
  /// on.
  template <class Condition>
  void until(Condition condition) {
    for (int i = 0; i < 10'000 && !condition(); ++i) {
      clock_.settle();
      io_.restart();
      if (io_.run_one_for(milliseconds(20)) == 0) {
        clock_.advance_to_next(clock_.now() + hours(1));
      }
    }
    EXPECT_TRUE(condition());
  }

  /// A server with TLS that answers every request with 200.
  tests::RawPeer::Script over_tls(const std::string& certificate, const std::string& key) {
    const auto context = net::make_server_context(certificate, key, "");
    EXPECT_TRUE(context.has_value());
    return [tls = *context](Socket& socket) -> Task<> {
      const auto stream = net::make_tls_server(std::move(socket), tls);
      const auto error = co_await stream->handshake();
      if (error) co_return;
      std::array<char, 4096> buffer{};
      const auto got = co_await stream->read_some(buffer);
      if (got.error) co_return;
      const std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
      std::vector<asio::const_buffer> pieces{asio::buffer(answer)};
      static_cast<void>(co_await net::write_all(*stream, std::move(pieces)));
    };
  }

  asio::io_context io_;
  VirtualClock clock_{io_.get_executor(), TimePoint{}};
  std::ptrdiff_t kept_open_ = 0;  ///< by the peer, which is in this process too
};

TEST_F(FaultsTest, ASlowLorisIsEndedByTheTotalDeadline) {
  tests::RawPeer peer(io_, [this](Socket& socket) -> Task<> {
    co_await tests::read_head(socket);
    co_await tests::send(socket, "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
    for (int i = 0; i < 60 && socket.is_open(); ++i) {
      co_await tests::send(socket, "a");
      static_cast<void>(co_await clock_.sleep(milliseconds(500)));
    }
  });
  kept_open_ = kRounds;  // the loris itself goes on
  const auto result = probe_to_failure(target(peer.url("/health")));
  EXPECT_EQ(result.failed_in, Phase::kBody);
  EXPECT_EQ(result.deadline, seconds(5));
  EXPECT_EQ(result.error, ErrorCode::kTimeout);
  EXPECT_THAT(result.sentence, EndsWith("/health: body: the total deadline of 5s passed"));
}

TEST_F(FaultsTest, ASlowHeadIsEndedToo) {
  tests::RawPeer peer(io_, [this](Socket& socket) -> Task<> {
    co_await tests::read_head(socket);
    static_cast<void>(co_await clock_.sleep(hours(1)));
  });
  kept_open_ = kRounds;
  const auto result = probe_to_failure(target(peer.url("/")));
  EXPECT_EQ(result.failed_in, Phase::kFirstByte);
  EXPECT_EQ(result.deadline, seconds(3));
  EXPECT_THAT(result.sentence, EndsWith("first byte: not within 3s"));
}

TEST_F(FaultsTest, AHalfClosedConnectionIsNoCompleteAnswer) {
  tests::RawPeer peer(io_, [this](Socket& socket) -> Task<> {
    co_await tests::read_head(socket);
    co_await tests::send(socket, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf");
    boost::system::error_code ignored;
    socket.shutdown(Socket::shutdown_send, ignored);
    static_cast<void>(co_await clock_.sleep(hours(1)));
  });
  kept_open_ = kRounds;
  const auto result = probe_to_failure(target(peer.url("/")));
  EXPECT_EQ(result.failed_in, Phase::kBody);
  EXPECT_FALSE(result.deadline.has_value());
  EXPECT_THAT(result.sentence,
              EndsWith("body: the peer closed the connection before the answer was complete"));
}

TEST_F(FaultsTest, AnAnswerOfTenGigabytesIsNotRead) {
  tests::RawPeer peer(io_, [](Socket& socket) -> Task<> {
    co_await tests::read_head(socket);
    co_await tests::send(socket, "HTTP/1.1 200 OK\r\nContent-Length: 10737418240\r\n\r\n");
  });
  const auto result = probe_to_failure(target(peer.url("/")));
  EXPECT_EQ(result.error, ErrorCode::kCorrupt);
  EXPECT_THAT(result.sentence, EndsWith("the answer has more than 8388608 bytes"));
}

TEST_F(FaultsTest, NorIsOneThatNeverSaysHowLongItIs) {
  std::size_t sent = 0;
  tests::RawPeer peer(io_, [&sent](Socket& socket) -> Task<> {
    co_await tests::read_head(socket);
    co_await tests::send(socket, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    const std::string chunk = "10000\r\n" + std::string(0x10000, 'x') + "\r\n";
    for (;;) {
      const auto [error, bytes] = co_await asio::async_write(socket, asio::buffer(chunk), kAsTuple);
      if (error) co_return;
      sent += bytes;
    }
  });
  auto limited = target(peer.url("/"));
  limited.limits.max_response_bytes = 1'000'000;
  const auto result = probe_to_failure(limited);
  EXPECT_THAT(result.sentence, EndsWith("the answer has more than 1000000 bytes"));
  // What the buffers of two sockets hold comes on top, each round.
  EXPECT_LT(sent, std::size_t{kRounds} * 16'000'000);
}

TEST_F(FaultsTest, ARedirectToItselfIsNotFollowed) {
  tests::RawPeer peer(io_, [](Socket& socket) -> Task<> {
    while (!(co_await tests::read_head(socket)).empty()) {
      co_await tests::send(socket,
                           "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/again?key=secret\r\n"
                           "Content-Length: 0\r\n\r\n");
    }
  });
  const auto result = probe_to_failure(target(peer.url("/")));
  EXPECT_EQ(result.status, 302);
  EXPECT_EQ(result.sentence,
            "status 302 Found to http://127.0.0.1/again?key=..., and redirects are not followed");
  EXPECT_EQ(peer.connections(), 1);
}

TEST_F(FaultsTest, WaitingForASilentServerIsNoLatencyOfAnother) {
  tests::RawPeer silent(io_, [](Socket& socket) -> Task<> {
    co_await tests::read_head(socket);
    co_await tests::read_head(socket);  // until the probe gives up
  });
  tests::RawPeer quick(io_, [](Socket& socket) -> Task<> {
    co_await tests::read_head(socket);
    co_await tests::send(socket, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  });
  const auto prober = make_prober(clock_, {.max_in_flight = 1});
  const auto first = prober->open(target(silent.url("/")));
  const auto second = prober->open(target(quick.url("/")));
  ASSERT_TRUE(first && second);
  std::optional<ProbeResult> late;
  std::optional<ProbeResult> fine;
  const Duration begun = clock_.monotonic();
  TaskGroup group(io_.get_executor());
  group.spawn(keep((*first)->probe(), late), "silent");
  group.spawn(keep((*second)->probe(), fine), "quick");
  until([&] { return late && fine; });
  EXPECT_EQ(late->deadline, seconds(3));
  EXPECT_TRUE(fine->up) << fine->sentence;
  EXPECT_EQ(fine->timings.total, Duration{});
  EXPECT_EQ(clock_.monotonic() - begun, seconds(3));
}

TEST_F(FaultsTest, ACertificateThatHasExpiredIsNamed) {
  tests::RawPeer peer(io_, over_tls(certificates().expired(), certificates().expired_key()));
  const auto result = probe_to_failure(target(peer.url("/", "https")));
  EXPECT_EQ(result.failed_in, Phase::kTls);
  EXPECT_THAT(result.sentence, EndsWith(": certificate has expired"));
}

TEST_F(FaultsTest, ACertificateForAnotherNameIsNamed) {
  tests::RawPeer peer(io_, over_tls(certificates().server(), certificates().server_key()));
  auto other = target(peer.url("/", "https"));
  other.tls.server_name = "model.example";
  const auto result = probe_to_failure(other);
  EXPECT_EQ(result.failed_in, Phase::kTls);
  EXPECT_THAT(result.sentence, EndsWith(": hostname mismatch"));
  other.tls.server_name = "localhost";  // of which it is: asked for by address
  const auto results = probe(other);
  EXPECT_TRUE(results[0].up) << results[0].sentence;
}

TEST_F(FaultsTest, AnAuthorityThatNobodyKnowsIsNamed) {
  tests::RawPeer peer(io_, over_tls(certificates().server(), certificates().server_key()));
  auto strange = target(peer.url("/", "https"));
  strange.tls.ca_file = certificates().stranger();
  const auto result = probe_to_failure(strange);
  EXPECT_EQ(result.failed_in, Phase::kTls);
  EXPECT_THAT(result.sentence, HasSubstr("certificate verify failed"));
}

TEST_F(FaultsTest, ANameThatDoesNotExistIsAFailureOfDns) {
  // A label of 64 letters is not asked for: it fails at once, whatever the machine's resolver.
  const auto result = probe_to_failure(target("http://" + std::string(64, 'a') + ".invalid/"));
  EXPECT_EQ(result.failed_in, Phase::kDns);
  EXPECT_THAT(result.sentence, HasSubstr(": dns: "));
}

TEST_F(FaultsTest, AConnectionResetInTheBodyIsTold) {
  tests::RawPeer peer(io_, [](Socket& socket) -> Task<> {
    co_await tests::read_head(socket);
    co_await tests::send(socket, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf");
    socket.set_option(asio::socket_base::linger(true, 0));
    socket.close();
  });
  const auto result = probe_to_failure(target(peer.url("/")));
  EXPECT_EQ(result.error, ErrorCode::kUnavailable);
  // The reset may overtake the bytes before it.
  EXPECT_THAT(result.sentence, EndsWith(": the peer reset the connection"));
}

TEST_F(FaultsTest, NobodyListeningIsTold) {
  asio::ip::tcp::acceptor gone(io_, {asio::ip::address_v4::loopback(), 0});
  const std::string url = "http://127.0.0.1:" + std::to_string(gone.local_endpoint().port()) + "/";
  gone.close();
  const auto result = probe_to_failure(target(url));
  EXPECT_EQ(result.failed_in, Phase::kConnect);
  EXPECT_THAT(result.sentence, EndsWith("connect: Connection refused"));
}

TEST_F(FaultsTest, WhatIsNoHttpIsTold) {
  tests::RawPeer peer(io_, [](Socket& socket) -> Task<> {
    co_await tests::read_head(socket);
    co_await tests::send(socket, "SSH-2.0-OpenSSH_9.2\r\n");
  });
  const auto result = probe_to_failure(target(peer.url("/")));
  EXPECT_EQ(result.error, ErrorCode::kCorrupt);
  EXPECT_THAT(result.sentence, HasSubstr("the answer is no HTTP/1"));
}

}  // namespace
}  // namespace leeway::endpoints
