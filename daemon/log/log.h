#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "detectors/base/time.h"

/// One event, one line: `window judged model=credit value=0.31 rows=50000`. Values with blanks,
/// quotes or control characters are quoted. Lines go to stderr; under systemd with its priority in
/// front (`<4>`), else with time and level. The same line again within a minute is counted, not
/// written, and the count is written afterwards (`repeats=41`). Callable from any thread.
///
/// error: somebody must act; warn: we coped; info: life of the process; debug: the rest.
namespace leeway::log {

enum class Level { kDebug, kInfo, kWarn, kError };

/// One `key=value`. An argument only: it refers to the text it was made from.
class Field {
 public:
  Field(std::string_view key, std::string_view value) : key_(key), value_(value) {}
  Field(std::string_view key, const char* value) : key_(key), value_(std::string_view(value)) {}
  Field(std::string_view key, const std::string& value)
      : key_(key), value_(std::string_view(value)) {}
  Field(std::string_view key, bool value) : key_(key), value_(value) {}
  Field(std::string_view key, double value) : key_(key), value_(value) {}
  Field(std::string_view key, Duration value) : key_(key), value_(value) {}
  Field(std::string_view key, TimePoint value) : key_(key), value_(value) {}
  template <std::signed_integral T>
  Field(std::string_view key, T value) : key_(key), value_(static_cast<std::int64_t>(value)) {}
  template <std::unsigned_integral T>
    requires(!std::same_as<T, bool>)
  Field(std::string_view key, T value) : key_(key), value_(static_cast<std::uint64_t>(value)) {}

  void append_to(std::string& line) const;

 private:
  std::string_view key_;
  std::variant<std::string_view, bool, double, std::int64_t, std::uint64_t, Duration, TimePoint>
      value_;
};

using Fields = std::initializer_list<Field>;

void debug(std::string_view event, Fields fields = {});
void info(std::string_view event, Fields fields = {});
void warn(std::string_view event, Fields fields = {});
void error(std::string_view event, Fields fields = {});

/// Lines below `level` are not written. At start: info.
void set_level(Level level);
Level level();
std::optional<Level> parse_level(std::string_view name);  ///< "debug", "info", "warn", "error"

/// Sends the lines (without time, level or priority) somewhere else, for a report or a test; an
/// empty function sends them to stderr again.
void set_output(std::function<void(Level, std::string_view line)> output);

/// Writes the counts of repeats that are still open. For the end of the process.
void flush();

}  // namespace leeway::log
