#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace leeway {

/// A period whose phases are each compared with their own past.
enum class Season : std::uint8_t {
  kNone = 0,
  kHourOfDay = 1,   ///< 24 phases
  kDayOfWeek = 2,   ///< 7, Monday first
  kHourOfWeek = 3,  ///< 168
};

inline constexpr std::array<std::string_view, 4> kSeasonNames = {"none", "hour_of_day",
                                                                 "day_of_week", "hour_of_week"};

constexpr std::string_view to_string(Season season) {
  return kSeasonNames[static_cast<std::size_t>(season)];
}

constexpr std::optional<Season> season(std::string_view name) {
  for (std::size_t i = 0; i < kSeasonNames.size(); ++i) {
    if (kSeasonNames[i] == name) return static_cast<Season>(i);
  }
  return std::nullopt;
}

/// What is asked instead where a phase has shown too little.
constexpr Season coarser(Season season) {
  return season == Season::kHourOfWeek ? Season::kHourOfDay : Season::kNone;
}

}  // namespace leeway
