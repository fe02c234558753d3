#include "daemon/config/sources.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "daemon/config/text_check.h"

namespace leeway::config {
namespace {

constexpr std::size_t kSnippetWidth = 120;

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

std::size_t count_characters(std::string_view text) {
  return text.size() -
         static_cast<std::size_t>(std::count_if(text.begin(), text.end(), is_continuation));
}

/// Whether the scalar that begins at `start` may end on this line.
bool may_end_on(std::string_view line, std::size_t start) {
  if (start >= line.size()) return false;
  const char quote = line[start];
  if (quote == '|' || quote == '>' || quote == '&' || quote == '!') return false;
  if (quote != '"' && quote != '\'') return true;
  for (std::size_t i = start + 1; i < line.size(); ++i) {
    if (quote == '"' && line[i] == '\\') {
      ++i;
    } else if (line[i] == quote) {
      return true;
    }
  }
  return false;
}

/// npos for a blank line.
std::size_t indentation(std::string_view line) { return line.find_first_not_of(" \t"); }

/// The part of `line` around `at` that fits, and where `at` is in it.
std::pair<std::string_view, std::size_t> fit(std::string_view line, std::size_t at) {
  if (line.size() <= kSnippetWidth) return {line, at};
  std::size_t begin = at > kSnippetWidth / 2 ? at - kSnippetWidth / 2 : 0;
  while (begin > 0 && is_continuation(line[begin])) --begin;
  std::size_t end = std::min(begin + kSnippetWidth, line.size());
  while (end < line.size() && is_continuation(line[end])) ++end;
  return {line.substr(begin, end - begin), at - begin};
}

}  // namespace

std::uint32_t Sources::add(std::string path, std::string text) {
  File file{.path = std::move(path), .text = std::move(text), .lines = {0}, .hidden = {}};
  for (std::size_t i = 0; i < file.text.size(); ++i) {
    if (file.text[i] == '\n') file.lines.push_back(i + 1);
  }
  files_.push_back(std::move(file));
  return static_cast<std::uint32_t>(files_.size() - 1);
}

std::string_view Sources::line(Place place) const {
  const File& file = files_[place.file];
  if (place.line == 0 || place.line > file.lines.size()) return {};
  std::string_view rest = std::string_view(file.text).substr(file.lines[place.line - 1]);
  rest = rest.substr(0, rest.find('\n'));
  if (rest.ends_with('\r')) rest.remove_suffix(1);
  return rest;
}

std::string Sources::folder(std::uint32_t file) const {
  std::error_code problem;
  const auto absolute = std::filesystem::absolute(path(file), problem);
  return absolute.lexically_normal().parent_path().string();
}

void Sources::hide(Place place) {
  if (!place.written()) return;
  File& file = files_[place.file];
  file.hidden.push_back(place);
  const std::string_view text = line(place);
  Place next{.file = place.file, .line = place.line + 1, .column = 1};
  while (next.line < file.lines.size() && indentation(line(next)) == std::string_view::npos)
    ++next.line;
  const std::size_t indent = indentation(line(next));
  const bool goes_on = indent != std::string_view::npos && indent > indentation(text);
  if (goes_on || !may_end_on(text, place.column - 1)) {
    file.hidden_from = std::min(file.hidden_from, place.line + 1);
  }
}

std::string Sources::where(Place place) const {
  const std::string_view before = line(place).substr(0, place.column - 1);
  return path(place.file) + ":" + std::to_string(place.line) + ":" +
         std::to_string(count_characters(before) + 1);
}

std::string Sources::visible_line(Place place) const {
  const File& file = files_[place.file];
  std::string text(line(place));
  std::size_t hidden_at = std::string::npos;
  for (const Place& hidden : file.hidden) {
    if (hidden.line == place.line) hidden_at = std::min<std::size_t>(hidden_at, hidden.column - 1);
  }
  if (hidden_at < text.size()) text = text.substr(0, hidden_at) + "<secret>";
  return text;
}

std::string Sources::snippet(Place place) const {
  if (!place.written() || place.line >= files_[place.file].hidden_from) return {};
  const std::string line = visible_line(place);
  if (line.find_first_not_of(" \t") == std::string::npos) return {};
  const std::string before = printable(std::string_view(line).substr(0, place.column - 1));
  const std::string whole = printable(line);
  const auto [text, caret] = fit(whole, std::min(before.size(), whole.size()));
  std::string number = std::to_string(place.line);
  const std::string margin(number.size(), ' ');
  const std::string indent(count_characters(text.substr(0, caret)), ' ');
  std::string out = "  ";
  out.append(number).append(" | ").append(text).append("\n  ");
  out.append(margin).append(" | ").append(indent).append("^\n");
  return out;
}

}  // namespace leeway::config
