#include "tests/bench/power/flights.h"

#include "collectors/tables/learn.h"

namespace leeway::power {

Result<profile::Reference> read_flights(const std::filesystem::path& file) {
  tables::LearnPlan plan;
  plan.files = {file};
  plan.source = file.string();
  plan.panes.size = std::chrono::hours(24);
  plan.scratch = {
      .directory = std::filesystem::temp_directory_path(), .stem = "power", .extract_rows = 0};
  auto learned = tables::learn(plan);
  if (!learned) return fail(std::move(learned.error()));
  return profile::Reference::deserialize(learned->reference);
}

profile::Reference some_windows(const profile::Reference& all,
                                const std::vector<std::size_t>& windows) {
  profile::Reference some;
  some.schema = all.schema;
  some.profile = profile::Profile::empty_for(all.schema);
  for (const std::size_t at : windows) {
    some.windows.push_back(all.windows[at]);
    const auto merged = some.profile.merge(all.windows[at].profile);
    LEEWAY_ASSERT(merged.has_value(), "the schema is the same");
  }
  return some;
}

}  // namespace leeway::power
