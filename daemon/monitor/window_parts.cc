#include "daemon/monitor/window_parts.h"

#include <map>
#include <set>
#include <utility>

namespace leeway::monitor {

std::vector<SegmentParts> parts_of(const std::vector<store::Contribution>& contributions,
                                   std::uint64_t schema_id, const std::filesystem::path& scratch) {
  std::map<std::string, SegmentParts> parts;
  parts[""];  // a window without rows is judged too
  std::set<std::string> without_rows;
  for (const store::Contribution& contribution : contributions) {
    if (contribution.schema_id != schema_id) continue;
    SegmentParts& part = parts[contribution.segment];
    part.segment = contribution.segment;
    part.profiles.push_back(contribution.profile);
    if (contribution.extract.empty()) {
      without_rows.insert(contribution.segment);
    } else {
      part.extracts.push_back(scratch / contribution.extract);
    }
  }
  std::vector<SegmentParts> ordered;
  for (auto& [segment, part] : parts) {
    if (without_rows.contains(segment)) part.extracts.clear();
    ordered.push_back(std::move(part));
  }
  return ordered;
}

std::vector<std::filesystem::path> samples_of(const std::vector<store::Contribution>& contributions,
                                              std::uint64_t schema_id,
                                              const std::filesystem::path& scratch) {
  std::vector<std::filesystem::path> samples;
  for (const store::Contribution& contribution : contributions) {
    if (contribution.schema_id != schema_id || !contribution.segment.empty()) continue;
    if (contribution.sample.empty()) return {};
    samples.push_back(scratch / contribution.sample);
  }
  return samples;
}

}  // namespace leeway::monitor
