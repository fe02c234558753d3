#pragma once

#include <string>

#include "detectors/base/random.h"
#include "detectors/base/time.h"

namespace leeway::store {

/// A name that nothing else has and that sorts by time: 48 bits of milliseconds and 80 random bits
/// as 26 letters and digits (the ULID alphabet, Crockford's base 32).
std::string new_id(Random& random, TimePoint now);

}  // namespace leeway::store
