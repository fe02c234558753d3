#include "collectors/async/notifier.h"

#include <list>
#include <utility>

#include "collectors/async/waiter.h"

namespace leeway {

struct Notifier::Queue {
  struct Waiting {
    Waiter waiter;
    bool notified = false;
  };
  std::list<Waiting*> waiting;
  bool remembered = false;

  void notify_one() {
    if (waiting.empty()) {
      remembered = true;
      return;
    }
    auto* first = waiting.front();
    waiting.pop_front();
    first->notified = true;
    first->waiter.wake();
  }
};

/// A coroutine's place in the queue.
class Notifier::Place {
 public:
  explicit Place(std::shared_ptr<Queue> queue)
      : queue_(std::move(queue)), at_(queue_->waiting.insert(queue_->waiting.end(), &waiting_)) {
    if (std::exchange(queue_->remembered, false)) queue_->notify_one();
  }
  ~Place() {
    if (!waiting_.notified) queue_->waiting.erase(at_);
  }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;

  void wake() { waiting_.waiter.wake(); }

  Async<Woken> wait() {
    const bool woken = co_await waiting_.waiter.wait();
    if (woken) co_return waiting_.notified ? Woken::kNotified : Woken::kDeadline;
    // A notification that came in the turn of the stop goes to the next, else it would be lost.
    if (waiting_.notified) queue_->notify_one();
    co_return fail(ErrorCode::kCancelled, "told to stop while waiting");
  }

 private:
  std::shared_ptr<Queue> queue_;
  Queue::Waiting waiting_;
  std::list<Queue::Waiting*>::iterator at_;
};

Notifier::Notifier() : queue_(std::make_shared<Queue>()) {}

void Notifier::notify_one() { queue_->notify_one(); }

void Notifier::notify_all() {
  while (!queue_->waiting.empty()) queue_->notify_one();
}

Async<> Notifier::wait() {
  Place place(queue_);
  const auto woken = co_await place.wait();
  if (!woken) co_return fail(woken.error());
  co_return Result<>{};
}

Async<Woken> Notifier::wait_for(Clock& clock, Duration duration) {
  Place place(queue_);
  Alarm alarm;
  if (duration > Duration::zero()) {
    alarm = clock.call_after(duration, [&place] { place.wake(); });
  } else {
    place.wake();
  }
  co_return co_await place.wait();
}

Async<Woken> Notifier::wait_until(Clock& clock, TimePoint time) {
  return wait_for(clock, time - clock.now());
}

}  // namespace leeway
