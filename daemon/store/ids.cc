#include "daemon/store/ids.h"

#include <cstdint>
#include <string_view>

namespace leeway::store {

std::string new_id(Random& random, TimePoint now) {
  static constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  const auto millis = static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count());
  std::string id(26, '0');
  for (std::size_t i = 0; i < 10; ++i) id[i] = kAlphabet[(millis >> (45 - 5 * i)) & 31U];
  for (std::size_t half = 0; half < 2; ++half) {
    const std::uint64_t bits = random.next();
    for (std::size_t i = 0; i < 8; ++i) id[10 + 8 * half + i] = kAlphabet[(bits >> (5 * i)) & 31U];
  }
  return id;
}

}  // namespace leeway::store
