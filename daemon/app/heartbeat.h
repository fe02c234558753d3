#pragma once

#include <functional>
#include <optional>

#include "collectors/async/async.h"
#include "collectors/async/clock.h"
#include "collectors/async/notifier.h"
#include "collectors/net/http_client.h"
#include "daemon/config/config.h"

namespace leeway::app {

/// A dead-man switch: a GET of its address at once and then every so often, as long as Leeway is
/// healthy. Whoever watches that address raises the alarm when it hears nothing; so a request that
/// fails is logged and not repeated before its time. Lives on the io_context's thread.
class Heartbeat {
 public:
  using Settings = std::function<std::optional<config::Heartbeat>()>;

  Heartbeat(Clock& clock, net::HttpClient& client, Settings settings, std::function<bool()> healthy)
      : clock_(clock),
        client_(client),
        settings_(std::move(settings)),
        healthy_(std::move(healthy)) {}

  /// Until the coroutine is told to stop. Spawn it in a TaskGroup.
  Task<> run();

  /// The settings may have changed.
  void wake() { changed_.notify_one(); }

 private:
  Task<> beat(config::Secret url);

  Clock& clock_;
  net::HttpClient& client_;
  Settings settings_;
  std::function<bool()> healthy_;
  Notifier changed_;
};

}  // namespace leeway::app
