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

/// Connections with other certificates, or through another proxy, are other connections.
std::string origin_of(const Url& url, const HttpRequest& request) {
  std::string origin =
      (url.tls ? "https://" : "http://") + url.host + ' ' + std::to_string(url.port);
  if (!request.proxy.empty()) origin += '\n' + request.proxy;
  if (!url.tls) return origin;
  const TlsOptions& tls = request.tls;
  return origin + '\n' + tls.ca_file + '\n' + tls.certificate_file + '\n' + tls.key_file + '\n' +
         tls.server_name;
}

Result<std::optional<Url>> parse_proxy(const std::string& text) {
  if (text.empty()) return std::optional<Url>();
  auto url = parse_url(text);
  if (!url) return fail(std::move(url.error()).in("the proxy"));
  if (url->tls) {
    return fail(ErrorCode::kInvalidArgument, "the proxy: its URL must begin with http://");
  }
  return std::optional<Url>(std::move(*url));
}

class Client : public PreparingClient {
 public:
  Client(Clock& clock, HttpClientOptions options)
      : clock_(clock),
        options_(std::move(options)),
        pool_(clock, {.per_origin = options_.idle_per_origin,
                      .total = options_.idle_total,
                      .idle_timeout = options_.idle_timeout,
                      .lifetime = options_.connection_lifetime}) {}

  Task<HttpOutcome> send(HttpRequest request) override {
    const std::string what = request.method + ' ' + redacted(request.url);
    const Duration total = request.limits.total;
    auto prepared = prepare(std::move(request));
    if (!prepared) {
      Watch watch(clock_, total);
      Error& error = prepared.error();
      co_return tl::unexpected(named(watch.failure(error.code, std::move(error.message)), what));
    }
    co_return co_await send_prepared(std::move(*prepared));
  }

  Result<Prepared> prepare(HttpRequest request) override {
    auto prepared = std::make_shared<PreparedRequest>();
    auto url = parse_url(request.url);
    if (!url) return fail(std::move(url.error()));
    auto proxy = parse_proxy(request.proxy);
    if (!proxy) return fail(std::move(proxy.error()));
    prepared->url = std::move(*url);
    prepared->proxy = std::move(*proxy);
    const Url* passed_to = prepared->proxy ? &*prepared->proxy : nullptr;
    auto head = request_head(request, prepared->url, options_.user_agent, passed_to);
    if (!head) return fail(std::move(head.error()));
    prepared->head = std::move(*head);
    prepared->origin = origin_of(prepared->url, request);
    prepared->request = std::move(request);
    return Prepared(std::move(prepared));
  }

  Task<HttpOutcome> send_prepared(Prepared prepared) override {
    Job job(*prepared, clock_);
    if (prepared->url.tls) {
      auto context = contexts_.get(job.request.tls);
      if (!context) {
        Error& error = context.error();
        co_return refused(job.watch.failure(error.code, std::move(error.message)), job.request);
      }
      job.tls = std::move(*context);
    }
    auto outcome = co_await ask(job);
    if (!outcome) co_return refused(std::move(outcome.error()), job.request);
    co_return std::move(*outcome);
  }

 private:
  using Outcome = tl::expected<HttpResponse, HttpFailure>;

  static HttpFailure named(HttpFailure failure, const std::string& what) {
    failure.error = std::move(failure.error).in(what);
    return failure;
  }

  static tl::unexpected<HttpFailure> refused(HttpFailure failure, const HttpRequest& request) {
    return tl::unexpected(named(std::move(failure), request.method + ' ' + redacted(request.url)));
  }

  Task<Outcome> ask(Job& job) {
    if (auto rested = job.request.own_connection ? nullptr : pool_.take(job.prepared.origin)) {
      job.watch.note_reuse(true);
      auto answer = co_await exchange(job, *rested);
      if (answer) co_return settle(job, std::move(*answer), std::move(rested));
      const bool closed =
          answer.error().error.code == ErrorCode::kUnavailable && !job.first_byte_seen;
      if (!closed || !may_be_repeated(job.request.method)) {
        co_return tl::unexpected(std::move(answer.error()));
      }
    }
    job.watch.note_reuse(false);
    auto stream = co_await connect(job);
    if (!stream) co_return tl::unexpected(std::move(stream.error()));
    (*stream)->opened_at = clock_.monotonic();
    auto answer = co_await exchange(job, **stream);
    if (!answer) co_return tl::unexpected(std::move(answer.error()));
    co_return settle(job, std::move(*answer), std::move(*stream));
  }

  HttpResponse settle(const Job& job, Exchanged exchanged, std::unique_ptr<Stream> stream) {
    exchanged.response.certificate = stream->certificate();
    if (exchanged.reusable && !job.request.own_connection) {
      pool_.put(job.prepared.origin, std::move(stream));
    }
    exchanged.response.timings = job.watch.timings();
    return std::move(exchanged.response);
  }

  Clock& clock_;
  HttpClientOptions options_;
  TlsContexts contexts_;
  Pool pool_;
};

}  // namespace

std::unique_ptr<PreparingClient> make_http_client(Clock& clock, HttpClientOptions options) {
  return std::make_unique<Client>(clock, std::move(options));
}

}  // namespace leeway::net
