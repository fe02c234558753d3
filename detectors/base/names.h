#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace leeway {

/// The candidate that `name` was probably meant to be: at most a third of its letters (and at least
/// one) inserted, removed, replaced or swapped with a neighbour. The first of the nearest; nothing
/// if none is near. O(candidates x length^2).
std::optional<std::string> nearest_name(std::string_view name,
                                        std::span<const std::string_view> candidates);

/// Whether `text` matches `pattern`: `*` stands for any run of characters, `?` for any one byte.
/// O(length x length) at worst, without recursion.
bool matches_glob(std::string_view pattern, std::string_view text);

}  // namespace leeway
