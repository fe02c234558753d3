#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "collectors/async/async.h"
#include "collectors/async/clock.h"
#include "detectors/base/random.h"
#include "detectors/base/time.h"

namespace leeway::endpoint {

/// When round n of a period takes place: begin of the period, plus the name's own offset. Pure.
TimePoint round_at(std::int64_t n, Duration every, std::string_view name);

/// Rounds at offset + n x every plus a jitter of at most a twentieth of the period, so that they do
/// not drift however long one takes; the offset comes from a name, so that those of many models are
/// spread over the period. A round that comes while the one before still runs is left out.
class Rounds {
 public:
  /// @param clock  outlives it
  Rounds(Clock& clock, Duration every, std::string name, std::uint64_t seed);

  /// Waits for the next one; false if told to stop.
  Task<bool> next();

 private:
  Clock& clock_;
  Duration every_;
  std::string name_;
  Random random_;
  std::int64_t round_ = 0;  // the newest one, counted from the epoch
};

}  // namespace leeway::endpoint
