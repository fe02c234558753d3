#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "daemon/log/log.h"

namespace leeway::log {

/// `event key=value ...`; cut at 8 KiB, so that a foreign text cannot flood the journal.
std::string make_line(std::string_view event, Fields fields);

/// True if $JOURNAL_STREAM ("device:inode") names the given file: stderr goes to the journal. A
/// child with its own stderr inherits the variable, so its presence alone says nothing.
bool names_stream(std::string_view journal_stream, std::uint64_t device, std::uint64_t inode);

/// Counts lines that repeat. Knows no clock: the caller says what time it is. Not thread-safe.
class Repeats {
 public:
  struct Line {
    Level level = Level::kInfo;
    std::string text;
  };

  /// @param period   a line counts as repeated for so long after it was written
  /// @param lines    at most so many are remembered; the oldest is forgotten first
  Repeats(Duration period, std::size_t lines);

  /// What to write now: counts that are due ("... repeats=3"), then the line unless it repeats.
  std::vector<Line> add(Level level, std::string text, Duration now);

  /// All open counts; remembers nothing afterwards.
  std::vector<Line> flush();

 private:
  struct Entry {
    Level level = Level::kInfo;
    Duration written{0};
    std::uint64_t repeats = 0;
  };

  void forget_oldest(std::vector<Line>& due);

  Duration period_;
  std::size_t lines_;
  std::unordered_map<std::string, Entry> entries_;
  std::deque<std::string> by_age_;  ///< keys of entries_, oldest first
};

}  // namespace leeway::log
