#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "detectors/base/result.h"

namespace leeway {

/// Zstandard, level 3. Equal bytes for equal input under one version of the library.
std::string compress(std::string_view bytes);

/// Of foreign bytes: kCorrupt if they are no whole frame that says its size, or if that size is
/// over `limit`; nothing is allocated before both are known.
Result<std::string> decompress(std::string_view bytes, std::size_t limit);

}  // namespace leeway
