#include "collectors/tables/fold_parts.h"

#include <algorithm>
#include <utility>

#include "collectors/tables/source_file.h"
#include "detectors/profile/profile.h"

namespace leeway::tables {
namespace {

/// Below, a database more costs more than it saves.
constexpr std::uint64_t kWorthwhile = std::uint64_t{8} << 20U;

profile::Profile profile_of(const FoldedPane& pane) {
  auto profile = profile::Profile::deserialize(pane.profile);
  LEEWAY_ASSERT(profile.has_value(), "this process has just written it");
  return std::move(*profile);
}

}  // namespace

unsigned parts_for(const std::vector<std::filesystem::path>& files, std::size_t columns,
                   unsigned threads) {
  std::uint64_t bytes = 0;
  for (const auto& path : files) {
    const auto file = SourceFile::open(path);
    if (!file || file->is_text()) return 1;  // what is wrong with it, the reader says
    bytes += file->bytes();
  }
  if (bytes < kWorthwhile) return 1;
  return static_cast<unsigned>(std::clamp<std::size_t>(columns, 1, threads));
}

FoldAnswer join(const FoldPlan& plan, std::vector<FoldAnswer> answers) {
  FoldAnswer joined = std::move(answers.front());
  for (std::size_t at = 0; at < joined.panes.size(); ++at) {
    profile::Profile profile = profile_of(joined.panes[at]);
    for (unsigned i = 1; i < answers.size(); ++i) {
      profile::Profile other = profile_of(answers[i].panes[at]);
      const Part part{.index = i, .count = static_cast<unsigned>(answers.size())};
      for (std::size_t column = 0; column < profile.columns.size(); ++column) {
        if (part.has(column)) profile.columns[column] = std::move(other.columns[column]);
      }
    }
    joined.panes[at].profile = profile.serialize();
  }
  std::vector<ObservedColumn> retyped;
  for (const profile::Column& column : plan.schema.columns) {
    const auto same = [&column](const auto& each) { return each.name == column.name; };
    for (const FoldAnswer& answer : answers) {
      const auto& theirs = &answer == &answers.front() ? joined : answer;
      const auto found = std::ranges::find_if(theirs.retyped_columns, same);
      if (found != theirs.retyped_columns.end()) retyped.push_back(*found);
    }
  }
  joined.retyped_columns = std::move(retyped);
  return joined;
}

void join(KeptColumns& kept, std::vector<KeptColumns> parts) {
  kept.kept = false;
  kept.columns.clear();
  for (KeptColumns& part : parts) {
    kept.kept = kept.kept || part.kept;
    if (kept.columns.size() < part.columns.size()) kept.columns.resize(part.columns.size());
    for (std::size_t i = 0; i < part.columns.size(); ++i) {
      if (part.columns[i].size() > 0) kept.columns[i] = std::move(part.columns[i]);
    }
  }
}

}  // namespace leeway::tables
