#include "detectors/base/result.h"

#include <cstdio>
#include <cstdlib>

namespace leeway {

std::string_view to_string(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalidConfig:
      return "invalid_config";
    case ErrorCode::kInvalidArgument:
      return "invalid_argument";
    case ErrorCode::kNotFound:
      return "not_found";
    case ErrorCode::kInsufficientData:
      return "insufficient_data";
    case ErrorCode::kUnavailable:
      return "unavailable";
    case ErrorCode::kTimeout:
      return "timeout";
    case ErrorCode::kCorrupt:
      return "corrupt";
    case ErrorCode::kCancelled:
      return "cancelled";
  }
  return "unknown";
}

void assertion_failed(const char* condition, const char* why, const char* file, int line) {
  std::fprintf(stderr, "%s:%d: '%s' does not hold, though %s\n", file, line, condition, why);
  std::abort();
}

}  // namespace leeway
