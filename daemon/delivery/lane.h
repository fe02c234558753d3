#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "collectors/async/notifier.h"
#include "daemon/delivery/deliverer.h"

namespace leeway::delivery {

/// The queue of one target: what is under way, and why nothing may be.
struct Lane {
  explicit Lane(NamedTarget named)
      : name(std::move(named.name)),
        target(std::move(named.target)),
        concurrency(named.concurrency) {}

  const std::string name;
  std::shared_ptr<Target> target;  // another one after a reload
  std::size_t concurrency;

  Notifier changed;  // something is due, ended, or different
  std::size_t in_flight = 0;
  std::uint64_t ended = 0;  // attempts; tells that what was read of the outbox is old
  std::string disabled;
  bool retired = false;  // no longer configured

  bool may_begin() const { return !retired && disabled.empty() && in_flight < concurrency; }
};

}  // namespace leeway::delivery
