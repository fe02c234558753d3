#pragma once

#include "detectors/base/time.h"

namespace leeway::net {

/// When what a peer shows of itself begins and ends to be valid.
struct Validity {
  TimePoint from{};
  TimePoint until{};
};

}  // namespace leeway::net
