#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "daemon/config/sources.h"

namespace leeway::config {

struct TextProblem {
  Place place;
  std::string sentence;
};

/// What makes a text unfit for a configuration before its grammar is looked at: size, long lines,
/// bytes that are not UTF-8, control characters.
std::optional<TextProblem> check_text(const Sources& sources, std::uint32_t file);

/// The same text with a question mark for every byte that check_text would refuse, and blanks for
/// tabs: fit for a terminal and for JSON.
std::string printable(std::string_view text);

}  // namespace leeway::config
