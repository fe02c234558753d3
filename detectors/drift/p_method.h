#pragma once

namespace leeway::drift {

/// How the p-value of a rank test is had.
enum class PMethod {
  kAuto,        ///< exact where that is cheap, see each test
  kExact,       ///< all orders of the pooled values equally likely, ties ignored
  kAsymptotic,  ///< the limit for large samples
};

}  // namespace leeway::drift
