#pragma once

#include <cstddef>
#include <memory>
#include <utility>

#include "collectors/async/async.h"

namespace leeway {

/// Bounds how many do something at the same time; the others wait in the order in which they came.
/// Used on the thread of the io_context only.
class Slots {
 private:
  struct State;

 public:
  /// A slot, given back when it is destroyed; the Slots may end before.
  class Held {
   public:
    Held(Held&&) = default;
    Held& operator=(Held&& other) {
      std::swap(state_, other.state_);
      return *this;
    }
    ~Held();

   private:
    friend class Slots;
    explicit Held(std::shared_ptr<State> state) : state_(std::move(state)) {}

    std::shared_ptr<State> state_;
  };

  /// @param count  at least 1
  explicit Slots(std::size_t count);
  ~Slots();
  Slots(const Slots&) = delete;
  Slots& operator=(const Slots&) = delete;

  /// Waits for a slot; kCancelled if the coroutine was told to stop meanwhile.
  Async<Held> acquire();

  std::size_t held() const;
  std::size_t waiting() const;

 private:
  std::shared_ptr<State> state_;
};

}  // namespace leeway
