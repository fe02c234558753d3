#pragma once

#include <functional>
#include <string>

#include "collectors/async/clock.h"
#include "collectors/net/http_client.h"

namespace leeway::net {

/// The stop-watch of one request: measures its phases and ends them at their deadlines.
class Watch {
 public:
  Watch(Clock& clock, Duration total);
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  /// Whether the connection came from the pool.
  void note_reuse(bool reused) { timings_.reused = reused; }

  /// `abort` ends what is under way if `limit` or the total deadline passes before end().
  void begin(Phase phase, Duration limit, std::function<void()> abort);

  /// The phase has ended well; its time is noted.
  void end();

  bool deadline_hit() const { return hit_; }
  Phase phase() const { return phase_; }
  Timings timings() const;

  /// Ends the present phase badly: a timeout if a deadline hit, else `code` with `reason`.
  HttpFailure failure(ErrorCode code, std::string reason);

 private:
  std::optional<Duration>* slot();

  Clock& clock_;
  Duration total_;
  Duration started_;
  Phase phase_ = Phase::kPrepare;
  Duration phase_started_;
  Duration limit_{};
  bool total_decides_ = false;
  bool hit_ = false;
  Timings timings_;
  Alarm alarm_;
};

}  // namespace leeway::net
