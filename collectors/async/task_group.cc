#include "collectors/async/task_group.h"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>
#include <exception>
#include <list>
#include <utility>

#include "collectors/async/notifier.h"

namespace leeway {

struct TaskGroup::State {
  struct Entry {
    std::string name;
    asio::cancellation_signal signal;
  };

  explicit State(asio::any_io_executor on) : executor(std::move(on)) {}

  asio::any_io_executor executor;
  std::list<Entry> entries;
  Notifier ended;
  bool stopping = false;

  /// What left a task, or empty if that is only the way Asio says that it was told to stop.
  std::string complaint(const std::exception_ptr& thrown) const {
    try {
      if (thrown) std::rethrow_exception(thrown);
    } catch (const boost::system::system_error& error) {
      const bool stopped = stopping && error.code() == asio::error::operation_aborted;
      return stopped ? "" : error.what();
    } catch (const std::exception& error) {
      return error.what();
    } catch (...) {
      return "an exception of an unknown kind";
    }
    return "";
  }

  static Task<> run(std::shared_ptr<State> state, Task<> task) {
    co_await asio::this_coro::throw_if_cancelled(false);
    co_await asio::post(state->executor, asio::use_awaitable);
    if (!state->stopping) co_await std::move(task);
  }
};

TaskGroup::TaskGroup(asio::any_io_executor executor)
    : state_(std::make_shared<State>(std::move(executor))) {}

TaskGroup::~TaskGroup() {
  LEEWAY_ASSERT(state_->entries.empty(), "the owner of a group stops and joins it");
}

void TaskGroup::spawn(Task<> task, std::string name) {
  if (state_->stopping) return;
  const auto entry = state_->entries.emplace(state_->entries.end());
  entry->name = std::move(name);
  auto done = [state = state_, entry](const std::exception_ptr& thrown) {
    const std::string complaint = state->complaint(thrown);
    LEEWAY_ASSERT(complaint.empty(), (entry->name + " must not throw: " + complaint).c_str());
    state->entries.erase(entry);
    state->ended.notify_all();
  };
  asio::co_spawn(state_->executor, State::run(state_, std::move(task)),
                 asio::bind_cancellation_slot(entry->signal.slot(), std::move(done)));
}

void TaskGroup::stop() {
  state_->stopping = true;
  for (auto& entry : state_->entries) entry.signal.emit(asio::cancellation_type::terminal);
}

Async<> TaskGroup::join(Clock& clock, Duration deadline) {
  const auto state = state_;
  const Duration end = clock.monotonic() + deadline;
  while (!state->entries.empty() && clock.monotonic() < end) {
    const auto woken = co_await state->ended.wait_for(clock, end - clock.monotonic());
    if (!woken) co_return fail(std::move(woken.error()));
  }
  if (state->entries.empty()) co_return Result<>{};
  std::string names;
  for (const auto& entry : state->entries) names += (names.empty() ? "" : ", ") + entry.name;
  co_return fail(ErrorCode::kTimeout, "still running after " + to_string(deadline) + ": " + names);
}

std::size_t TaskGroup::running() const { return state_->entries.size(); }
bool TaskGroup::stopping() const { return state_->stopping; }

}  // namespace leeway
