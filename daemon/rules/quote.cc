#include "daemon/rules/quote.h"

#include <algorithm>

namespace leeway::rules {

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

bool is_bare(char c) {
  return static_cast<unsigned char>(c) > ' ' && c != '\x7f' &&
         std::string_view(",{}()=\"'").find(c) == std::string_view::npos;
}

bool is_bare(std::string_view glob) {
  return !glob.empty() && std::ranges::all_of(glob, [](char c) { return is_bare(c); });
}

}  // namespace leeway::rules
