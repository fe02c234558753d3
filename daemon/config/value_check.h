#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "daemon/config/keys.h"
#include "daemon/config/load.h"
#include "daemon/config/node.h"
#include "daemon/config/sources.h"

namespace leeway::config {

/// What is wrong with one value, or nothing. Leaves a good one in its final form: "$$" is a dollar,
/// paths are absolute. Secrets keep their references; a literal one is hidden from the snippets.
/// @param section  name of the section that `key` is in
std::optional<Problem> check_value(Node& node, const Key& key, std::string_view section,
                                   const Checkers& checkers, Sources& sources);

/// "a duration like 1h30m": what a message says was expected.
std::string expectation(const Key& key);

/// "; did you mean 'size'?", or nothing.
std::string suggestion(std::string_view word, const std::vector<std::string_view>& candidates);

bool is_plain_name(std::string_view text);

/// "not available in this version": for what is_planned() knows.
std::string not_available(std::string_view word);

}  // namespace leeway::config
