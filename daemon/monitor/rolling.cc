#include "daemon/monitor/rolling.h"

#include <algorithm>
#include <utility>

#include "collectors/async/on_pool.h"
#include "daemon/monitor/references.h"
#include "daemon/monitor/settings.h"
#include "daemon/store/windows.h"
#include "detectors/base/bytes.h"
#include "detectors/drift/compare.h"
#include "detectors/profile/bins.h"

namespace leeway::monitor {
namespace {

/// The windows that `window` is compared with, the newest first; not those of two versions.
Result<std::vector<store::Window>> windows_behind(store::Connection& connection,
                                                  const std::string& model,
                                                  const config::Rolling& rolling,
                                                  TimePoint before) {
  auto found = store::windows(connection, {.model = model,
                                           .state = store::WindowState::kJudged,
                                           .to = before,
                                           .with_rows = true,
                                           .of_one_version = true,
                                           .newest_first = true,
                                           .limit = std::size_t{rolling.gap} + rolling.windows});
  if (!found) return found;
  const auto gap = std::min<std::size_t>(rolling.gap, found->size());
  found->erase(found->begin(), found->begin() + static_cast<std::ptrdiff_t>(gap));
  return found;
}

/// Changes when one of them is corrected.
std::string key_of(const std::vector<store::Window>& windows) {
  ByteWriter out;
  for (const store::Window& window : windows) {
    out.i64(to_micros(window.start));
    out.u64(window.rows);
    out.u64(window.corrections);
  }
  return std::to_string(hash64(out.bytes()));
}

}  // namespace

Async<std::shared_ptr<const ActiveReference>> RollingReference::of(
    std::shared_ptr<const ActiveReference> anchor, config::Model model, Closing window) {
  if (!model.reference.rolling || anchor->provisional) co_return anchor;
  struct Behind {
    std::vector<store::Window> windows;
    std::vector<store::Contribution> contributions;
  };
  const config::Rolling rolling = *model.reference.rolling;
  auto read = [key = model.key(), rolling, known = key_,
               before = window.from](store::Connection& connection) -> Result<Behind> {
    auto windows = windows_behind(connection, key, rolling, before);
    if (!windows) return fail(std::move(windows.error()));
    Behind behind{.windows = std::move(*windows), .contributions = {}};
    if (behind.windows.size() < rolling.windows || key_of(behind.windows) == known) return behind;
    const store::PaneRange range{.begin = behind.windows.back().start,
                                 .end = behind.windows.front().start + Duration{1},
                                 .segment = {}};
    auto contributions = store::contributions(connection, key, range);
    if (!contributions) return fail(std::move(contributions.error()));
    behind.contributions = std::move(*contributions);
    return behind;
  };
  auto behind = co_await services_.store.read_async(std::move(read));
  if (!behind) co_return fail(std::move(behind.error()).in("reading the rolling reference"));
  if (behind->windows.size() < rolling.windows) co_return anchor;
  std::string key = key_of(behind->windows);
  if (key == key_) co_return newest_;

  auto work = [behind = std::move(*behind), anchor,
               model]() -> Result<std::shared_ptr<const ActiveReference>> {
    auto reference = reference_of(anchor->reference, behind.contributions);
    if (!reference) return fail(std::move(reference.error()));
    reference->schema = profile::with_bins_of(reference->schema, reference->profile);
    reference->source = std::to_string(behind.windows.size()) + " windows from " +
                        to_rfc3339(behind.windows.back().start) + " to " +
                        to_rfc3339(behind.windows.front().end);
    Origin origin = anchor->origin;
    origin.sample.clear();
    return activate(std::move(*reference), std::nullopt, std::move(origin), model, false);
  };
  auto made = co_await on_pool(services_.pool, std::move(work));
  if (!made) co_return fail(std::move(made.error()).in("the rolling reference"));
  key_ = std::move(key);
  newest_ = std::move(*made);
  co_return newest_;
}

std::vector<Finding> compare_with_anchor(const ActiveReference& anchor, const config::Model& model,
                                         const profile::Profile& rows, TimePoint now) {
  auto findings =
      drift::compare(anchor.reference, {}, rows, {}, anchor.thresholds, compare_options(model));
  std::erase_if(findings, [](const Finding& finding) { return !finding.deciding; });
  apply_mutes(findings, model.columns, now);
  for (Finding& finding : findings) {
    finding.measure = "anchor." + finding.measure;
    finding.deciding = false;
  }
  return findings;
}

}  // namespace leeway::monitor
