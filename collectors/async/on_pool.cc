#include "collectors/async/on_pool.h"

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

#include "collectors/async/outside_work.h"
#include "collectors/async/waiter.h"

namespace leeway {

Task<bool> run_on_pool(asio::thread_pool& pool, std::function<void()> work) {
  auto executor = co_await asio::this_coro::executor;
  const auto waiter = std::make_shared<Waiter>();
  auto job = [waiter, executor, outside = OutsideWork(executor), work = std::move(work)]() mutable {
    work();
    work = nullptr;
    auto back = [waiter = std::move(waiter), outside = std::move(outside)] { waiter->wake(); };
    asio::post(executor, std::move(back));
  };
  asio::post(pool, std::move(job));
  co_return co_await waiter->wait();
}

}  // namespace leeway
