#pragma once

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <string>
#include <utility>

#include "collectors/async/async.h"
#include "collectors/async/clock.h"

namespace leeway {

/// What `operation` gives, or kTimeout if it is told to stop after `duration`. The operation must
/// heed cancellation, as everything made of Asio, sleep, Notifier and on_pool does: its end is
/// waited for.
template <class T>
Async<T> with_deadline(Clock& clock, Duration duration, Async<T> operation) {
  const auto quiet = [](Async<T> inner) -> Async<T> {
    co_await asio::this_coro::throw_if_cancelled(false);
    co_return co_await std::move(inner);
  };
  const auto executor = co_await asio::this_coro::executor;
  const auto cancellation = co_await asio::this_coro::cancellation_state;
  if (cancellation.cancelled() != asio::cancellation_type::none) {
    co_return fail(ErrorCode::kCancelled, "told to stop before it began");
  }
  asio::cancellation_signal signal;
  auto outer = cancellation.slot();
  const auto pass_on = [&signal](asio::cancellation_type type) { signal.emit(type); };
  if (outer.is_connected()) outer.assign(pass_on);

  bool expired = false;
  const Alarm alarm = clock.call_after(duration, [&expired, &signal] {
    expired = true;
    signal.emit(asio::cancellation_type::terminal);
  });
  auto result =
      co_await asio::co_spawn(co_await asio::this_coro::executor, quiet(std::move(operation)),
                              asio::bind_cancellation_slot(signal.slot(), asio::use_awaitable));
  if (outer.is_connected()) outer.clear();
  if (expired && !result && result.error().code == ErrorCode::kCancelled) {
    co_return fail(ErrorCode::kTimeout, "not done within " + to_string(duration));
  }
  co_return result;
}

}  // namespace leeway
