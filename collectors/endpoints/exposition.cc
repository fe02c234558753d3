#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <unordered_set>
#include <utility>

#include "collectors/endpoints/scrape.h"
#include "detectors/base/result.h"

namespace leeway::endpoints {
namespace {

constexpr std::size_t kExamples = 5;

bool is_blank(char c) { return c == ' ' || c == '\t'; }

/// Wider than the text format allows: dots and UTF-8 without quotes exist, and cost nothing.
bool is_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == ':' || c == '.' || static_cast<unsigned char>(c) >= 0x80;
}

using Fault = const char*;  ///< why a line is rejected; null if it is fine

std::optional<double> read_number(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  double number = 0;
  // from_chars knows nan, inf and infinity, in any case.
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (end != text.data() + text.size() || text.empty()) return std::nullopt;
  if (error == std::errc::result_out_of_range) return std::nullopt;
  if (error != std::errc{}) return std::nullopt;
  return number;
}

/// Reads one line of a sample.
class LineReader {
 public:
  LineReader(std::string_view line, bool open_metrics) : rest_(line), seconds_(open_metrics) {}

  Fault read(Sample& sample) {
    skip_blanks();
    sample.name = take_name();
    skip_blanks();
    if (rest_.starts_with('{')) {
      if (const Fault fault = read_labels(sample)) return fault;
    }
    if (sample.name.empty()) return "no name";
    if (std::isdigit(static_cast<unsigned char>(sample.name.front())) != 0) {
      return "a name begins with a digit";
    }
    const auto value = read_number(take_word());
    if (!value) return "no number as value";
    sample.value = *value;
    return read_tail(sample);
  }

 private:
  void skip_blanks() {
    while (!rest_.empty() && is_blank(rest_.front())) rest_.remove_prefix(1);
  }

  std::string take_name() {
    std::size_t end = 0;
    while (end < rest_.size() && is_name(rest_[end])) ++end;
    std::string name(rest_.substr(0, end));
    rest_.remove_prefix(end);
    return name;
  }

  std::string_view take_word() {
    skip_blanks();
    std::size_t end = 0;
    while (end < rest_.size() && !is_blank(rest_[end])) ++end;
    const auto word = rest_.substr(0, end);
    rest_.remove_prefix(end);
    return word;
  }

  bool take(char c) {
    skip_blanks();
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  /// After its opening quote; nothing if it does not end.
  std::optional<std::string> take_quoted() {
    std::string out;
    while (!rest_.empty()) {
      char c = rest_.front();
      rest_.remove_prefix(1);
      if (c == '"') return out;
      if (c == '\\' && !rest_.empty()) {
        c = rest_.front();
        rest_.remove_prefix(1);
        if (c == 'n') c = '\n';
      }
      out += c;
    }
    return std::nullopt;
  }

  /// {l="v", "quoted.l"="v"}; a quoted text without a value is the metric's own name.
  Fault read_labels(Sample& sample) {
    rest_.remove_prefix(1);
    while (!take('}')) {
      if (rest_.empty()) return "labels do not end";
      const bool quoted = take('"');
      auto name = quoted ? take_quoted() : std::optional(take_name());
      if (!name || (!quoted && name->empty())) return "no name of a label";
      if (!take('=')) {
        if (!quoted || !sample.name.empty()) return "a label without '='";
        sample.name = std::move(*name);
      } else {
        if (!take('"')) return "a label's value without quotes";
        auto value = take_quoted();
        if (!value) return "a label's value does not end";
        sample.labels.emplace_back(std::move(*name), std::move(*value));
      }
      if (!take(',') && !(skip_blanks(), rest_.starts_with('}'))) return "labels without a comma";
    }
    return nullptr;
  }

  /// A time, then an exemplar, which is skipped.
  Fault read_tail(Sample& sample) {
    auto word = take_word();
    if (word.empty() || word == "#" || word.starts_with("st@")) return nullptr;
    const auto time = read_number(word);
    if (!time || !std::isfinite(*time)) return "no number as time";
    const double micros = *time * (seconds_ ? 1e6 : 1e3);
    if (std::abs(micros) > 9e18) return "a time out of range";
    sample.time = from_micros(static_cast<std::int64_t>(micros));
    word = take_word();
    if (word.empty() || word == "#" || word.starts_with("st@")) return nullptr;
    return "more than a value and a time";
  }

  std::string_view rest_;
  bool seconds_;
};

/// What is the same for all samples of a series, whatever the order of its labels.
std::string series_key(const Sample& sample) {
  auto labels = sample.labels;
  std::ranges::sort(labels);
  std::string key = sample.name;
  for (const auto& [name, value] : labels) key += '\xFF' + name + '\xFE' + value;
  return key;
}

void reject(Scrape& scrape, Fault fault) {
  ++scrape.rejected;
  if (scrape.examples.size() < kExamples) scrape.examples.push_back({scrape.lines, fault});
}

}  // namespace

const std::string* Sample::label(std::string_view key) const {
  for (const auto& one : labels) {
    if (one.first == key) return &one.second;
  }
  return nullptr;
}

Scrape parse_exposition(std::string_view text, bool open_metrics, std::size_t max_samples) {
  Scrape scrape;
  std::unordered_set<std::string> seen;
  bool ended = false;
  while (!text.empty() && !ended) {
    const auto end = std::min(text.find('\n'), text.size());
    auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    ++scrape.lines;
    if (line.ends_with('\r')) line.remove_suffix(1);
    while (!line.empty() && is_blank(line.front())) line.remove_prefix(1);
    if (line.empty()) continue;
    if (line.front() == '#') {
      ended = open_metrics && line == "# EOF";
      continue;
    }
    Sample sample;
    if (const Fault fault = LineReader(line, open_metrics).read(sample)) {
      reject(scrape, fault);
    } else if (!seen.insert(series_key(sample)).second) {
      ++scrape.duplicates;
    } else if (scrape.samples.size() >= max_samples) {
      scrape.truncated = true;
      break;
    } else {
      scrape.samples.push_back(std::move(sample));
    }
  }
  if (open_metrics && !ended) scrape.truncated = true;
  return scrape;
}

}  // namespace leeway::endpoints
