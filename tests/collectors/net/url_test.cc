#include "collectors/net/url.h"

#include <gmock/gmock.h>

namespace leeway::net {
namespace {

using testing::HasSubstr;
using testing::Not;

struct Parsed {
  std::string text;
  std::string host;
  int port;
  std::string authority;
  std::string target;
};

TEST(Url, IsTakenApart) {
  const Parsed table[] = {
      {"http://a.example", "a.example", 80, "a.example", "/"},
      {"https://a.example/x?y=1#z", "a.example", 443, "a.example", "/x?y=1"},
      {"HTTP://A.Example:8080/X", "a.example", 8080, "a.example:8080", "/X"},
      {"https://a.example:443/", "a.example", 443, "a.example", "/"},
      {"http://a.example?q", "a.example", 80, "a.example", "/?q"},
      {"http://[::1]:9/p%20q", "::1", 9, "[::1]:9", "/p%20q"},
      {"http://127.0.0.1/", "127.0.0.1", 80, "127.0.0.1", "/"},
  };
  for (const auto& want : table) {
    SCOPED_TRACE(want.text);
    const auto url = parse_url(want.text);
    ASSERT_TRUE(url.has_value());
    EXPECT_EQ(url->host, want.host);
    EXPECT_EQ(url->port, want.port);
    EXPECT_EQ(url->authority, want.authority);
    EXPECT_EQ(url->target, want.target);
    EXPECT_EQ(url->tls, url->port == 443);
  }
}

TEST(Url, GivesUserAndPasswordDecoded) {
  const auto url = parse_url("http://me:p%40ss@a.example/");
  ASSERT_TRUE(url.has_value());
  EXPECT_EQ(url->credentials, "me:p@ss");
}

TEST(Url, MustBeAbsoluteAndHttp) {
  for (const char* text :
       {"", "/path", "a.example/x", "ftp://a.example/", "http:///x", "http://a b/",
        "http://a.example:99999/", "http://a.example:0/", "mailto:me@a.example"}) {
    SCOPED_TRACE(text);
    const auto url = parse_url(text);
    ASSERT_FALSE(url.has_value());
    EXPECT_EQ(url.error().code, ErrorCode::kInvalidArgument);
  }
}

TEST(Url, IsNotQuotedInItsError) {
  const auto url = parse_url("ftp://me:secret@a.example/token");
  ASSERT_FALSE(url.has_value());
  EXPECT_THAT(url.error().message, Not(HasSubstr("secret")));
}

TEST(RedactedUrl, HidesWhatMayBeSecret) {
  const std::pair<const char*, const char*> table[] = {
      {"https://ops.example/hooks/leeway", "https://ops.example/hooks/leeway"},
      {"https://me:secret@ops.example:8443/x", "https://ops.example:8443/x"},
      {"https://ops.example/x?token=secret&flag&a=b", "https://ops.example/x?token=...&...&a=..."},
      {"https://hooks.slack.com/services/T0/B0/secret", "https://hooks.slack.com/..."},
      {"https://acme.webhook.office.com/webhookb2/secret", "https://acme.webhook.office.com/..."},
      {"https://prod-1.westeurope.logic.azure.com:443/workflows/secret?sig=secret",
       "https://prod-1.westeurope.logic.azure.com:443/..."},
      {"https://HC-PING.com/secret", "https://hc-ping.com/..."},
      {"https://nothooks.slack.com.example/a", "https://nothooks.slack.com.example/a"},
      {"secret", "<not a URL>"},
      {"http://a b/secret", "<not a URL>"},
  };
  for (const auto& [url, want] : table) EXPECT_EQ(redacted(url), want);
}

}  // namespace
}  // namespace leeway::net
