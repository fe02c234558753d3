#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>

#include "collectors/compute/cost.h"

namespace leeway::compute {

/// Something that is paid for and not needed.
struct Saving {
  double per_day = 0.0;  ///< in the currency of the prices
  std::string sentence;  ///< what, how much of it is needed, and since when that is known
};

/// The busiest hours of the last week, from which it follows what is needed.
///
/// Over-provisioned: with 30 % to spare, the busiest hour of at least 3 days needs at most half of
/// the CPUs, of the memory and of the GPUs' time and memory, whichever are known; half is the step
/// in which machines are sold. The saving is the part of the price of time that the next smaller
/// machines, each half as large, would not cost.
/// Idle: not one prediction in 24 hours, where predictions are counted, whether or not anything
/// else is known; the saving is all that is paid for time.
class Need {
 public:
  void add(TimePoint now, const Usage& usage, const Cost& cost);

  std::optional<Saving> over_provisioned() const;
  std::optional<Saving> idle(TimePoint now) const;

  void write(ByteWriter& out) const;
  static Result<Need> read(ByteReader& in);

 private:
  struct Hour {
    std::int64_t hour = 0;  ///< since 1970
    double busiest = 0.0;   ///< the largest share of anything that is limited, from 0 on
    double seconds = 0.0;
    double seconds_in_view = 0.0;  ///< of them, those in which such a share was known
    double cost_of_time = 0.0;
    double predictions = 0.0;
    bool counts_predictions = false;
  };
  std::deque<Hour> hours_;
};

}  // namespace leeway::compute
