#include "detectors/drift/numbers.h"

#include <array>
#include <cstdio>

namespace leeway::drift {

std::string brief(double value, int significant_digits) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.*g", significant_digits, value);
  return text.data();
}

std::string percent(double share) {
  std::array<char, 32> text{};
  const char* const format = share > 0.0 && share < 0.001 ? "%.2g %%" : "%.1f %%";
  std::snprintf(text.data(), text.size(), format, 100.0 * share);
  return text.data();
}

std::string rose_or_fell(double from, double to) {
  return (to > from ? " rose from " : " fell from ") + percent(from) + " to " + percent(to);
}

}  // namespace leeway::drift
