#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/this_coro.hpp>
#include <exception>
#include <optional>
#include <utility>

#include "collectors/async/async.h"
#include "collectors/async/clock.h"

namespace leeway::tests {

/// A coroutine that was started and the value it will end with.
template <class T>
class Started {
 public:
  Started(asio::io_context& io, Task<T> task) {
    asio::co_spawn(io, keep(std::move(task), value_), [](const std::exception_ptr& thrown) {
      if (thrown) std::rethrow_exception(thrown);
    });
  }
  Started(const Started&) = delete;

  bool done() const { return value_.has_value(); }
  T& value() { return *value_; }

 private:
  static Task<> keep(Task<T> task, std::optional<T>& value) {
    value.emplace(co_await std::move(task));
  }

  std::optional<T> value_;
};

/// Runs the io_context until `task` has ended and gives its value. For tests with real sockets or
/// threads; those with a virtual clock start the task and move the clock.
template <class T>
T run(asio::io_context& io, Task<T> task) {
  Started<T> started(io, std::move(task));
  io.restart();
  while (!started.done() && io.run_one() != 0) {
  }
  return std::move(started.value());
}

}  // namespace leeway::tests
