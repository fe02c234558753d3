#include "daemon/config/diagnostics.h"

#include <algorithm>
#include <utility>

namespace leeway::config {
namespace {

constexpr std::size_t kShown = 100;

}  // namespace

void Diagnostics::add(Place place, std::string path, std::string sentence) {
  ++complaints_;
  if (!seen_.emplace(place, sentence).second) return;
  entries_.push_back({place, std::move(path), std::move(sentence)});
}

std::string Diagnostics::text(const Sources& sources) const {
  std::vector<const Entry*> sorted;
  sorted.reserve(entries_.size());
  for (const Entry& entry : entries_) sorted.push_back(&entry);
  // Equal places keep the order in which they were found, which is that of the addresses.
  std::sort(sorted.begin(), sorted.end(), [](const Entry* a, const Entry* b) {
    return std::tie(a->place, a) < std::tie(b->place, b);
  });
  std::string out;
  for (std::size_t i = 0; i < std::min(sorted.size(), kShown); ++i) {
    const auto& [place, path, sentence] = *sorted[i];
    out += place.written() ? sources.where(place) : sources.path(place.file);
    if (!path.empty()) out += ": " + path;
    out += ": " + sentence + "\n" + sources.snippet(place);
  }
  if (sorted.size() > kShown) out += "and " + std::to_string(sorted.size() - kShown) + " more\n";
  if (out.ends_with('\n')) out.pop_back();
  return out;
}

std::string join(const std::string& path, std::string_view key) {
  std::string joined = path;
  if (!joined.empty()) joined += '.';
  return joined.append(key);
}

std::string join(const std::string& path, std::size_t index) {
  return path + "[" + std::to_string(index) + "]";
}

}  // namespace leeway::config
