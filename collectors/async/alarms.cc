#include "collectors/async/alarms.h"

namespace leeway {

Alarm& Alarm::operator=(Alarm&& other) noexcept {
  if (this == &other) return *this;
  reset();
  alarms_ = std::move(other.alarms_);
  key_ = other.key_;
  return *this;
}

void Alarm::reset() {
  const auto alarms = alarms_.lock();
  alarms_.reset();
  if (alarms && alarms->pending_.erase(key_) != 0 && alarms->changed_) alarms->changed_();
}

Alarm Alarms::set(Duration time, std::function<void()> callback) {
  const Alarm::Key key{time, next_++};
  pending_.emplace(key, std::move(callback));
  if (changed_) changed_();
  return {weak_from_this(), key};
}

std::optional<Duration> Alarms::earliest() const {
  if (pending_.empty()) return std::nullopt;
  return pending_.begin()->first.first;
}

bool Alarms::run_one(Duration now) {
  if (pending_.empty() || pending_.begin()->first.first > now) return false;
  const auto node = pending_.extract(pending_.begin());
  node.mapped()();
  return true;
}

void Alarms::close() {
  changed_ = nullptr;
  pending_.clear();
}

}  // namespace leeway
