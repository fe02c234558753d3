#include "collectors/endpoints/endpoint.h"

#include <utility>

#include "collectors/endpoints/protocols.h"
#include "collectors/net/retry_after.h"
#include "collectors/net/url.h"

namespace leeway::endpoints {
namespace {

constexpr std::string_view kMark = "x-leeway-probe";  // so that captured traffic can leave us out

net::HttpOutcome unasked(Error error) {
  net::HttpFailure failure;
  failure.error = std::move(error);
  return tl::unexpected(std::move(failure));
}

bool due(std::optional<Duration>& at, Duration every, Duration now) {
  if (at && now < *at) return false;
  at = now + every;
  return true;
}

void add_sentence(ProbeResult& result, const std::string& sentence) {
  if (sentence.empty()) return;
  result.sentence += (result.sentence.empty() ? "" : "; ") + sentence;
}

Result<> sensible(const ProbeTarget& target, const Protocol& protocol) {
  for (const auto& golden : target.golden) {
    if (golden.body.empty() && !protocol.scores_rows && protocol.name != "openai") {
      return fail(ErrorCode::kInvalidConfig, "golden '" + golden.name + "': protocol " +
                                                 std::string(protocol.name) +
                                                 " takes a body, not rows");
    }
  }
  return {};
}

}  // namespace

OpenEndpoint::OpenEndpoint(Shared shared, ProbeTarget target, std::unique_ptr<Dialect> dialect)
    : shared_(shared),
      target_(std::move(target)),
      dialect_(std::move(dialect)),
      authorizer_(shared_.clock, shared_.tokens, target_) {}

Result<std::unique_ptr<Endpoint>> OpenEndpoint::open(Shared shared, ProbeTarget target) {
  const auto* protocol = find_protocol(target.protocol);
  if (protocol == nullptr) {
    return fail(ErrorCode::kInvalidConfig, "there is no protocol '" + target.protocol + "'");
  }
  if (auto fine = sensible(target, *protocol); !fine) return fail(std::move(fine.error()));
  // The constructor is private.
  std::unique_ptr<OpenEndpoint> made(new OpenEndpoint(shared, std::move(target), protocol->make()));
  auto site = made->dialect_->locate(made->target_);
  if (!site) return fail(std::move(site.error()));
  made->site_ = std::move(*site);
  auto checks = CompiledChecks::compile(made->target_.checks);
  if (!checks) return fail(std::move(checks.error()));
  made->checks_ = std::move(*checks);
  const auto& self = *made;
  const auto tried = shared.client.prepare(
      self.request_of(self.dialect_->health(self.site_, self.target_), false));
  if (!tried) return fail(ErrorCode::kInvalidConfig, tried.error().message);
  return std::unique_ptr<Endpoint>(std::move(made));
}

net::HttpRequest OpenEndpoint::request_of(Ask ask, bool authorized) const {
  net::HttpRequest request;
  request.method = std::move(ask.method);
  request.url = std::move(ask.url);
  request.headers = std::move(ask.headers);
  request.body = std::move(ask.body);
  if (!ask.content_type.empty()) request.headers.add("Content-Type", std::move(ask.content_type));
  for (const auto& [name, value] : target_.headers) request.headers.add(name, value);
  const auto& field = authorizer_.field();
  if (authorized && field) request.headers.add(field->first, field->second);
  request.headers.add(std::string(kMark), "1");
  request.tls = target_.tls;
  request.proxy = target_.proxy;
  request.limits = target_.limits;
  request.own_connection = !target_.keep_connection;
  return request;
}

Task<net::HttpOutcome> OpenEndpoint::send(Ask ask) {
  for (bool again = false;; again = true) {
    if (!authorizer_.fresh()) {
      auto ready = co_await authorizer_.refresh();
      if (!ready) co_return unasked(std::move(ready.error()));
    }
    const auto slot = co_await shared_.slots.acquire();
    if (!slot) co_return unasked(slot.error());
    auto outcome = co_await shared_.client.send(request_of(ask, true));
    if (again || !outcome || outcome->status != 401 || !authorizer_.reject()) co_return outcome;
  }
}

Task<net::HttpOutcome> OpenEndpoint::send_health() {
  for (bool again = false;; again = true) {
    if (!authorizer_.fresh()) {
      auto ready = co_await authorizer_.refresh();
      if (!ready) co_return unasked(std::move(ready.error()));
    }
    if (!health_ || health_generation_ != authorizer_.generation()) {
      auto prepared = shared_.client.prepare(request_of(dialect_->health(site_, target_), true));
      if (!prepared) co_return unasked(std::move(prepared.error()));
      health_ = std::move(*prepared);
      health_generation_ = authorizer_.generation();
    }
    const auto slot = co_await shared_.slots.acquire();
    if (!slot) co_return unasked(slot.error());
    auto outcome = co_await shared_.client.send_prepared(health_);
    if (again || !outcome || outcome->status != 401 || !authorizer_.reject()) co_return outcome;
  }
}

Task<ProbeResult> OpenEndpoint::probe() {
  ProbeResult result;
  result.at = shared_.clock.now();
  judge(co_await send_health(), result);
  if (!result.up) co_return result;
  const Duration now = shared_.clock.monotonic();
  const bool knows = find_protocol(target_.protocol)->has_metadata;
  if (knows && due(metadata_due_, target_.metadata_every, now)) co_await add_metadata(result);
  if (!target_.golden.empty() && due(golden_due_, target_.golden_every, now)) {
    co_await add_golden(result);
  }
  if (result.metadata && result.metadata->version.empty()) {
    result.metadata->version = served_version_;
  }
  co_return result;
}

void OpenEndpoint::judge(const net::HttpOutcome& outcome, ProbeResult& result) const {
  if (outcome) return judge_answer(*outcome, result);
  const auto& failure = outcome.error();
  result.timings = failure.timings;
  result.failed_in = failure.phase;
  if (failure.deadline_hit) result.deadline = failure.deadline;
  result.error = failure.error.code;
  result.sentence = failure.error.message;
}

void OpenEndpoint::judge_answer(const net::HttpResponse& response, ProbeResult& result) const {
  result.status = response.status;
  result.timings = response.timings;
  result.certificate = response.certificate;
  result.body_bytes = response.body.size();
  if (const auto field = response.headers.find("retry-after")) {
    result.retry_after = net::parse_retry_after(*field, result.at);
  }
  auto health = checks_.wants_status() ? Health{} : dialect_->judge(response, site_);
  result.up = health.up;
  result.ready = health.ready;
  result.sentence = std::move(health.sentence);
  if (checks_.empty() || !result.up) return;  // one reason is enough
  result.checks = checks_.run(response);
  for (const auto& check : result.checks) {
    if (check.passed) continue;
    result.up = false;
    add_sentence(result, check.sentence);
  }
  if (!result.ready) result.ready = result.up;
}

Async<Metadata> OpenEndpoint::metadata() {
  auto ask = dialect_->metadata(site_);
  if (!ask) co_return fail(ErrorCode::kNotFound, "the server says nothing about its model");
  auto outcome = co_await send(std::move(*ask));
  if (!outcome) co_return fail(std::move(outcome.error().error));
  if (auto fine = accepted(*outcome); !fine) co_return fail(std::move(fine.error()));
  auto read = dialect_->read_metadata(*outcome, site_);
  if (read && read->version.empty()) read->version = served_version_;
  if (read) known_ = *read;
  co_return read;
}

Task<> OpenEndpoint::add_metadata(ProbeResult& result) {
  auto got = co_await metadata();
  if (got) {
    result.metadata = std::move(*got);
  } else if (got.error().code != ErrorCode::kNotFound) {
    add_sentence(result, "metadata: " + got.error().message);
  }
}

Task<> OpenEndpoint::add_golden(ProbeResult& result) {
  for (const auto& golden : target_.golden) {
    auto asking = golden.body.empty() ? score(golden.rows) : score_body(golden.body);
    auto scores = co_await std::move(asking);
    if (!scores) {
      result.golden.push_back(
          {.name = golden.name,
           .sentence = "golden '" + golden.name + "' has no answer: " + scores.error().message});
      continue;
    }
    result.golden.push_back(compare(golden, scores->outputs));
    if (!scores->usage) continue;
    if (!result.usage) result.usage.emplace();
    result.usage->prompt += scores->usage->prompt;
    result.usage->completion += scores->usage->completion;
    result.usage->total += scores->usage->total;
  }
}

Async<Scores> OpenEndpoint::score(Rows rows) {
  if (rows.cells.empty()) co_return fail(ErrorCode::kInvalidArgument, "there is no row to score");
  if (!known_ && dialect_->metadata(site_)) {
    const auto asked = co_await metadata();  // without it the dialect makes the best of the rows
    static_cast<void>(asked);
  }
  auto ask = dialect_->ask(site_, rows, known_ ? &*known_ : nullptr);
  if (!ask) co_return fail(std::move(ask.error()));
  co_return co_await score_with(std::move(*ask), rows.size());
}

Async<Scores> OpenEndpoint::score_body(std::string body) {
  auto ask = dialect_->ask_with(site_, std::move(body));
  if (!ask) co_return fail(std::move(ask.error()));
  co_return co_await score_with(std::move(*ask), 0);
}

Async<Scores> OpenEndpoint::score_with(Ask ask, std::size_t rows) {
  auto outcome = co_await send(std::move(ask));
  if (!outcome) co_return fail(std::move(outcome.error().error));
  if (auto fine = accepted(*outcome); !fine) co_return fail(std::move(fine.error()));
  auto scores = dialect_->read_scores(*outcome, site_, rows);
  if (!scores) co_return fail(std::move(scores.error()).in("the answer to rows"));
  scores->timings = outcome->timings;
  if (!scores->version.empty()) served_version_ = scores->version;
  co_return scores;
}

Async<Scrape> OpenEndpoint::scrape(std::string url) {
  const auto home = net::parse_url(site_.base);
  if (url.starts_with('/')) url = (home->tls ? "https://" : "http://") + home->authority + url;
  const auto there = net::parse_url(url);
  if (!there) co_return fail(ErrorCode::kInvalidArgument, "scrape: " + there.error().message);
  const bool ours = there->host == home->host;  // no secret goes to another host
  if (ours && !authorizer_.fresh()) {
    auto ready = co_await authorizer_.refresh();
    if (!ready) co_return fail(std::move(ready.error()));
  }
  Ask ask{.url = std::move(url)};
  ask.headers.add("Accept",
                  "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5");
  const auto slot = co_await shared_.slots.acquire();
  if (!slot) co_return fail(slot.error());
  auto outcome = co_await shared_.client.send(request_of(std::move(ask), ours));
  if (!outcome) co_return fail(std::move(outcome.error().error));
  if (auto fine = accepted(*outcome); !fine) co_return fail(std::move(fine.error()));
  const auto type = outcome->headers.find("content-type").value_or("");
  co_return parse_exposition(outcome->body, type.starts_with("application/openmetrics-text"));
}

}  // namespace leeway::endpoints
