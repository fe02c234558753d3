#include "collectors/net/watch.h"

#include <algorithm>
#include <utility>

namespace leeway::net {

std::string_view to_string(Phase phase) {
  switch (phase) {
    case Phase::kPrepare:
      return "prepare";
    case Phase::kDns:
      return "dns";
    case Phase::kConnect:
      return "connect";
    case Phase::kTls:
      return "tls";
    case Phase::kFirstByte:
      return "first byte";
    case Phase::kBody:
      return "body";
  }
  return "unknown";
}

Watch::Watch(Clock& clock, Duration total)
    : clock_(clock), total_(total), started_(clock.monotonic()), phase_started_(started_) {}

void Watch::begin(Phase phase, Duration limit, std::function<void()> abort) {
  phase_ = phase;
  phase_started_ = clock_.monotonic();
  const Duration left = started_ + total_ - phase_started_;
  total_decides_ = left <= limit;
  limit_ = limit;
  alarm_ = clock_.call_after(std::min(left, limit), [this, abort = std::move(abort)] {
    hit_ = true;
    abort();
  });
}

void Watch::end() {
  alarm_.reset();
  if (auto* place = slot()) *place = clock_.monotonic() - phase_started_;
}

std::optional<Duration>* Watch::slot() {
  switch (phase_) {
    case Phase::kPrepare:
      return nullptr;
    case Phase::kDns:
      return &timings_.dns;
    case Phase::kConnect:
      return &timings_.connect;
    case Phase::kTls:
      return &timings_.tls;
    case Phase::kFirstByte:
      return &timings_.first_byte;
    case Phase::kBody:
      return &timings_.body;
  }
  return nullptr;
}

Timings Watch::timings() const {
  Timings timings = timings_;
  timings.total = clock_.monotonic() - started_;
  return timings;
}

HttpFailure Watch::failure(ErrorCode code, std::string reason) {
  alarm_.reset();
  if (hit_) {
    code = ErrorCode::kTimeout;
    reason = total_decides_ ? "the total deadline of " + leeway::to_string(total_) + " passed"
                            : "not within " + leeway::to_string(limit_);
  }
  HttpFailure failure;
  failure.error = Error{code, std::string(to_string(phase_)) + ": " + std::move(reason)};
  failure.phase = phase_;
  failure.deadline_hit = hit_;
  if (hit_) failure.deadline = total_decides_ ? total_ : limit_;
  failure.timings = timings();
  return failure;
}

}  // namespace leeway::net
