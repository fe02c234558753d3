#include "collectors/async/slots.h"

#include <list>

#include "collectors/async/waiter.h"

namespace leeway {

struct Slots::State {
  struct Waiting {
    Waiter waiter;
    bool has_slot = false;
  };

  explicit State(std::size_t count) : free(count) {}

  std::size_t free;
  std::size_t held = 0;
  std::list<Waiting*> waiting;

  /// To whom has waited longest, so that nobody who comes now is faster.
  void release() {
    if (waiting.empty()) {
      ++free;
      --held;
      return;
    }
    Waiting* const first = waiting.front();
    waiting.pop_front();
    first->has_slot = true;
    first->waiter.wake();
  }
};

Slots::Held::~Held() {
  if (state_) state_->release();
}

Slots::Slots(std::size_t count) : state_(std::make_shared<State>(count)) {
  LEEWAY_ASSERT(count > 0, "nobody would ever get one");
}

Slots::~Slots() = default;

Async<Slots::Held> Slots::acquire() {
  const auto state = state_;
  if (state->free > 0) {
    --state->free;
    ++state->held;
    co_return Held(state);
  }
  State::Waiting own;
  const auto place = state->waiting.insert(state->waiting.end(), &own);
  const bool woken = co_await own.waiter.wait();
  if (!own.has_slot) {
    state->waiting.erase(place);
    co_return fail(ErrorCode::kCancelled, "told to stop while waiting for a turn");
  }
  Held held(state);  // also if told to stop in the same turn: the next gets it then
  if (!woken) co_return fail(ErrorCode::kCancelled, "told to stop while waiting for a turn");
  co_return held;
}

std::size_t Slots::held() const { return state_->held; }
std::size_t Slots::waiting() const { return state_->waiting.size(); }

}  // namespace leeway
