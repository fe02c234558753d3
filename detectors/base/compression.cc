#include "detectors/base/compression.h"

#include <zstd.h>

namespace leeway {

std::string compress(std::string_view bytes) {
  std::string out(ZSTD_compressBound(bytes.size()), '\0');
  const std::size_t written = ZSTD_compress(out.data(), out.size(), bytes.data(), bytes.size(), 3);
  LEEWAY_ASSERT(ZSTD_isError(written) == 0, "the buffer is as large as the worst case");
  out.resize(written);
  return out;
}

Result<std::string> decompress(std::string_view bytes, std::size_t limit) {
  const unsigned long long size = ZSTD_getFrameContentSize(bytes.data(), bytes.size());
  if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN) {
    return fail(ErrorCode::kCorrupt, "is not compressed as it should be");
  }
  if (size > limit) {
    return fail(ErrorCode::kCorrupt,
                "announces " + std::to_string(size) + " bytes, more than " + std::to_string(limit));
  }
  std::string out(static_cast<std::size_t>(size), '\0');
  const std::size_t written = ZSTD_decompress(out.data(), out.size(), bytes.data(), bytes.size());
  if (ZSTD_isError(written) != 0 || written != out.size()) {
    return fail(ErrorCode::kCorrupt, "cannot be decompressed");
  }
  return out;
}

}  // namespace leeway
