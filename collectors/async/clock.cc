#include "collectors/async/clock.h"

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <optional>
#include <utility>

#include "collectors/async/outside_work.h"
#include "collectors/async/waiter.h"

namespace leeway {
namespace {

using Steady = std::chrono::steady_clock;

class RealClock : public Clock {
 public:
  explicit RealClock(asio::any_io_executor executor)
      : timer_(std::move(executor)),
        alarms_(std::make_shared<Alarms>([this] { arm(); })),
        alive_(std::make_shared<bool>(true)) {}
  ~RealClock() override { alarms_->close(); }

  TimePoint now() const override {
    return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
  }

  Duration monotonic() const override {
    return std::chrono::duration_cast<Duration>(Steady::now().time_since_epoch());
  }

  Alarm call_after(Duration duration, std::function<void()> callback) override {
    return alarms_->set(monotonic() + duration, std::move(callback));
  }

 private:
  // A timer that is set too early is left alone: it re-arms itself when it expires, and alarms
  // that are reset before their time (nearly all deadlines) then cost no system call.
  void arm() {
    const auto earliest = alarms_->earliest();
    if (!earliest) {
      if (armed_) timer_.cancel();  // an idle clock keeps no io_context running
      armed_.reset();
      return;
    }
    if (armed_ && *armed_ <= *earliest) return;
    armed_ = earliest;
    // One more microsecond, because monotonic() is rounded down.
    timer_.expires_at(Steady::time_point(*earliest + Duration(1)));
    timer_.async_wait([this, alive = std::weak_ptr(alive_)](boost::system::error_code error) {
      if (!error && !alive.expired()) ring();
    });
  }

  void ring() {
    armed_.reset();
    const Duration now = monotonic();
    const std::weak_ptr alive = alive_;
    while (!alive.expired() && alarms_->run_one(now)) {
    }
    if (!alive.expired()) arm();
  }

  asio::steady_timer timer_;
  std::shared_ptr<Alarms> alarms_;
  std::optional<Duration> armed_;
  std::shared_ptr<bool> alive_;
};

}  // namespace

Async<> Clock::sleep(Duration duration) {
  Waiter waiter;
  Alarm alarm;
  if (duration > Duration::zero()) {
    alarm = call_after(duration, [&waiter] { waiter.wake(); });
  } else {
    waiter.wake();
  }
  if (!co_await waiter.wait()) co_return fail(ErrorCode::kCancelled, "told to stop while waiting");
  co_return Result<>{};
}

std::unique_ptr<Clock> make_real_clock(asio::any_io_executor executor) {
  return std::make_unique<RealClock>(std::move(executor));
}

VirtualClock::VirtualClock(asio::any_io_executor executor, TimePoint start)
    : executor_(std::move(executor)), alarms_(std::make_shared<Alarms>(nullptr)), origin_(start) {}

VirtualClock::~VirtualClock() { alarms_->close(); }

TimePoint VirtualClock::now() const { return origin_ + monotonic_; }

Duration VirtualClock::monotonic() const { return monotonic_; }

Alarm VirtualClock::call_after(Duration duration, std::function<void()> callback) {
  return alarms_->set(monotonic_ + duration, std::move(callback));
}

void VirtualClock::advance_to(TimePoint time) {
  settle();
  const Duration target = monotonic_ + (time - now());
  for (auto next = alarms_->earliest(); next && *next <= target; next = alarms_->earliest()) {
    monotonic_ = std::max(monotonic_, *next);
    settle();
  }
  monotonic_ = std::max(monotonic_, target);
}

bool VirtualClock::advance_to_next(TimePoint limit) {
  settle();
  const Duration target = monotonic_ + (limit - now());
  const auto next = alarms_->earliest();
  monotonic_ = std::max(monotonic_, next ? std::min(*next, target) : target);
  settle();
  return monotonic_ < target;
}

void VirtualClock::settle() {
  auto& context = static_cast<asio::io_context&>(
      asio::query(executor_, asio::execution::context_as<asio::execution_context&>));
  for (bool progress = true; progress;) {
    context.restart();  // a context that ran out of work is stopped
    progress = context.poll() != 0;
    if (OutsideWork::pending(context) != 0) {
      context.run_one_for(std::chrono::milliseconds(10));
      progress = true;
    } else if (alarms_->run_one(monotonic_)) {
      progress = true;
    }
  }
}

void VirtualClock::jump(Duration by) { origin_ += by; }

}  // namespace leeway
