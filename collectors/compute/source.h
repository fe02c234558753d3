#pragma once

#include <string_view>

#include "collectors/async/async.h"
#include "collectors/compute/reading.h"
#include "detectors/base/time.h"

namespace leeway::compute {

/// Where usage is read from: one file a kind, all of them listed in sources.h. On the thread of the
/// io_context; whatever may block goes to a pool.
class Source {
 public:
  virtual ~Source() = default;
  Source() = default;
  Source(const Source&) = delete;
  Source& operator=(const Source&) = delete;

  virtual std::string_view kind() const = 0;  ///< "cgroup", "process", "nvml", ...

  /// A metric is a sample or absent with its reason. An error where nothing at all can be said:
  /// kNotFound for a thing that is not there (now), kUnavailable, kTimeout, kCorrupt.
  virtual Async<Reading> read(TimePoint now) = 0;
};

}  // namespace leeway::compute
