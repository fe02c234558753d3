#include "detectors/base/columns.h"

#include <array>
#include <cstddef>

namespace leeway {
namespace {

constexpr std::array<std::string_view, 6> kTypes = {"numeric",  "categorical", "boolean",
                                                    "datetime", "text",        "embedding"};
constexpr std::array<std::string_view, 11> kRoles = {"feature", "prediction", "score",  "label",
                                                     "id",      "timestamp",  "weight", "version",
                                                     "segment", "calendar",   "ignored"};

template <class Enum, std::size_t N>
std::optional<Enum> find(const std::array<std::string_view, N>& names, std::string_view name) {
  for (std::size_t i = 0; i < N; ++i) {
    if (names[i] == name) return static_cast<Enum>(i);
  }
  return std::nullopt;
}

}  // namespace

std::string_view to_string(ColumnType type) { return kTypes.at(static_cast<std::size_t>(type)); }
std::string_view to_string(ColumnRole role) { return kRoles.at(static_cast<std::size_t>(role)); }
std::optional<ColumnType> column_type(std::string_view name) {
  return find<ColumnType>(kTypes, name);
}
std::optional<ColumnRole> column_role(std::string_view name) {
  return find<ColumnRole>(kRoles, name);
}

}  // namespace leeway
