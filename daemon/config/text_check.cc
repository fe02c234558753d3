#include "daemon/config/text_check.h"

#include <array>
#include <cstdio>

#include "daemon/config/yaml.h"

namespace leeway::config {
namespace {

/// Length of the UTF-8 character at the front of `text`; 0 if there is none.
std::size_t character_length(std::string_view text) {
  const auto byte = [text](std::size_t i) {
    return static_cast<unsigned char>(i < text.size() ? text[i] : 0);
  };
  const auto continues = [&byte](std::size_t i) { return (byte(i) & 0xC0) == 0x80; };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return continues(1) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF) {
    const bool overlong = lead == 0xE0 && byte(1) < 0xA0;
    const bool surrogate = lead == 0xED && byte(1) > 0x9F;
    return !overlong && !surrogate && continues(1) && continues(2) ? 3 : 0;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    const bool overlong = lead == 0xF0 && byte(1) < 0x90;
    const bool too_large = lead == 0xF4 && byte(1) > 0x8F;
    return !overlong && !too_large && continues(1) && continues(2) && continues(3) ? 4 : 0;
  }
  return 0;
}

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte < 0x20 && c != '\t' && c != '\n' && c != '\r') || byte == 0x7F;
}

std::string hex(char c) {
  std::array<char, 8> text{};
  std::snprintf(text.data(), text.size(), "0x%02x",
                static_cast<unsigned>(static_cast<unsigned char>(c)));
  return text.data();
}

}  // namespace

std::optional<TextProblem> check_text(const Sources& sources, std::uint32_t file) {
  const std::string& text = sources.text(file);
  Place place{.file = file, .line = 1, .column = 1};
  if (text.size() > kFileBytes) {
    return TextProblem{{.file = file, .line = 0, .column = 0},
                       "the file is larger than 1MiB; split it with 'include'"};
  }
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = character_length(std::string_view(text).substr(i));
    if (length == 0) return TextProblem{place, "byte " + hex(text[i]) + " is not UTF-8"};
    if (is_control(text[i]))
      return TextProblem{place, "control character " + hex(text[i]) + " is not allowed"};
    if (place.column > kLineBytes) return TextProblem{place, "the line is longer than 64KiB"};
    if (text[i] == '\n') {
      ++place.line;
      place.column = 1;
    } else {
      place.column += static_cast<std::uint32_t>(length);
    }
    i += length;
  }
  return std::nullopt;
}

std::string printable(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t length = character_length(text);
    if (length == 0 || is_control(text.front())) {
      out += '?';
      text.remove_prefix(1);
    } else {
      out += text.front() == '\t' ? std::string_view(" ") : text.substr(0, length);
      text.remove_prefix(length);
    }
  }
  return out;
}

}  // namespace leeway::config
