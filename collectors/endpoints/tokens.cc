#include "collectors/endpoints/tokens.h"

#include <algorithm>
#include <utility>

#include "collectors/endpoints/json.h"

namespace leeway::endpoints {
namespace {

constexpr Duration kRetryAfter = std::chrono::seconds(10);
constexpr std::uint64_t kShortestLife = 60;  // seconds
constexpr std::uint64_t kLongestLife = 86'400;
constexpr std::string_view kHex = "0123456789ABCDEF";

std::string key_of(const Entra& entra) {
  return entra.authority + '\n' + entra.tenant + '\n' + entra.client_id + '\n' + entra.scope;
}

/// application/x-www-form-urlencoded; secrets have '+', '/' and '~' in them.
std::string encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                       c == '-' || c == '.' || c == '_' || c == '~';
    if (plain) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += kHex[byte >> 4U];
    out += kHex[byte & 15U];
  }
  return out;
}

net::HttpRequest request_of(const Entra& entra, const std::string& secret, std::string proxy) {
  net::HttpRequest request;
  request.method = "POST";
  request.url = entra.authority + "/" + encoded(entra.tenant) + "/oauth2/v2.0/token";
  request.headers = {{"Content-Type", "application/x-www-form-urlencoded"}};
  request.body = "client_id=" + encoded(entra.client_id) + "&scope=" + encoded(entra.scope) +
                 "&grant_type=client_credentials&client_secret=" + encoded(secret);
  request.proxy = std::move(proxy);
  request.limits.max_response_bytes = std::size_t{64} << 10U;
  return request;
}

/// Its first sentence; the rest is identifiers of the request.
std::string reason(const net::HttpResponse& response) {
  const auto body = parse_json(response.body);
  std::string said = body ? text_of(member(&*body, "error_description")) : "";
  said = said.substr(0, said.find_first_of("\r\n"));
  if (said.size() > 200) said.resize(200);
  return "status " + std::to_string(response.status) + (said.empty() ? "" : ": " + said);
}

}  // namespace

Async<Token> Tokens::get(Entra entra, std::string proxy) {
  Entry& entry = entries_[key_of(entra)];  // a map never moves its entries
  while (entry.fetching) {
    auto woken = co_await entry.fetched.wait();
    if (!woken) co_return fail(std::move(woken.error()));
  }
  const Duration now = clock_.monotonic();
  if (entry.token.fresh_until <= now && entry.retry_at <= now) {
    entry.fetching = true;
    auto done = co_await fetch(entry, std::move(entra), std::move(proxy));
    entry.fetching = false;
    entry.fetched.notify_all();
    if (!done) {
      entry.failure = std::move(done.error());
      entry.retry_at = clock_.monotonic() + kRetryAfter;
    }
  }
  const Duration later = clock_.monotonic();
  if (!entry.token.text.empty() && later < entry.expires) {
    Token token = entry.token;
    token.fresh_until = std::max(token.fresh_until, std::min(entry.retry_at, entry.expires));
    co_return token;
  }
  co_return fail(entry.failure.code, entry.failure.message);
}

Async<> Tokens::fetch(Entry& entry, Entra entra, std::string proxy) {
  const auto secret = entra.client_secret();
  if (!secret) co_return fail(Error(secret.error()).in("the client secret"));
  auto outcome = co_await client_.send(request_of(entra, *secret, std::move(proxy)));
  if (!outcome) co_return fail(std::move(outcome.error().error).in("asking for a token"));
  if (outcome->status != 200) {
    const bool again = outcome->status == 429 || outcome->status >= 500;
    co_return fail(again ? ErrorCode::kUnavailable : ErrorCode::kInvalidConfig,
                   "asking for a token: " + reason(*outcome));
  }
  const auto body = parse_json(outcome->body);
  const std::string text = body ? text_of(member(&*body, "access_token")) : "";
  if (text.empty()) {
    co_return fail(ErrorCode::kCorrupt, "asking for a token: the answer has no 'access_token'");
  }
  // A number, or a number in quotes: both exist.
  const auto life = std::clamp(count_of(member(&*body, "expires_in")), kShortestLife, kLongestLife);
  const Duration now = clock_.monotonic();
  const Duration whole = std::chrono::seconds(life);
  const double share = 0.8 - 0.05 * random_.uniform();
  entry.token = {text, now + std::chrono::duration_cast<Duration>(whole * share)};
  entry.expires = now + whole;
  entry.retry_at = Duration();
  co_return Result<>{};
}

void Tokens::drop(const Entra& entra, const std::string& token) {
  const auto found = entries_.find(key_of(entra));
  if (found == entries_.end() || found->second.token.text != token) return;
  found->second.token = {};
  found->second.expires = Duration();
}

}  // namespace leeway::endpoints
