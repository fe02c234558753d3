#pragma once

#include <memory>
#include <string>
#include <vector>

#include "daemon/monitor/intake.h"
#include "daemon/monitor/judge.h"

namespace leeway::monitor {

/// What the windows of one model are compared with where `reference.rolling` is asked for.
class RollingReference {
 public:
  explicit RollingReference(Services services) : services_(services) {}

  /// The newest `windows` closed windows with rows that lie at least `gap` such windows before
  /// `window`, in bins of their own and with thresholds learned from them; `anchor` itself, the
  /// first windows, while there are not so many yet or where nothing rolls. The same for a window
  /// that is corrected or judged again after a restart, since it is made from what the store has.
  /// On cells: sorted rows are not kept so long.
  ///
  /// O(windows x columns x cells) for each window; the newest is kept.
  Async<std::shared_ptr<const ActiveReference>> of(std::shared_ptr<const ActiveReference> anchor,
                                                   config::Model model, Closing window);

 private:
  Services services_;
  std::string key_;  ///< of the windows that the newest is made of
  std::shared_ptr<const ActiveReference> newest_;
};

/// How far all rows of a window are from the anchor, which a rolling reference has left behind: a
/// drift that is slow enough goes along with the rolling windows. The deciding measure of every
/// column, named "anchor.MEASURE", deciding nothing.
std::vector<Finding> compare_with_anchor(const ActiveReference& anchor, const config::Model& model,
                                         const profile::Profile& rows, TimePoint now);

}  // namespace leeway::monitor
