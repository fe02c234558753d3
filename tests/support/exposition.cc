#include "tests/support/exposition.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <set>

namespace leeway::tests {
namespace {

using Labels = std::vector<std::pair<std::string, std::string>>;

bool is_name(std::string_view text, bool colon) {
  const auto fits = [colon](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           (colon && c == ':');
  };
  return !text.empty() && !(text[0] >= '0' && text[0] <= '9') && std::ranges::all_of(text, fits);
}

bool is_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto first = static_cast<unsigned char>(text[i]);
    const std::size_t length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    if ((first >= 0x80 && first < 0xC2) || first > 0xF4 || i + length > text.size()) return false;
    for (std::size_t k = 1; k < length; ++k) {
      if ((static_cast<unsigned char>(text[i + k]) & 0xC0U) != 0x80) return false;
    }
    i += length;
  }
  return true;
}

std::optional<double> number(std::string_view text) {
  if (text == "NaN") return std::numeric_limits<double>::quiet_NaN();
  if (text == "+Inf") return std::numeric_limits<double>::infinity();
  if (text == "-Inf") return -std::numeric_limits<double>::infinity();
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = error == std::errc{} && end == text.data() + text.size();
  return whole && std::isfinite(value) ? std::optional(value) : std::nullopt;
}

/// What the samples of a type may be called, behind the name of the family.
std::vector<std::string_view> suffixes(std::string_view type, bool open_metrics) {
  if (type == "histogram") return {"_bucket", "_count", "_sum"};
  if (type == "summary") return {"", "_count", "_sum"};
  if (type == "counter" && open_metrics) return {"_total"};
  if (type == "info") return {"_info"};
  return {""};
}

class Reader {
 public:
  Reader(std::string_view page, bool open_metrics) : page_(page), open_metrics_(open_metrics) {}

  Exposition read() {
    if (page_.empty() || page_.back() != '\n') fault("the last line does not end");
    if (!is_utf8(page_)) fault("not UTF-8");
    for (std::string_view rest = page_; !rest.empty();) {
      ++line_;
      const auto end = std::min(rest.find('\n'), rest.size());
      read_line(rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    end_family();
    if (open_metrics_ && !ended_) fault("no # EOF");
    return std::move(out_);
  }

 private:
  void fault(const std::string& what) {
    out_.faults.push_back("line " + std::to_string(line_) + ": " + what);
  }

  void read_line(std::string_view line) {
    if (ended_) return fault("something behind # EOF");
    if (line.empty()) return fault("an empty line");
    if (line.find('\r') != std::string_view::npos) fault("a carriage return");
    if (line == "# EOF") {
      if (!open_metrics_) fault("# EOF in the text format");
      ended_ = true;
    } else if (line.starts_with("# HELP ")) {
      read_help(line.substr(7));
    } else if (line.starts_with("# TYPE ")) {
      read_type(line.substr(7));
    } else if (line.starts_with('#')) {
      fault("a comment that says nothing");
    } else {
      read_sample(line);
    }
  }

  void begin_family(std::string_view name) {
    if (name == family_) return;
    end_family();
    family_ = name;
    if (!is_name(name, true)) fault("bad name of a family: " + family_);
    if (!families_.insert(family_).second) fault("a second time: " + family_);
  }

  void read_help(std::string_view text) {
    const auto space = text.find(' ');
    if (space == std::string_view::npos || space + 1 == text.size())
      return fault("HELP says nothing");
    begin_family(text.substr(0, space));
    if (has_help_) fault("a second HELP: " + family_);
    if (!type_.empty()) fault("HELP after TYPE: " + family_);
    has_help_ = true;
    unescape(text.substr(space + 1), open_metrics_ ? "\\n\"" : "\\n");
  }

  void read_type(std::string_view text) {
    const auto space = std::min(text.find(' '), text.size());
    begin_family(text.substr(0, space));
    if (!type_.empty()) fault("a second TYPE: " + family_);
    if (!has_help_) fault("no HELP: " + family_);
    type_ = text.substr(std::min(space + 1, text.size()));
    out_.types[family_] = type_;
    static const std::set<std::string, std::less<>> kText{"counter", "gauge", "histogram",
                                                          "summary", "untyped"};
    static const std::set<std::string, std::less<>> kOpen{
        "counter", "gauge", "histogram", "summary", "unknown", "info", "stateset"};
    if (!(open_metrics_ ? kOpen : kText).contains(type_)) fault("no such type: " + type_);
    const bool total = family_.ends_with("_total");
    if (type_ == "counter" && total == open_metrics_)
      fault("_total is in the wrong place: " + family_);
    if (type_ != "counter" && total) fault("_total on what is no counter: " + family_);
  }

  /// Gives the text behind `escaped`'s closing quote a meaning, and notes illegal escapes.
  std::string unescape(std::string_view escaped, std::string_view legal) {
    std::string out;
    for (std::size_t i = 0; i < escaped.size(); ++i) {
      if (escaped[i] != '\\') {
        out += escaped[i];
        continue;
      }
      const char next = i + 1 < escaped.size() ? escaped[++i] : '\0';
      if (legal.find(next) == std::string_view::npos) fault("an illegal escape");
      out += next == 'n' ? '\n' : next;
    }
    return out;
  }

  /// {a="b",c="d"}; false if it is none.
  bool read_labels(std::string_view& text, Labels& labels) {
    text.remove_prefix(1);
    while (!text.starts_with('}')) {
      const auto equals = text.find("=\"");
      if (equals == std::string_view::npos) return false;
      const std::string name(text.substr(0, equals));
      if (!is_name(name, false)) fault("bad name of a label: " + name);
      text.remove_prefix(equals + 2);
      std::size_t end = 0;
      while (end < text.size() && text[end] != '"') end += text[end] == '\\' ? 2 : 1;
      if (end >= text.size()) return false;
      labels.emplace_back(name, unescape(text.substr(0, end), "\\n\""));
      text.remove_prefix(end + 1);
      if (text.starts_with(','))
        text.remove_prefix(1);
      else if (!text.starts_with('}'))
        return false;
    }
    text.remove_prefix(1);
    return true;
  }

  void read_sample(std::string_view line) {
    Sample sample;
    const auto name_end = std::min(line.find_first_of("{ "), line.size());
    sample.name = line.substr(0, name_end);
    line.remove_prefix(name_end);
    if (line.starts_with('{') && !read_labels(line, sample.labels)) return fault("bad labels");
    if (!line.starts_with(' ')) return fault("no value");
    line.remove_prefix(1);
    if (line.find(' ') != std::string_view::npos) return fault("a timestamp, or too many spaces");
    const auto value = number(line);
    if (!value) return fault("no number: " + std::string(line));
    sample.value = *value;
    check_sample(sample);
    out_.samples.push_back(std::move(sample));
  }

  void check_sample(const Sample& sample) {
    if (type_.empty()) return fault("no TYPE before " + sample.name);
    const auto allowed = suffixes(type_, open_metrics_);
    const bool belongs = std::ranges::any_of(allowed, [&](std::string_view suffix) {
      return sample.name == family_ + std::string(suffix);
    });
    if (!belongs) fault(sample.name + " does not belong to " + family_ + " of type " + type_);
    Labels labels = sample.labels;
    std::ranges::sort(labels);
    for (std::size_t i = 1; i < labels.size(); ++i) {
      if (labels[i].first == labels[i - 1].first) fault("twice the label " + labels[i].first);
    }
    if (!series_.emplace(sample.name, labels).second)
      fault("the series a second time: " + sample.name);
    const bool counts = type_ == "counter" || sample.name.ends_with("_count");
    if (counts && !(sample.value >= 0)) fault("counts less than nothing: " + sample.name);
    if (type_ == "histogram") note_bucket(sample, std::move(labels));
  }

  struct Histogram {
    double boundary = -std::numeric_limits<double>::infinity();
    double count = 0;
    std::optional<double> infinite;
    std::optional<double> total;
    bool has_sum = false;
  };

  void note_bucket(const Sample& sample, Labels labels) {
    std::optional<double> boundary;
    std::erase_if(labels, [&boundary](const auto& label) {
      if (label.first == "le") boundary = number(label.second);
      return label.first == "le";
    });
    Histogram& histogram = histograms_[labels];
    if (sample.name.ends_with("_sum")) histogram.has_sum = true;
    if (sample.name.ends_with("_count")) histogram.total = sample.value;
    if (!sample.name.ends_with("_bucket")) return;
    if (!boundary) return fault("a bucket without boundary");
    if (*boundary <= histogram.boundary) fault("boundaries do not rise");
    if (sample.value < histogram.count) fault("buckets are not cumulative");
    histogram.boundary = *boundary;
    histogram.count = sample.value;
    if (std::isinf(*boundary)) histogram.infinite = sample.value;
  }

  void end_family() {
    if (!family_.empty() && type_.empty()) fault("no TYPE: " + family_);
    for (const auto& [labels, histogram] : histograms_) {
      if (!histogram.infinite) fault("no bucket +Inf: " + family_);
      if (!histogram.total || !histogram.has_sum) fault("no _count or _sum: " + family_);
      if (histogram.infinite != histogram.total) fault("+Inf is not _count: " + family_);
    }
    histograms_.clear();
    family_.clear();
    type_.clear();
    has_help_ = false;
  }

  std::string_view page_;
  bool open_metrics_;
  Exposition out_;
  std::size_t line_ = 0;
  bool ended_ = false;
  std::string family_;
  std::string type_;
  bool has_help_ = false;
  std::set<std::string> families_;
  std::set<std::pair<std::string, Labels>> series_;
  std::map<Labels, Histogram> histograms_;
};

}  // namespace

std::optional<double> Exposition::value(std::string_view name, const Labels& labels) const {
  std::optional<double> found;
  for (const Sample& sample : samples) {
    const bool fits = sample.name == name && std::ranges::all_of(labels, [&](const auto& label) {
                        return std::ranges::find(sample.labels, label) != sample.labels.end();
                      });
    if (!fits) continue;
    if (found) return std::nullopt;
    found = sample.value;
  }
  return found;
}

Exposition read_exposition(std::string_view page, bool open_metrics) {
  return Reader(page, open_metrics).read();
}

}  // namespace leeway::tests
