#pragma once

#include <boost/asio/thread_pool.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include "collectors/async/async.h"

namespace leeway {

/// Runs `work` on the pool; true when it has run and the coroutine is back on its own executor,
/// false if the coroutine was told to stop before.
Task<bool> run_on_pool(asio::thread_pool& pool, std::function<void()> work);

/// Runs `work`, which returns a Result<T>, on the pool, and continues on the caller's executor with
/// what it returned. kCancelled if the coroutine is told to stop: that ends the wait, not the work,
/// so `work` owns everything it touches, must not throw, and is destroyed on either thread. Hand in
/// a named object, moved (STYLE.md 7). The pool must be joined before the io_context ends.
template <class Work>
asio::awaitable<std::invoke_result_t<Work&>> on_pool(asio::thread_pool& pool, Work work) {
  struct Job {
    Work work;
    std::optional<std::invoke_result_t<Work&>> result;
  };
  const auto job = std::make_shared<Job>(Job{std::move(work), std::nullopt});
  auto run = [job] { job->result.emplace(job->work()); };
  const bool done = co_await run_on_pool(pool, std::move(run));
  if (!done) co_return fail(ErrorCode::kCancelled, "told to stop while waiting for the pool");
  co_return std::move(*job->result);
}

}  // namespace leeway
