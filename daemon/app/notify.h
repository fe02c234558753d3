#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "detectors/base/time.h"

namespace leeway::app {

/// The service manager's side channel (sd_notify(3)): a datagram to $NOTIFY_SOCKET. Without one
/// every call does nothing, so the daemon runs as well in a terminal.
class ServiceManager {
 public:
  /// Reads NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID.
  ServiceManager();
  ~ServiceManager();
  ServiceManager(const ServiceManager&) = delete;
  ServiceManager& operator=(const ServiceManager&) = delete;

  void ready(std::string_view status) const;
  void reloading() const;
  void stopping() const;
  void alive() const;

  /// How often it wants to hear that we make progress; nothing if it does not watch.
  std::optional<Duration> watchdog() const { return watchdog_; }

 private:
  void send(std::string_view text) const;

  int socket_ = -1;
  std::string address_;
  std::optional<Duration> watchdog_;
};

}  // namespace leeway::app
