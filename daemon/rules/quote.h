#pragma once

#include <string>
#include <string_view>

namespace leeway::rules {

/// `text` in double quotes, with \ before quotes and backslashes: a glob the parser reads back.
std::string quoted(std::string_view text);

/// Whether a glob can be written without quotes.
bool is_bare(std::string_view glob);
bool is_bare(char c);

}  // namespace leeway::rules
