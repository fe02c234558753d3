#include "daemon/exporter/text.h"

#include <prometheus/metric_family.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

namespace leeway::exporter {
namespace {

using prometheus::ClientMetric;

/// The length of the UTF-8 sequence that `text` begins with, 0 if it is none.
std::size_t sequence_length(std::string_view text) {
  const auto byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0U) != 0x80) return 0;
  }
  // Overlong forms, surrogates, and what lies beyond U+10FFFF.
  if ((first == 0xE0 && byte(1) < 0xA0) || (first == 0xED && byte(1) > 0x9F)) return 0;
  if ((first == 0xF0 && byte(1) < 0x90) || (first == 0xF4 && byte(1) > 0x8F)) return 0;
  return length;
}

void append_help(std::string& out, std::string_view help, bool open_metrics) {
  for (const char c : help) {
    if (c == '\\') {
      out += "\\\\";
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '"' && open_metrics) {
      out += "\\\"";
    } else {
      out += c;
    }
  }
}

std::string_view type_name(prometheus::MetricType type, bool open_metrics) {
  switch (type) {
    case prometheus::MetricType::Counter:
      return "counter";
    case prometheus::MetricType::Gauge:
      return "gauge";
    case prometheus::MetricType::Summary:
      return "summary";
    case prometheus::MetricType::Histogram:
      return "histogram";
    case prometheus::MetricType::Untyped:
      break;
  }
  return open_metrics ? "unknown" : "untyped";
}

void append_header(std::string& out, std::string_view name, std::string_view type,
                   std::string_view help, bool open_metrics) {
  out.append("# HELP ").append(name).append(" ");
  append_help(out, help, open_metrics);
  out.append("\n# TYPE ").append(name).append(" ").append(type).append("\n");
}

std::string_view without(std::string_view name, std::string_view suffix) {
  if (name.ends_with(suffix)) name.remove_suffix(suffix.size());
  return name;
}

/// {a="b",c="d"} with one more label at the end, or nothing without any.
std::string labels(const ClientMetric& metric, std::string_view name = {},
                   std::string_view value = {}) {
  std::string out;
  const auto add = [&out](std::string_view key, std::string_view text) {
    out += out.empty() ? '{' : ',';
    out.append(key).append("=\"");
    append_label_value(out, text);
    out += '"';
  };
  for (const auto& label : metric.label) add(label.name, label.value);
  if (!name.empty()) add(name, value);
  if (!out.empty()) out += '}';
  return out;
}

class MetricWriter {
 public:
  MetricWriter(std::string& out, std::string_view name) : out_(out), name_(name) {}

  void plain(const ClientMetric& metric, double value) { line("", labels(metric), value); }

  void counter(const ClientMetric& metric, std::string_view suffix) {
    line(suffix, labels(metric), metric.counter.value);
  }

  void histogram(const ClientMetric& metric) {
    const auto& histogram = metric.histogram;
    bool closed = false;
    for (const auto& bucket : histogram.bucket) {
      closed = std::isinf(bucket.upper_bound);
      line("_bucket", labels(metric, "le", boundary(bucket.upper_bound)),
           static_cast<double>(bucket.cumulative_count));
    }
    const auto count = static_cast<double>(histogram.sample_count);
    if (!closed) line("_bucket", labels(metric, "le", "+Inf"), count);
    line("_count", labels(metric), count);
    line("_sum", labels(metric), histogram.sample_sum);
  }

  void summary(const ClientMetric& metric) {
    for (const auto& quantile : metric.summary.quantile) {
      line("", labels(metric, "quantile", boundary(quantile.quantile)), quantile.value);
    }
    line("_count", labels(metric), static_cast<double>(metric.summary.sample_count));
    line("_sum", labels(metric), metric.summary.sample_sum);
  }

 private:
  void line(std::string_view suffix, const std::string& with, double value) {
    out_.append(name_).append(suffix).append(with) += ' ';
    append_number(out_, value);
    out_ += '\n';
  }

  std::string& out_;
  std::string_view name_;
};

std::vector<const ClientMetric*> sorted(const prometheus::MetricFamily& family) {
  std::vector<const ClientMetric*> metrics;
  for (const auto& metric : family.metric) metrics.push_back(&metric);
  std::ranges::sort(
      metrics, [](const ClientMetric* a, const ClientMetric* b) { return a->label < b->label; });
  return metrics;
}

}  // namespace

void append_number(std::string& out, double value) {
  if (std::isnan(value)) {
    out += "NaN";
  } else if (std::isinf(value)) {
    out += value > 0 ? "+Inf" : "-Inf";
  } else {
    std::array<char, 32> digits;  // the longest shortest form has 24
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    out.append(digits.data(), end);
  }
}

std::string boundary(double value) {
  std::string out;
  append_number(out, value);
  if (out.find_first_not_of("-0123456789") == std::string::npos) out += ".0";
  return out;
}

void append_label_value(std::string& out, std::string_view value) {
  const auto is_plain = [](char c) {
    return static_cast<signed char>(c) > 0 && c != '\\' && c != '"' && c != '\n';
  };
  while (!value.empty()) {
    const auto special = std::ranges::find_if_not(value, is_plain);
    const auto plain = static_cast<std::size_t>(special - value.begin());
    out += value.substr(0, plain);
    value.remove_prefix(plain);
    if (value.empty()) return;
    const std::size_t length = sequence_length(value);
    if (length == 0) {
      out += "\xEF\xBF\xBD";
    } else if (value.front() == '\\') {
      out += "\\\\";
    } else if (value.front() == '"') {
      out += "\\\"";
    } else if (value.front() == '\n') {
      out += "\\n";
    } else {
      out += value.substr(0, length);
    }
    value.remove_prefix(std::max<std::size_t>(length, 1));
  }
}

void append_header(std::string& out, std::string_view name, MetricType type, std::string_view help,
                   bool open_metrics) {
  std::string_view type_of = "gauge";
  if (type == MetricType::kCounter) type_of = "counter";
  if (type == MetricType::kHistogram) type_of = "histogram";
  if (type == MetricType::kInfo && open_metrics) type_of = "info";
  if (open_metrics && type == MetricType::kCounter) name = without(name, "_total");
  if (open_metrics && type == MetricType::kInfo) name = without(name, "_info");
  append_header(out, name, type_of, help, open_metrics);
}

void append_family(std::string& out, const prometheus::MetricFamily& family, bool open_metrics) {
  using prometheus::MetricType;
  const std::string_view name = family.name;
  const bool counter = family.type == MetricType::Counter;
  const bool info = family.type == MetricType::Gauge && name.ends_with("_info");
  std::string_view shown = name;
  if (open_metrics && counter) shown = without(name, "_total");
  if (open_metrics && info) shown = without(name, "_info");
  const auto type = open_metrics && info ? "info" : type_name(family.type, open_metrics);
  append_header(out, shown, type, family.help, open_metrics);

  MetricWriter writer(out, name);
  const std::string_view total = open_metrics && !name.ends_with("_total") ? "_total" : "";
  for (const ClientMetric* metric : sorted(family)) {
    switch (family.type) {
      case MetricType::Counter:
        writer.counter(*metric, total);
        break;
      case MetricType::Gauge:
        writer.plain(*metric, metric->gauge.value);
        break;
      case MetricType::Untyped:
        writer.plain(*metric, metric->untyped.value);
        break;
      case MetricType::Histogram:
        writer.histogram(*metric);
        break;
      case MetricType::Summary:
        writer.summary(*metric);
        break;
    }
  }
}

}  // namespace leeway::exporter
