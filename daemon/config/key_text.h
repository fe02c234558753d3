#pragma once

#include <string>
#include <string_view>

#include "daemon/config/keys.h"

namespace leeway::config {

/// What the description says of a key, in Markdown: "list: `psi`, `ks`", "`7d`", "1s to 24h".
std::string type_text(const Key& key);
std::string default_text(const Key& key);  ///< empty if there is none
std::string range_text(const Key& key);    ///< empty if there is none
std::string code(std::string_view text);

}  // namespace leeway::config
