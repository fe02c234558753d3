#include "collectors/endpoints/authorizer.h"

#include <utility>

#include "collectors/net/base64.h"

namespace leeway::endpoints {
namespace {

constexpr Duration kForever = Duration::max();

template <class... F>
struct Overloaded : F... {
  using F::operator()...;
};

using Field = net::Headers::Field;

/// The field of a secret that is at hand; nothing for the kinds that have none.
Result<std::optional<Field>> read_field(const Authorization& authorization) {
  const auto with = [](const Secret& secret, const auto& make) -> Result<std::optional<Field>> {
    auto text = secret();
    if (!text) return fail(std::move(text.error()).in("the secret of the endpoint"));
    return std::optional<Field>(make(*text));
  };
  const Overloaded read{
      [&](const Bearer& bearer) {
        return with(bearer.token, [](const std::string& token) {
          return Field{"Authorization", "Bearer " + token};
        });
      },
      [&](const KeyHeader& key) {
        return with(key.key, [&key](const std::string& text) { return Field{key.name, text}; });
      },
      [&](const Basic& basic) {
        return with(basic.password, [&basic](const std::string& password) {
          return Field{"Authorization", "Basic " + net::base64(basic.user + ':' + password)};
        });
      },
      [](const auto&) -> Result<std::optional<Field>> { return std::optional<Field>(); }};
  return std::visit(read, authorization);
}

}  // namespace

Authorizer::Authorizer(Clock& clock, Tokens& tokens, const ProbeTarget& target)
    : clock_(clock), tokens_(tokens), authorization_(target.authorization), proxy_(target.proxy) {
  if (std::holds_alternative<std::monostate>(authorization_)) fresh_until_ = kForever;
}

bool Authorizer::fresh() const {
  if (!fresh_until_) return false;
  return *fresh_until_ == kForever || clock_.monotonic() < *fresh_until_;
}

Async<> Authorizer::refresh() {
  const auto* entra = std::get_if<Entra>(&authorization_);
  if (entra == nullptr) {
    auto field = read_field(authorization_);
    if (!field) co_return fail(std::move(field.error()));
    field_ = std::move(*field);
    fresh_until_ = kForever;
    ++generation_;
    co_return Result<>{};
  }
  auto token = co_await tokens_.get(*entra, proxy_);
  if (!token) co_return fail(std::move(token.error()));
  fresh_until_ = token->fresh_until;
  if (token->text != token_) {
    token_ = std::move(token->text);
    field_ = Field{"Authorization", "Bearer " + token_};
    ++generation_;
  }
  co_return Result<>{};
}

bool Authorizer::reject() {
  if (std::holds_alternative<std::monostate>(authorization_)) return false;
  if (const auto* entra = std::get_if<Entra>(&authorization_)) tokens_.drop(*entra, token_);
  fresh_until_.reset();
  return true;
}

}  // namespace leeway::endpoints
