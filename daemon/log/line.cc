#include "daemon/log/line.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace leeway::log {
namespace {

constexpr std::size_t kLineMax = 8192;
constexpr std::string_view kCut = "...";

bool is_plain(char c) { return c > ' ' && c != '"' && c != '=' && c != '\\' && c != '\x7f'; }

void append_escaped(std::string& line, char c) {
  constexpr std::string_view kHex = "0123456789abcdef";
  const auto byte = static_cast<unsigned char>(c);
  switch (c) {
    case '"':
    case '\\':
      line += {'\\', c};
      return;
    case '\n':
      line += "\\n";
      return;
    case '\r':
      line += "\\r";
      return;
    case '\t':
      line += "\\t";
      return;
    default:
      break;
  }
  if (byte >= 0x20 && byte != 0x7f) {
    line += c;
  } else {
    line += {'\\', 'x', kHex[byte >> 4], kHex[byte & 15]};
  }
}

void append_text(std::string& line, std::string_view text) {
  if (!text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return is_plain(c) || static_cast<unsigned char>(c) >= 0x80;
      })) {
    line += text;
    return;
  }
  line += '"';
  for (const char c : text) append_escaped(line, c);
  line += '"';
}

template <class Number>
void append_number(std::string& line, Number value) {
  std::array<char, 32> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
  line.append(text.data(), end);
}

/// Without splitting a UTF-8 character.
void cut(std::string& line) {
  if (line.size() <= kLineMax) return;
  std::size_t end = kLineMax - kCut.size();
  while (end > 0 && (static_cast<unsigned char>(line[end]) & 0xC0) == 0x80) --end;
  line.resize(end);
  line += kCut;
}

std::string with_count(const std::string& text, std::uint64_t repeats) {
  return text + " repeats=" + std::to_string(repeats);
}

}  // namespace

void Field::append_to(std::string& line) const {
  line += key_;
  line += '=';
  struct Append {
    std::string& line;
    void operator()(std::string_view text) const { append_text(line, text); }
    void operator()(bool value) const { line += value ? "true" : "false"; }
    void operator()(double value) const { append_number(line, value); }
    void operator()(std::int64_t value) const { append_number(line, value); }
    void operator()(std::uint64_t value) const { append_number(line, value); }
    void operator()(Duration value) const { line += to_string(value); }
    void operator()(TimePoint value) const { line += to_rfc3339(value); }
  };
  std::visit(Append{line}, value_);
}

std::string make_line(std::string_view event, Fields fields) {
  std::string line;
  for (const char c : event) append_escaped(line, c);
  for (const Field& field : fields) {
    line += ' ';
    field.append_to(line);
  }
  cut(line);
  return line;
}

bool names_stream(std::string_view journal_stream, std::uint64_t device, std::uint64_t inode) {
  return journal_stream == std::to_string(device) + ":" + std::to_string(inode);
}

Repeats::Repeats(Duration period, std::size_t lines) : period_(period), lines_(lines) {}

void Repeats::forget_oldest(std::vector<Line>& due) {
  const auto oldest = entries_.find(by_age_.front());
  if (oldest->second.repeats > 0) {
    due.push_back({oldest->second.level, with_count(oldest->first, oldest->second.repeats)});
  }
  entries_.erase(oldest);
  by_age_.pop_front();
}

std::vector<Repeats::Line> Repeats::add(Level level, std::string text, Duration now) {
  std::vector<Line> due;
  while (!by_age_.empty() && now - entries_.find(by_age_.front())->second.written >= period_) {
    forget_oldest(due);
  }
  if (const auto known = entries_.find(text); known != entries_.end()) {
    ++known->second.repeats;
    return due;
  }
  if (entries_.size() >= lines_) forget_oldest(due);
  entries_.emplace(text, Entry{.level = level, .written = now, .repeats = 0});
  by_age_.push_back(text);
  due.push_back({level, std::move(text)});
  return due;
}

std::vector<Repeats::Line> Repeats::flush() {
  std::vector<Line> due;
  while (!by_age_.empty()) forget_oldest(due);
  return due;
}

}  // namespace leeway::log
