#include "collectors/tables/season_clock.h"

#include <date/tz.h>

#include <algorithm>
#include <array>
#include <cstdio>

namespace leeway::tables {
namespace {

using std::chrono::hours;

constexpr std::uint32_t kHours = 24;
constexpr std::uint32_t kDays = 7;
constexpr std::array kDayNames = {"Mondays", "Tuesdays",  "Wednesdays", "Thursdays",
                                  "Fridays", "Saturdays", "Sundays"};
constexpr std::int64_t kFirstDay = 3;  // 1970-01-01 was a Thursday

std::string clock_text(std::uint32_t hour) {
  std::array<char, 8> text{};
  std::snprintf(text.data(), text.size(), "%02u:00", hour % kHours);
  return text.data();
}

}  // namespace

Result<SeasonClock> SeasonClock::create(const PaneRule& rule) {
  auto panes = PaneClock::create(rule);
  if (!panes) return fail(std::move(panes.error()));
  return SeasonClock(*panes, date::locate_zone(rule.time_zone));
}

std::uint32_t SeasonClock::phase(Season season, TimePoint pane) const {
  if (season == Season::kNone) return 0;
  const date::sys_info info = zone_->get_info(std::chrono::floor<std::chrono::seconds>(pane));
  const Duration local = pane.time_since_epoch() + info.offset;
  const auto whole_hours = std::chrono::floor<hours>(local).count();
  const auto days = std::chrono::floor<std::chrono::days>(local).count();
  const auto hour = static_cast<std::uint32_t>(whole_hours - days * kHours);
  const std::int64_t shifted = (days + kFirstDay) % kDays;
  const auto day = static_cast<std::uint32_t>(shifted < 0 ? shifted + kDays : shifted);
  if (season == Season::kHourOfDay) return hour;
  return season == Season::kDayOfWeek ? day : kHours * day + hour;
}

std::vector<std::uint32_t> SeasonClock::phases(Season season, TimePoint from, TimePoint end) const {
  std::vector<std::uint32_t> found;
  const std::size_t all = season == Season::kHourOfWeek ? kHours * kDays : kHours;
  for (TimePoint pane = from; pane < end && found.size() < all; pane = panes_.next(pane))
    if (const std::uint32_t one = phase(season, pane);
        std::find(found.begin(), found.end(), one) == found.end())
      found.push_back(one);
  std::sort(found.begin(), found.end());
  return found;
}

std::string phase_name(Season season, std::uint32_t phase) {
  switch (season) {
    case Season::kNone:
      break;
    case Season::kHourOfDay:
      return clock_text(phase);
    case Season::kDayOfWeek:
      return kDayNames[phase % kDays];
    case Season::kHourOfWeek:
      return std::string(kDayNames[phase / kHours % kDays]) + " at " + clock_text(phase);
  }
  return "all";
}

}  // namespace leeway::tables
