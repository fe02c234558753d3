#include <algorithm>
#include <charconv>

#include "daemon/exporter/exporter.h"

namespace leeway::exporter {
namespace {

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

/// Takes what is before the next `mark` off `text`.
std::string_view next(std::string_view& text, char mark) {
  const auto end = std::min(text.find(mark), text.size());
  const auto part = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return trimmed(part);
}

bool same(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    return lower(x) == lower(y);
  });
}

/// One member of Accept or Accept-Encoding.
struct Choice {
  std::string_view name;
  std::string_view version;
  double quality = 1.0;
};

Choice parse_choice(std::string_view text) {
  Choice choice;
  choice.name = next(text, ';');
  while (!text.empty()) {
    auto value = next(text, ';');
    const auto key = next(value, '=');
    value = trimmed(value);
    if (same(key, "version")) choice.version = value;
    if (same(key, "q")) {
      const auto read = std::from_chars(value.data(), value.data() + value.size(), choice.quality);
      if (read.ec != std::errc{} || !(choice.quality >= 0)) choice.quality = 0;
    }
  }
  return choice;
}

bool wants_open_metrics(std::string_view accept) {
  double open_metrics = 0;
  double text = 0;
  while (!accept.empty()) {
    const Choice choice = parse_choice(next(accept, ','));
    if (same(choice.name, "application/openmetrics-text")) {
      const bool ours =
          choice.version.empty() || choice.version == "1.0.0" || choice.version == "0.0.1";
      if (ours) open_metrics = std::max(open_metrics, choice.quality);
    } else if (same(choice.name, "text/plain")) {
      const bool ours = choice.version.empty() || choice.version == "0.0.4";
      if (ours) text = std::max(text, choice.quality);
    } else if (choice.name == "*/*" || same(choice.name, "text/*")) {
      text = std::max(text, choice.quality);
    }
  }
  return open_metrics > 0 && open_metrics >= text;
}

bool wants_gzip(std::string_view accept_encoding) {
  double named = -1;
  double any = 0;
  while (!accept_encoding.empty()) {
    const Choice choice = parse_choice(next(accept_encoding, ','));
    if (same(choice.name, "gzip") || same(choice.name, "x-gzip")) named = choice.quality;
    if (choice.name == "*") any = choice.quality;
  }
  return named >= 0 ? named > 0 : any > 0;
}

}  // namespace

Format negotiate(std::string_view accept, std::string_view accept_encoding) {
  return {.open_metrics = wants_open_metrics(accept), .gzip = wants_gzip(accept_encoding)};
}

}  // namespace leeway::exporter
