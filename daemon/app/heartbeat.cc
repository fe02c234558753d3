#include "daemon/app/heartbeat.h"

#include <string>
#include <utility>

#include "daemon/log/log.h"

namespace leeway::app {
namespace {

constexpr Duration kTimeout = std::chrono::seconds(10);

}  // namespace

Task<> Heartbeat::run() {
  for (;;) {
    std::optional<config::Heartbeat> settings = settings_();
    if (!settings) {
      if (!co_await changed_.wait()) co_return;
      continue;
    }
    if (healthy_()) co_await beat(std::move(settings->url));
    if (!co_await changed_.wait_for(clock_, settings->every)) co_return;
  }
}

Task<> Heartbeat::beat(config::Secret url) {
  net::HttpRequest request;
  Result<std::string> address = url.read();
  if (!address) {
    log::warn("heartbeat not sent", {{"error", address.error().message}});
    co_return;
  }
  request.url = std::move(*address);
  request.limits.total = kTimeout;
  const net::HttpOutcome answer = co_await client_.send(std::move(request));
  if (!answer) {
    log::warn("heartbeat not sent", {{"error", answer.error().error.message}});
  } else if (answer->status >= 400) {
    log::warn("heartbeat refused", {{"status", answer->status}});
  }
}

}  // namespace leeway::app
