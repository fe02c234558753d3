#include "daemon/config/links.h"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

namespace leeway::config {
namespace {

constexpr std::string_view kPassword =
    "an address with a user or password belongs into a secret: ${credential:NAME}";

enum class Verdict { kGood, kBad, kHoldsPassword };

Verdict judge(std::string_view text) {
  const auto url = boost::urls::parse_uri(boost::urls::string_view(text.data(), text.size()));
  if (!url) return Verdict::kBad;
  const auto scheme = url->scheme_id();
  if (scheme != boost::urls::scheme::http && scheme != boost::urls::scheme::https)
    return Verdict::kBad;
  if (url->encoded_host().empty()) return Verdict::kBad;
  return url->has_userinfo() ? Verdict::kHoldsPassword : Verdict::kGood;
}

bool begins_like_a_link(std::string_view text) {
  return text.starts_with("http://") || text.starts_with("https://");
}

}  // namespace

std::optional<std::string> check_link(std::string_view text) {
  switch (judge(text)) {
    case Verdict::kGood:
      return std::nullopt;
    case Verdict::kBad:
      return "'" + std::string(text) + "' is not an address like https://host/path";
    case Verdict::kHoldsPassword:
      break;
  }
  return "an address for people holds no user and no password";
}

std::optional<std::string> check_link(const Secret& secret) {
  if (secret.empty()) return "expected an address like https://host/path, got an empty text";
  const Secret::Part& first = secret.parts().front();
  if (!secret.is_literal()) {
    if (first.source != Secret::Source::kLiteral || begins_like_a_link(first.text))
      return std::nullopt;
    return "the address does not begin with http:// or https://";
  }
  switch (judge(first.text)) {
    case Verdict::kGood:
      return std::nullopt;
    case Verdict::kBad:
      return "this is not an address like https://host/path";
    case Verdict::kHoldsPassword:
      break;
  }
  return std::string(kPassword);
}

}  // namespace leeway::config
