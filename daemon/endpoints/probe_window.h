#pragma once

#include <boost/json/value.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "detectors/base/result.h"
#include "detectors/base/time.h"

namespace leeway::endpoint {

/// Times of probes in cells of 2^(1/8), about 9 % wide: a quantile is read to within that. Merges
/// by adding; sparse, since the times of one server fill few cells.
class TimeHistogram {
 public:
  void add(Duration time) { ++cells_[cell_of(time)]; }
  void merge(const TimeHistogram& other);
  std::uint64_t count() const;

  /// The upper edge of the cell that holds the q-quantile (0 < q < 1) when `beyond` further times
  /// are longer than all; nothing if it is one of those, or if there are none.
  std::optional<Duration> quantile(double q, std::uint64_t beyond) const;

  boost::json::value to_json() const;
  void read_json(
      const boost::json::value& value);  ///< throws on what to_json() cannot have written

 private:
  static std::int32_t cell_of(Duration time);

  std::map<std::int32_t, std::uint64_t> cells_;
};

/// What probes came to over a rolling span of time, in thirty slices of it: the span is exact to
/// within a slice, and memory does not depend on how many probes there were. Pure; O(slices).
class ProbeWindow {
 public:
  /// @param over  > 0
  /// @param limit  probes that take longer are counted exactly, beside the cells; zero: none are
  ProbeWindow(Duration over, Duration limit);

  /// @param time  nothing: there was no answer within the deadline, so it took longer than any
  ///              limit; a probe that failed at once has a place in `good` only
  void add(TimePoint at, bool good, std::optional<Duration> time, bool deadline_hit);

  struct Sum {
    std::uint64_t probes = 0;
    std::uint64_t good = 0;
    std::uint64_t timed = 0;    ///< with a time, or a deadline that hit
    std::uint64_t slow = 0;     ///< of them beyond the limit
    std::uint64_t endless = 0;  ///< of them without an answer within the deadline
    TimeHistogram times;
  };
  Sum sum(TimePoint now) const;

  boost::json::value to_json() const;
  /// Keeps what to_json() wrote if span and limit were the same; kCorrupt for anything else.
  Result<> read_json(const boost::json::value& value);

 private:
  std::int64_t slice_of(TimePoint time) const;

  Duration over_;
  Duration limit_;
  std::map<std::int64_t, Sum> slices_;
};

}  // namespace leeway::endpoint
