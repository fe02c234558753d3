#include "daemon/exporter/model_text.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <string_view>
#include <utility>

#include "daemon/exporter/text.h"

namespace leeway::exporter {
namespace {

/// A line in a text that is still in the order of the input.
struct Draft {
  std::size_t begin;
  std::size_t labels_end;
  std::size_t end;
  Detail detail;
  std::uint32_t lines = 1;
};

/// {a="b",c="d" without its end; nothing without labels.
std::string labels_of(const Series& series) {
  std::string out;
  char mark = '{';
  for (const auto& [name, value] : series.labels) {
    out += mark;
    out.append(name).append("=\"");
    append_label_value(out, value);
    out += '"';
    mark = ',';
  }
  return out;
}

Draft draft_histogram(std::string& out, const Series& series) {
  const std::string_view name = describe(series.family).name;
  const std::string labels = labels_of(series);
  const Distribution& shown = *series.distribution;
  Draft draft{.begin = out.size(), .labels_end = 0, .end = 0, .detail = series.detail, .lines = 0};
  const auto line = [&](std::string_view suffix, std::string_view end, double value) {
    out.append(name).append(suffix).append(labels);
    if (draft.lines++ == 0) draft.labels_end = out.size();
    out.append(end) += ' ';
    append_number(out, value);
    out += '\n';
  };
  const auto bucket = [&](double bound, std::uint64_t count) {
    const std::string le = (labels.empty() ? "{le=\"" : ",le=\"") + boundary(bound) + "\"}";
    line("_bucket", le, static_cast<double>(count));
  };
  for (std::size_t i = 0; i < shown.bounds.size(); ++i) bucket(shown.bounds[i], shown.counts[i]);
  bucket(std::numeric_limits<double>::infinity(), shown.count);
  const std::string_view end = labels.empty() ? "" : "}";
  line("_count", end, static_cast<double>(shown.count));
  line("_sum", end, shown.sum);
  draft.end = out.size();
  return draft;
}

Draft draft_line(std::string& out, const Series& series) {
  if (series.distribution) return draft_histogram(out, series);
  Draft draft{.begin = out.size(), .labels_end = 0, .end = 0, .detail = series.detail};
  out += describe(series.family).name;
  out += labels_of(series);
  if (!series.labels.empty()) out += '}';
  draft.labels_end = out.size();
  out += ' ';
  append_number(out, series.value);
  out += '\n';
  draft.end = out.size();
  return draft;
}

FamilyText assemble(Family family, std::string_view text, std::vector<Draft>& drafts) {
  const auto labels = [text](const Draft& line) {
    return text.substr(line.begin, line.labels_end - line.begin);
  };
  std::ranges::sort(drafts, {},
                    [&labels](const Draft& line) { return std::pair(labels(line), line.begin); });
  const auto repeated = std::ranges::unique(drafts, {}, labels);
  drafts.erase(repeated.begin(), repeated.end());

  FamilyText out{.family = family, .text = {}, .lines = {}};
  out.text.reserve(text.size());
  out.lines.reserve(drafts.size());
  for (const Draft& line : drafts) {
    out.text += text.substr(line.begin, line.end - line.begin);
    out.lines.push_back({static_cast<std::uint32_t>(out.text.size()), line.detail, line.lines});
  }
  return out;
}

}  // namespace

void FamilyText::append_to(std::string& out, Detail most) const {
  const bool all = std::ranges::all_of(lines, [most](Line line) { return line.detail <= most; });
  if (all) {
    out += text;
    return;
  }
  std::uint32_t begin = 0;
  for (const Line& line : lines) {
    if (line.detail <= most) out.append(text, begin, line.end - begin);
    begin = line.end;
  }
}

std::size_t ModelText::size() const {
  return std::accumulate(lines.begin(), lines.end(), std::size_t{0});
}

const FamilyText* ModelText::find(Family family) const {
  const auto found = std::ranges::lower_bound(families, family, {}, &FamilyText::family);
  return found != families.end() && found->family == family ? &*found : nullptr;
}

ModelText render(std::string_view key, const ModelMetrics& metrics) {
  std::vector<const Series*> series;
  series.reserve(metrics.series.size());
  for (const Series& one : metrics.series) series.push_back(&one);
  std::ranges::sort(series, {}, [](const Series* one) { return std::pair(one->family, one); });

  ModelText out{.key = std::string(key), .families = {}};
  std::string text;
  std::vector<Draft> drafts;
  for (auto at = series.begin(); at != series.end();) {
    const Family family = (*at)->family;
    text.clear();
    drafts.clear();
    for (; at != series.end() && (*at)->family == family; ++at) {
      drafts.push_back(draft_line(text, **at));
    }
    out.families.push_back(assemble(family, text, drafts));
    for (const auto& line : out.families.back().lines) {
      out.lines[static_cast<std::size_t>(line.detail)] += line.lines;
    }
  }
  return out;
}

}  // namespace leeway::exporter
