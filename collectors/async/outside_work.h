#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <cstddef>

#include "collectors/async/async.h"

namespace leeway {

/// Says that something outside the io_context (a pool, a thread, a worker process) is going to post
/// a completion to it: run() does not return before, and a virtual clock does not move before.
/// Release it where the completion runs, on the thread of the io_context.
class OutsideWork {
 public:
  explicit OutsideWork(const asio::any_io_executor& executor);
  ~OutsideWork();
  OutsideWork(OutsideWork&& other) noexcept;
  OutsideWork& operator=(OutsideWork&&) = delete;

  /// How much is under way for `context`.
  static std::size_t pending(asio::execution_context& context);

 private:
  asio::executor_work_guard<asio::any_io_executor> guard_;
};

}  // namespace leeway
