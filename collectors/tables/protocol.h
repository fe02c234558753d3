#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "detectors/base/result.h"

namespace leeway::tables {

/// Between the daemon and a worker go frames (detectors/base/bytes.h): a plan there, a Reply back,
/// one at a time.
inline constexpr std::size_t kFrameHead = 28;
inline constexpr std::uint64_t kMaxFrameBody = std::uint64_t{256} << 20U;

/// The length of the body behind a frame's head; kCorrupt if it is none or too long.
Result<std::size_t> body_length(std::string_view head);

/// What a worker answers.
struct Reply {
  Result<std::string> answer = std::string();  ///< of LearnAnswer, FoldAnswer or MeasureAnswer
  std::uint64_t resident_bytes = 0;            ///< of the worker, afterwards
  std::uint64_t resident_at_start = 0;         ///< before its first request

  std::string encode() const;
  static Result<Reply> decode(std::string_view bytes);
};

}  // namespace leeway::tables
