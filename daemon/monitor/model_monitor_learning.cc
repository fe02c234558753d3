#include <utility>

#include "daemon/monitor/live_windows.h"
#include "daemon/monitor/model_monitor.h"

namespace leeway::monitor {

Async<> ModelMonitor::finish_learning_if_complete() {
  if (lacks_windows(*reference_)) {
    auto learned = co_await with_live_windows(services_, *model_, reference_);
    if (!learned) co_return fail(std::move(learned.error()));
    reference_ = std::move(*learned);
    view_.false_alarms_per_day = false_alarms_per_day(*reference_, *model_);
    co_return Result<>{};
  }
  const std::size_t wanted = model_->reference.learn_windows;
  if (!reference_->provisional || view_.learned_windows < wanted) co_return Result<>{};
  auto starts = co_await windows_to_learn_from();
  if (!starts) co_return fail(std::move(starts.error()));
  view_.learned_windows = static_cast<std::uint32_t>(starts->size());
  if (starts->size() < wanted) co_return Result<>{};
  auto learned = co_await references_.finish_learning(reference_, std::move(*starts));
  if (!learned) co_return fail(std::move(learned.error()));
  reference_ = std::move(*learned);
  if (reference_->provisional) {  // the windows changed inside
    auto behind = co_await windows_to_learn_from();
    if (!behind) co_return fail(std::move(behind.error()));
    view_.learned_windows = static_cast<std::uint32_t>(behind->size());
    co_return Result<>{};
  }
  view_.learning = false;
  view_.reference_id = reference_->id;
  view_.false_alarms_per_day = false_alarms_per_day(*reference_, *model_);
  co_return Result<>{};
}

/// The starts of the first windows with rows, of those behind a change where there was one.
Async<std::vector<TimePoint>> ModelMonitor::windows_to_learn_from() {
  std::optional<TimePoint> from;
  if (reference_->learned_anew) from = reference_->learned_anew->from;
  const store::WindowFilter filter{.model = key_,
                                   .state = store::WindowState::kJudged,
                                   .from = from,
                                   .to = {},
                                   .with_rows = true,
                                   .of_one_version = true,
                                   .newest_first = false,
                                   .limit = model_->reference.learn_windows};
  auto read = [filter](store::Connection& connection) {
    return store::windows(connection, filter);
  };
  auto windows = co_await services_.store.read_async(std::move(read));
  if (!windows) co_return fail(std::move(windows.error()));
  std::vector<TimePoint> starts;
  for (const store::Window& window : *windows) {
    if (!from || window.start >= *from) starts.push_back(window.start);
  }
  co_return starts;
}

}  // namespace leeway::monitor
