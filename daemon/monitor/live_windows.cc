#include "daemon/monitor/live_windows.h"

#include <algorithm>
#include <utility>

#include "collectors/async/on_pool.h"
#include "daemon/monitor/multivariate.h"
#include "daemon/monitor/settings.h"

namespace leeway::monitor {
namespace {

constexpr std::size_t kFewestWindows = 4;

/// Where the rows that a window was judged by begin. Windows of time that had too few share rows
/// with their predecessors, which are left to those; batches that were judged together do not.
TimePoint begin_of(const store::Window& window) {
  const bool is_batch = window.end == window.start + Duration{1};
  return is_batch ? window.extended_from : window.start;
}

struct Live {
  std::vector<store::Window> windows;  ///< ascending
  std::vector<store::Contribution> contributions;
};

/// The first windows that were judged against the reference, and what was folded for them.
Result<Live> read_live(store::Connection& connection, const std::string& model,
                       const std::string& reference) {
  Live live;
  auto windows = store::windows(connection, {.model = model,
                                             .state = store::WindowState::kJudged,
                                             .from = {},
                                             .to = {},
                                             .of_one_version = true,
                                             .newest_first = false});
  if (!windows) return fail(std::move(windows.error()));
  for (store::Window& window : *windows) {
    if (window.reference_id == reference && live.windows.size() < kLiveWindows)
      live.windows.push_back(std::move(window));
  }
  if (live.windows.size() < kLiveWindows) return live;
  const store::PaneRange range{
      .begin = begin_of(live.windows.front()), .end = live.windows.back().end, .segment = {}};
  auto contributions = store::contributions(connection, model, range);
  if (!contributions) return fail(std::move(contributions.error()));
  live.contributions = std::move(*contributions);
  return live;
}

/// The drawn rows of the live windows are kept the first time: later they are compacted away.
Result<std::shared_ptr<const ActiveReference>> with_samples(
    Result<std::shared_ptr<const ActiveReference>> learned, const config::Model& model,
    const std::vector<store::Contribution>& contributions, const std::filesystem::path& scratch,
    const std::filesystem::path& sample) {
  if (!learned || !has_multivariate(**learned, model)) return learned;
  std::error_code missing;
  if (!std::filesystem::exists(sample, missing)) {
    auto gathered =
        gather_samples(contributions, (*learned)->reference.schema.id(), scratch, sample);
    if (!gathered) return fail(std::move(gathered.error()));
    if (!*gathered) return learned;
  }
  auto changed = std::make_shared<ActiveReference>(**learned);
  changed->live_sample = sample;
  changed->multivariate = nullptr;
  return changed;
}

}  // namespace

Result<std::shared_ptr<const ActiveReference>> learned_from(
    const ActiveReference& reference, const config::Model& model,
    const std::vector<store::Window>& windows,
    const std::vector<store::Contribution>& contributions) {
  auto changed = std::make_shared<ActiveReference>(reference);
  const profile::Schema& schema = changed->reference.schema;
  std::map<std::string, std::vector<profile::Reference::Window>> live;
  for (const store::Window& window : windows) {
    std::map<std::string, profile::Profile> rows;
    rows.emplace("", profile::Profile::empty_for(schema));  // silence is a window of no rows
    for (const store::Contribution& contribution : contributions) {
      if (contribution.schema_id != schema.id() || contribution.pane_start < begin_of(window) ||
          contribution.pane_start >= window.end)
        continue;
      auto part = profile::Profile::deserialize(contribution.profile);
      if (!part) return fail(std::move(part.error()).in("reading a contribution"));
      auto [segment, fresh] =
          rows.try_emplace(contribution.segment, profile::Profile::empty_for(schema));
      if (Result<> merged = segment->second.merge(*part); !merged)
        return fail(std::move(merged.error()));
    }
    for (auto& [segment, profile] : rows)
      live[segment].push_back({.start = window.start, .profile = std::move(profile)});
  }
  changed->reference.windows = std::move(live[""]);
  live.erase("");
  profile::Reference whole = changed->reference;
  for (auto& [segment, baseline] : changed->segments) {
    whole.parts.push_back({.segment = segment,
                           .profile = std::move(baseline.reference.profile),
                           .windows = std::move(live[segment])});
  }
  LearnedThresholds learned = learn_thresholds(whole, model);
  changed->thresholds = std::move(learned.all);
  changed->segments = std::move(learned.segments);
  return changed;
}

bool lacks_windows(const ActiveReference& reference) {
  return !reference.provisional && reference.reference.windows.size() < kFewestWindows;
}

std::optional<double> false_alarms_per_day(const ActiveReference& reference,
                                           const config::Model& model) {
  if (reference.provisional) return std::nullopt;
  const auto expected = [](const threshold::Thresholds& learned) {
    return learned.achievable_false_alarms() + learned.fixed_false_alarms();
  };
  double sum = expected(reference.thresholds);
  for (const auto& [segment, baseline] : reference.segments) sum += expected(baseline.thresholds);
  return sum / (to_seconds(model.drift.false_alarms.per) / 86'400.0);
}

Async<std::shared_ptr<const ActiveReference>> with_live_windows(
    Services services, config::Model model, std::shared_ptr<const ActiveReference> reference) {
  auto read = [key = model.key(), id = reference->id](store::Connection& connection) {
    return read_live(connection, key, id);
  };
  auto live = co_await services.store.read_async(std::move(read));
  if (!live) co_return fail(std::move(live.error()).in("reading judged windows"));
  if (live->windows.size() < kLiveWindows) co_return std::move(reference);
  auto work = [live = std::move(*live), model = std::move(model), reference,
               scratch = services.store.scratch(),
               sample = services.store.references() / (reference->id + ".live.sample")]() {
    return with_samples(learned_from(*reference, model, live.windows, live.contributions), model,
                        live.contributions, scratch, sample);
  };
  co_return co_await on_pool(services.pool, std::move(work));
}

}  // namespace leeway::monitor
