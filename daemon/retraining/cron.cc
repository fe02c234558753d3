#include "daemon/retraining/cron.h"

#include <date/tz.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace leeway::retraining {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

// 29 February is on a Sunday every 28 years, and not in 2100.
constexpr int kYearsAhead = 41;

constexpr std::array<std::string_view, 12> kMonths = {"jan", "feb", "mar", "apr", "may", "jun",
                                                      "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr std::array<std::string_view, 7> kWeekdays = {"sun", "mon", "tue", "wed",
                                                       "thu", "fri", "sat"};
constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kNicknames = {{
    {"@hourly", "0 * * * *"},
    {"@daily", "0 0 * * *"},
    {"@midnight", "0 0 * * *"},
    {"@weekly", "0 0 * * 0"},
    {"@monthly", "0 0 1 * *"},
    {"@yearly", "0 0 1 1 *"},
    {"@annually", "0 0 1 1 *"},
}};

/// What one of the five fields may hold.
struct Field {
  std::string_view name;
  unsigned first;
  unsigned last;
  std::span<const std::string_view> names;  ///< of first, first + 1, ...
};

constexpr std::array<Field, 5> kFields = {{
    {"minute", 0, 59, {}},
    {"hour", 0, 23, {}},
    {"day of month", 1, 31, {}},
    {"month", 1, 12, kMonths},
    {"day of week", 0, 7, kWeekdays},
}};

std::vector<std::string_view> split(std::string_view text, std::string_view separators) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t at = text.find_first_of(separators);
    parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

std::optional<unsigned> number(std::string_view text) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// A number or a name of this field, in its range.
std::optional<unsigned> value_of(const Field& field, std::string_view text) {
  const std::string name = lower(text);
  for (unsigned i = 0; i < field.names.size(); ++i) {
    if (field.names[i] == name) return field.first + i;
  }
  const auto value = number(text);
  if (!value || *value < field.first || *value > field.last) return std::nullopt;
  return value;
}

/// Marks what one part of a list ("1-5", "*/15", "5/10", "mon") stands for; false if it is none.
template <std::size_t N>
bool mark(const Field& field, std::string_view part, std::bitset<N>& set) {
  const auto pieces = split(part, "/");
  if (pieces.size() > 2) return false;
  unsigned step = 1;
  if (pieces.size() == 2) {
    const auto given = number(pieces[1]);
    if (!given || *given == 0 || *given > field.last) return false;
    step = *given;
  }
  unsigned from = field.first;
  unsigned to = field.last;
  if (pieces[0] != "*") {
    const auto ends = split(pieces[0], "-");
    if (ends.size() > 2) return false;
    const auto low = value_of(field, ends[0]);
    const auto high = ends.size() == 2 ? value_of(field, ends[1]) : low;
    if (!low || !high || *low > *high) return false;
    from = *low;
    to = ends.size() == 1 && pieces.size() == 2 ? field.last : *high;
  }
  for (unsigned value = from; value <= to; value += step) set.set(value % N);
  return true;
}

bool is_every(std::string_view text) { return text == "*" || text.starts_with("*/"); }

}  // namespace

Result<TimeZone> TimeZone::find(std::string_view name) {
  TimeZone zone;
  if (name == "UTC") return zone;
  try {
    zone.zone_ = date::locate_zone(std::string(name));
    return zone;
  } catch (const std::exception&) {
    return fail(ErrorCode::kInvalidConfig, "there is no time zone '" + std::string(name) + "'");
  }
}

std::string TimeZone::name() const {
  return zone_ == nullptr ? "UTC" : static_cast<const date::time_zone*>(zone_)->name();
}

/// What clocks show in a time zone, as a TimePoint that is read like one of UTC.
class LocalTime {
 public:
  explicit LocalTime(const TimeZone& zone)
      : zone_(static_cast<const date::time_zone*>(zone.zone_)) {}

  TimePoint shown(TimePoint instant) const {
    if (zone_ == nullptr) return instant;
    const auto offset =
        zone_->get_info(date::sys_time<Duration>(instant.time_since_epoch())).offset;
    return instant + offset;
  }

  /// The first instant at which clocks show `local`; the end of the gap if they never do.
  TimePoint instant(TimePoint local) const {
    if (zone_ == nullptr) return local;
    const auto info = zone_->get_info(date::local_time<Duration>(local.time_since_epoch()));
    if (info.result == date::local_info::nonexistent) {
      return TimePoint(Duration(info.first.end.time_since_epoch()));
    }
    return local - info.first.offset;
  }

 private:
  const date::time_zone* zone_;
};

TimePoint TimeZone::shown(TimePoint instant) const { return LocalTime(*this).shown(instant); }
TimePoint TimeZone::instant(TimePoint local) const { return LocalTime(*this).instant(local); }

/// Reads the five fields.
class CronParser {
 public:
  static Result<Cron> parse(std::string_view text) {
    Cron cron;
    cron.text_ = text;
    std::string_view fields = text;
    for (const auto& [nickname, meaning] : kNicknames) {
      if (text == nickname) fields = meaning;
    }
    std::vector<std::string_view> parts;
    for (const std::string_view part : split(fields, " \t")) {
      if (!part.empty()) parts.push_back(part);
    }
    if (parts.size() != kFields.size()) {
      return fail(ErrorCode::kInvalidConfig,
                  "'" + std::string(text) + "' is not a schedule of five fields like '0 3 * * 0'");
    }
    std::bitset<8> weekdays;
    const bool read = field(0, parts, cron.minutes_) && field(1, parts, cron.hours_) &&
                      field(2, parts, cron.days_) && field(3, parts, cron.months_) &&
                      field(4, parts, weekdays);
    if (!read) return fail(ErrorCode::kInvalidConfig, wrong(parts));
    for (std::size_t i = 0; i < weekdays.size(); ++i) {
      if (weekdays.test(i)) cron.weekdays_.set(i % 7);
    }
    cron.every_hour_ = is_every(parts[1]);
    cron.any_day_ = is_every(parts[2]);
    cron.any_weekday_ = is_every(parts[4]);
    if (cron.any_weekday_ && !has_a_date(cron)) {
      return fail(ErrorCode::kInvalidConfig,
                  "'" + std::string(text) + "' is a date that never comes");
    }
    return cron;
  }

 private:
  template <std::size_t N>
  static bool field(std::size_t index, const std::vector<std::string_view>& parts,
                    std::bitset<N>& set) {
    for (const std::string_view part : split(parts[index], ",")) {
      if (!mark(kFields[index], part, set)) return false;
    }
    return true;
  }

  static std::string wrong(const std::vector<std::string_view>& parts) {
    for (std::size_t i = 0; i < parts.size(); ++i) {
      std::bitset<64> ignored;
      if (field(i, parts, ignored)) continue;
      return "'" + std::string(parts[i]) + "' is no " + std::string(kFields[i].name) +
             " of a schedule (" + std::to_string(kFields[i].first) + " to " +
             std::to_string(kFields[i].last) + ")";
    }
    return "not a schedule";
  }

  static bool has_a_date(const Cron& cron) {
    constexpr std::array<unsigned, 12> kLongest = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    for (unsigned month = 1; month <= 12; ++month) {
      for (unsigned day = 1; cron.months_.test(month) && day <= kLongest[month - 1]; ++day) {
        if (cron.days_.test(day)) return true;
      }
    }
    return false;
  }
};

Result<Cron> Cron::parse(std::string_view text) { return CronParser::parse(text); }

bool Cron::is_day(std::chrono::sys_days day) const {
  const std::chrono::year_month_day date{day};
  if (!months_.test(static_cast<unsigned>(date.month()))) return false;
  const bool of_month = days_.test(static_cast<unsigned>(date.day()));
  const bool of_week = weekdays_.test(std::chrono::weekday{day}.c_encoding());
  if (any_day_ || any_weekday_) return of_month && of_week;
  return of_month || of_week;
}

TimePoint Cron::next_by_the_hour(TimePoint after, const LocalTime& local) const {
  TimePoint at = std::chrono::floor<minutes>(after) + minutes(1);
  while (true) {
    const TimePoint shown = local.shown(at);
    const auto day = std::chrono::floor<days>(shown);
    if (!is_day(std::chrono::sys_days{day})) {
      at = std::max(at + minutes(1), local.instant(day + days(1)));
      continue;
    }
    const auto hour = std::chrono::floor<hours>(shown - day);
    const auto minute = std::chrono::floor<minutes>(shown - day - hour);
    if (!hours_.test(static_cast<std::size_t>(hour.count()))) {
      at += hours(1) - minute;
    } else if (minutes_.test(static_cast<std::size_t>(minute.count()))) {
      return at;
    } else {
      at += minutes(1);
    }
  }
}

TimePoint Cron::next(TimePoint after, const TimeZone& zone) const {
  const LocalTime local(zone);
  if (every_hour_) return next_by_the_hour(after, local);
  // The day before: what fell into a gap before midnight may fire after it.
  auto day = std::chrono::floor<days>(local.shown(after)) - days(1);
  for (int tried = 0; tried < kYearsAhead * 366; ++tried, day += days(1)) {
    if (!is_day(std::chrono::sys_days{day})) continue;
    for (std::size_t hour = 0; hour < hours_.size(); ++hour) {
      for (std::size_t minute = 0; hours_.test(hour) && minute < minutes_.size(); ++minute) {
        if (!minutes_.test(minute)) continue;
        const TimePoint at = local.instant(TimePoint(day) + hours(hour) + minutes(minute));
        if (at > after) return at;
      }
    }
  }
  LEEWAY_ASSERT(false, "a schedule without a date is refused when it is parsed");
  return after;
}

}  // namespace leeway::retraining
