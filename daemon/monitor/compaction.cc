#include "daemon/monitor/compaction.h"

#include <filesystem>
#include <utility>

#include "daemon/log/log.h"
#include "daemon/store/failpoint.h"
#include "daemon/store/ledger.h"
#include "detectors/profile/profile.h"

namespace leeway::monitor {
namespace {

/// A transaction keeps other writes waiting: a pane of a hundred files takes some milliseconds.
constexpr std::size_t kPanesAtOnce = 4;

}  // namespace

Result<std::string> merge_serialized(std::span<const std::string> profiles) {
  LEEWAY_ASSERT(!profiles.empty(), "the ledger merges what it has");
  auto merged = profile::Profile::deserialize(profiles.front());
  if (!merged) return fail(std::move(merged.error()).in("reading a contribution"));
  for (const std::string& bytes : profiles.subspan(1)) {
    auto next = profile::Profile::deserialize(bytes);
    if (!next) return fail(std::move(next.error()).in("reading a contribution"));
    if (Result<> done = merged->merge(*next); !done) return fail(std::move(done.error()));
  }
  return merged->serialize();
}

Async<> compact_panes(store::Store& store, std::string model, TimePoint before) {
  std::size_t panes = 0;
  while (true) {
    auto work = [model, before](store::Connection& connection) {
      return store::compact(connection, model, before, kPanesAtOnce, merge_serialized);
    };
    auto done = co_await store.write(std::move(work));
    if (!done) co_return fail(std::move(done.error()));
    failpoint("monitor.after_compaction");
    std::error_code ignored;  // a file that stays is deleted at the next start
    for (const std::string& name : done->extracts) {
      std::filesystem::remove(store.scratch() / name, ignored);
    }
    panes += done->panes;
    if (done->panes < kPanesAtOnce) break;
  }
  if (panes > 0) log::debug("compacted", {{"model", model}, {"panes", panes}, {"before", before}});
  co_return Result<>{};
}

}  // namespace leeway::monitor
