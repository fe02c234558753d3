#pragma once

#include <atomic>
#include <string_view>

namespace leeway {

namespace detail {
extern std::atomic<bool> failpoints_armed;
void hit_failpoint(std::string_view name);
}  // namespace detail

/// A named place where the crash test may kill the process:
///
///   LEEWAY_FAILPOINT=store.before_commit:3 leeway run -c FILE
///
/// raises SIGKILL the third time that `failpoint("store.before_commit")` is reached. Always
/// compiled in, so that what is tested is what is shipped; costs one relaxed load while nothing is
/// armed. The names: store.in_group (between two writes), store.before_commit, store.after_commit,
/// store.before_rename and store.after_rename (files.h), ledger.compacting, delivery.before_send,
/// delivery.after_send (sent, not recorded), and
/// monitor.after_decode, monitor.after_commit, monitor.before_judged, monitor.after_judged,
/// monitor.after_compaction (compacted, sorted rows not yet deleted),
/// endpoint.after_answers (rows are answered, nothing is kept), endpoint.after_kept.
inline void failpoint(std::string_view name) {
  if (detail::failpoints_armed.load(std::memory_order_relaxed)) detail::hit_failpoint(name);
}

/// Arms one failpoint, "name" or "name:n" with n >= 1, instead of the environment's. Before
/// threads.
void arm_failpoint(std::string_view specification);

}  // namespace leeway
