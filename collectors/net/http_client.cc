#include "collectors/net/http_client.h"

#include <array>
#include <boost/asio/this_coro.hpp>
#include <utility>

#include "collectors/net/exchange.h"
#include "collectors/net/pool.h"
#include "collectors/net/request_head.h"

namespace leeway::net {
namespace {

bool may_be_repeated(std::string_view method) {
  constexpr std::array kSafe = {std::string_view("GET"), std::string_view("HEAD"),
                                std::string_view("PUT"), std::string_view("DELETE"),
                                std::string_view("OPTIONS")};
  for (const auto safe : kSafe) {
    if (method == safe) return true;
  }
  return false;
}

/// Connections with other certificates are other connections.
std::string origin_of(const Url& url, const TlsOptions& tls) {
  std::string origin =
      (url.tls ? "https://" : "http://") + url.host + ' ' + std::to_string(url.port);
  if (url.tls) {
    origin += '\n' + tls.ca_file + '\n' + tls.certificate_file + '\n' + tls.key_file + '\n' +
              tls.server_name;
  }
  return origin;
}

class Client : public HttpClient {
 public:
  Client(Clock& clock, HttpClientOptions options)
      : clock_(clock),
        options_(std::move(options)),
        pool_(clock, {.per_origin = options_.idle_per_origin,
                      .total = options_.idle_total,
                      .idle_timeout = options_.idle_timeout}) {}

  Task<HttpOutcome> send(HttpRequest request) override {
    const std::string what = request.method + ' ' + redacted(request.url);
    Job job(std::move(request), clock_);
    if (auto ready = prepare(job); !ready) {
      auto failure = job.watch.failure(ready.error().code, std::move(ready.error().message));
      co_return named(std::move(failure), what);
    }
    auto outcome = co_await ask(job);
    if (!outcome) co_return named(std::move(outcome.error()), what);
    co_return std::move(*outcome);
  }

 private:
  using Outcome = tl::expected<HttpResponse, HttpFailure>;

  static HttpOutcome named(HttpFailure failure, const std::string& what) {
    failure.error = std::move(failure.error).in(what);
    return tl::unexpected(std::move(failure));
  }

  Result<> prepare(Job& job) {
    auto url = parse_url(job.request.url);
    if (!url) return fail(std::move(url.error()));
    job.url = std::move(*url);
    auto head = request_head(job.request, job.url, options_.user_agent);
    if (!head) return fail(std::move(head.error()));
    job.head = std::move(*head);
    if (!job.url.tls) return {};
    auto context = contexts_.get(job.request.tls);
    if (!context) return fail(std::move(context.error()));
    job.tls = std::move(*context);
    return {};
  }

  Task<Outcome> ask(Job& job) {
    const std::string origin = origin_of(job.url, job.request.tls);
    if (auto rested = pool_.take(origin)) {
      job.watch.note_reuse(true);
      auto answer = co_await exchange(job, *rested);
      if (answer) co_return settle(job, origin, std::move(*answer), std::move(rested));
      const bool closed =
          answer.error().error.code == ErrorCode::kUnavailable && !job.first_byte_seen;
      if (!closed || !may_be_repeated(job.request.method)) {
        co_return tl::unexpected(std::move(answer.error()));
      }
    }
    job.watch.note_reuse(false);
    auto stream = co_await connect(job);
    if (!stream) co_return tl::unexpected(std::move(stream.error()));
    auto answer = co_await exchange(job, **stream);
    if (!answer) co_return tl::unexpected(std::move(answer.error()));
    co_return settle(job, origin, std::move(*answer), std::move(*stream));
  }

  HttpResponse settle(const Job& job, const std::string& origin, Exchanged exchanged,
                      std::unique_ptr<Stream> stream) {
    if (exchanged.reusable) pool_.put(origin, std::move(stream));
    exchanged.response.timings = job.watch.timings();
    return std::move(exchanged.response);
  }

  Clock& clock_;
  HttpClientOptions options_;
  TlsContexts contexts_;
  Pool pool_;
};

}  // namespace

std::unique_ptr<HttpClient> make_http_client(Clock& clock, HttpClientOptions options) {
  return std::make_unique<Client>(clock, std::move(options));
}

}  // namespace leeway::net
