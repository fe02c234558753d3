#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "collectors/async/clock.h"
#include "collectors/net/stream.h"

namespace leeway::net {

struct PoolLimits {
  std::size_t per_origin;
  std::size_t total;
  Duration idle_timeout;
  Duration lifetime;  ///< an older connection is not kept
};

/// Connections at rest, each for the next request to the same origin.
class Pool {
 public:
  Pool(Clock& clock, PoolLimits limits) : clock_(clock), limits_(limits) {}

  /// The connection that rested shortest and that the peer has not closed; null without one.
  std::unique_ptr<Stream> take(const std::string& origin);

  /// Makes room by closing those that rested longest.
  void put(const std::string& origin, std::unique_ptr<Stream> stream);

  std::size_t size() const { return resting_.size(); }

 private:
  struct Resting {
    const std::string* origin;  ///< the key in places_
    std::unique_ptr<Stream> stream;
    Duration until;
  };
  using Place = std::list<Resting>::iterator;

  std::unique_ptr<Stream> drop(Place place);
  void expire();

  Clock& clock_;
  PoolLimits limits_;
  std::list<Resting> resting_;  ///< the longest first
  /// By origin, the longest first: thousands of endpoints rest at once.
  std::unordered_map<std::string, std::vector<Place>> places_;
  Alarm alarm_;
};

}  // namespace leeway::net
