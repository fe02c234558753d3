#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "detectors/base/time.h"

namespace leeway {

class Alarms;

/// A callback that is going to run at its time, unless this handle is destroyed or reset before.
class [[nodiscard]] Alarm {
 public:
  Alarm() = default;
  ~Alarm() { reset(); }
  Alarm(Alarm&& other) noexcept : alarms_(std::move(other.alarms_)), key_(other.key_) {}
  Alarm& operator=(Alarm&& other) noexcept;

  void reset();

 private:
  friend class Alarms;
  using Key = std::pair<Duration, std::uint64_t>;
  Alarm(std::weak_ptr<Alarms> alarms, Key key) : alarms_(std::move(alarms)), key_(key) {}

  std::weak_ptr<Alarms> alarms_;
  Key key_{};
};

/// The alarms of one clock, by time and then by the order they were set.
class Alarms : public std::enable_shared_from_this<Alarms> {
 public:
  /// `changed` is called after the earliest time may have changed.
  explicit Alarms(std::function<void()> changed) : changed_(std::move(changed)) {}

  Alarm set(Duration time, std::function<void()> callback);

  std::optional<Duration> earliest() const;

  /// Runs the earliest callback if its time is not after `now`.
  bool run_one(Duration now);

  /// The clock ends: nothing rings any more.
  void close();

 private:
  friend class Alarm;

  std::map<Alarm::Key, std::function<void()>> pending_;
  std::uint64_t next_ = 0;
  std::function<void()> changed_;
};

}  // namespace leeway
