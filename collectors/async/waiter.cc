#include "collectors/async/waiter.h"

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <functional>
#include <unordered_set>
#include <utility>

namespace leeway {
namespace {

/// The coroutine that waits; destroying it destroys the coroutine.
class Sleeper {
 public:
  virtual ~Sleeper() = default;
  virtual void resume(bool woken) = 0;
};

template <class Handler>
class SleeperOf : public Sleeper {
 public:
  explicit SleeperOf(Handler handler) : handler_(std::move(handler)) {}

  void resume(bool woken) override {
    auto executor = asio::get_associated_executor(handler_);
    asio::post(executor,
               [handler = std::move(handler_), woken]() mutable { std::move(handler)(woken); });
  }

 private:
  Handler handler_;
};

/// All sleepers of a context: those that nobody woke end with it, as Asio's own operations do.
class Sleepers : public asio::execution_context::service {
 public:
  static inline asio::execution_context::id id;
  explicit Sleepers(asio::execution_context& context) : service(context) {}

  std::unordered_set<std::unique_ptr<Sleeper>*> all;

 private:
  void shutdown() noexcept override {
    while (!all.empty()) {
      auto* place = *all.begin();
      all.erase(all.begin());
      const auto sleeper = std::move(*place);
    }
  }
};

}  // namespace

struct Waiter::State {
  bool woken = false;
  std::unique_ptr<Sleeper> sleeper;
  Sleepers* registry = nullptr;

  ~State() { forget(); }

  void forget() {
    if (registry != nullptr && sleeper) registry->all.erase(&sleeper);
  }

  void finish(bool with) {
    if (!sleeper) return;
    forget();
    std::exchange(sleeper, nullptr)->resume(with);
  }
};

Waiter::Waiter() : state_(std::make_shared<State>()) {}
Waiter::~Waiter() = default;

Task<bool> Waiter::wait() {
  const auto cancellation = co_await asio::this_coro::cancellation_state;
  if (cancellation.cancelled() != asio::cancellation_type::none) co_return false;

  auto initiate = [state = state_](auto handler) {
    auto slot = asio::get_associated_cancellation_slot(handler);
    if (slot.is_connected()) {
      slot.assign([weak = std::weak_ptr(state)](asio::cancellation_type) {
        if (const auto waiting = weak.lock()) waiting->finish(false);
      });
    }
    auto executor = asio::get_associated_executor(handler);
    state->registry = &asio::use_service<Sleepers>(
        asio::query(executor, asio::execution::context_as<asio::execution_context&>));
    state->sleeper = std::make_unique<SleeperOf<decltype(handler)>>(std::move(handler));
    state->registry->all.insert(&state->sleeper);
    if (state->woken) state->finish(true);
  };
  const bool woken = co_await asio::async_initiate<const asio::use_awaitable_t<>, void(bool)>(
      std::move(initiate), asio::use_awaitable);
  if (woken) state_->woken = false;
  co_return woken;
}

void Waiter::wake() {
  state_->woken = true;
  state_->finish(true);
}

}  // namespace leeway
