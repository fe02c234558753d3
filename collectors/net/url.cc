#include "collectors/net/url.h"

#include <algorithm>
#include <array>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <charconv>

namespace leeway::net {
namespace {

/// Hosts whose path is a password: who knows it may post.
constexpr std::array kHookHosts = {
    std::string_view("hooks.slack.com"),  std::string_view("webhook.office.com"),
    std::string_view("logic.azure.com"),  std::string_view("api.powerplatform.com"),
    std::string_view("discord.com"),      std::string_view("discordapp.com"),
    std::string_view("hooks.zapier.com"), std::string_view("chat.googleapis.com"),
    std::string_view("api.telegram.org"), std::string_view("hc-ping.com"),
};

bool is_hook_host(std::string_view host) {
  return std::ranges::any_of(kHookHosts, [host](std::string_view hook) {
    if (!host.ends_with(hook)) return false;
    return host.size() == hook.size() || host[host.size() - hook.size() - 1] == '.';
  });
}

std::string hide_values(std::string_view query) {
  std::string out;
  while (!query.empty()) {
    const auto end = std::min(query.find('&'), query.size());
    const auto parameter = query.substr(0, end);
    const auto equals = parameter.find('=');
    out += out.empty() ? "?" : "&";
    out += equals == std::string_view::npos ? "..."
                                            : std::string(parameter.substr(0, equals)) + "=...";
    query.remove_prefix(std::min(end + 1, query.size()));
  }
  return out;
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return out;
}

}  // namespace

Result<Url> parse_url(std::string_view text) {
  const auto parsed = boost::urls::parse_uri(text);
  if (!parsed) return fail(ErrorCode::kInvalidArgument, "not an absolute URL");
  const boost::urls::url_view& view = *parsed;
  const std::string scheme = lower(view.scheme());
  if (scheme != "http" && scheme != "https") {
    return fail(ErrorCode::kInvalidArgument, "the scheme of a URL must be http or https");
  }
  Url url;
  url.tls = scheme == "https";
  url.host = lower(view.host_address());
  if (url.host.empty()) return fail(ErrorCode::kInvalidArgument, "the URL has no host");
  const std::uint16_t standard = url.tls ? 443 : 80;
  url.port = standard;
  const std::string_view port(view.port().data(), view.port().size());
  if (!port.empty()) {  // Boost's own number wraps around
    const auto error = std::from_chars(port.data(), port.data() + port.size(), url.port).ec;
    if (error != std::errc{} || url.port == 0) {
      return fail(ErrorCode::kInvalidArgument, "the port of the URL is out of range");
    }
  }
  url.authority = lower(view.encoded_host());
  if (url.port != standard) url.authority += ':' + std::to_string(url.port);
  url.target = view.encoded_target();
  if (url.target.empty() || url.target.front() != '/') url.target.insert(0, 1, '/');
  if (view.has_userinfo()) url.credentials = view.userinfo();
  return url;
}

std::string redacted(std::string_view url) {
  const auto parsed = boost::urls::parse_uri(url);
  if (!parsed || !parsed->has_authority()) return "<not a URL>";
  const boost::urls::url_view& view = *parsed;
  const std::string host = lower(view.encoded_host());
  std::string out = lower(view.scheme()) + "://" + host;
  if (view.has_port()) out += ':' + std::string(view.port());
  if (is_hook_host(host)) return out + "/...";
  out += std::string_view(view.encoded_path());
  if (view.has_query()) out += hide_values(view.encoded_query());
  return out;
}

}  // namespace leeway::net
