#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "detectors/base/bytes.h"
#include "detectors/base/parameter.h"

namespace leeway::sequential {

/// What a detector says after a value. The numbers are saved and never reused.
enum class DetectorState : std::uint8_t { kWarmingUp = 0, kStable = 1, kWarning = 2, kDrift = 3 };

std::string_view to_string(DetectorState state);

/// Where the level went when a change was seen.
enum class Direction : std::uint8_t { kUnknown = 0, kUp = 1, kDown = 2 };

/// Which values a detector is made for.
enum class Input {
  kNumbers,  ///< any finite number
  kShares,   ///< from 0 to 1, as errors (0 or 1), losses or scores are
  kErrors,   ///< 0 or 1; 1 is an error
};

/// Watches a sequence one value at a time for a change of its distribution. A change is reported
/// once, as kDrift of one value; what follows depends on the detector: most forget everything and
/// warm up again with the next value. Memory does not grow with the sequence (ADWIN: with the
/// logarithm of its window).
///
/// Saved and restored, a detector goes on as if nothing had happened, bit for bit. Not thread-safe.
class Detector {
 public:
  virtual ~Detector() = default;
  Detector(const Detector&) = delete;
  Detector& operator=(const Detector&) = delete;

  /// Takes the next value. One that the detector is not made for (missing, infinite, out of the
  /// range of its input) is counted, changes nothing and answers with the state as it was, but
  /// never with a drift again.
  DetectorState update(double value);

  /// The answer to the last value that was taken; kWarmingUp before the first.
  DetectorState state() const { return state_; }
  /// Of the last drift.
  Direction direction() const { return direction_; }
  std::uint64_t values() const { return values_; }    ///< taken since it was made
  std::uint64_t ignored() const { return ignored_; }  ///< not taken
  std::uint64_t drifts() const { return drifts_; }

  /// Forgets the sequence, as after a drift; the three counts stay.
  void reset();

  void write(ByteWriter& out) const;
  /// Refuses `in` if the bytes cannot be a state of this detector.
  void read(ByteReader& in);

 protected:
  enum class AfterDrift { kRestart, kGoOn };

  Detector(Input input, AfterDrift after) : input_(input), after_(after) {}

  void moved(Direction direction) { direction_ = direction; }
  /// A number of a saved state; refuses NaN, which no state of ours holds.
  static double number_from(ByteReader& in);

 private:
  virtual DetectorState next(double value) = 0;
  virtual void clear() = 0;
  virtual void write_sequence(ByteWriter& out) const = 0;
  virtual void read_sequence(ByteReader& in) = 0;

  bool takes(double value) const;

  Input input_;
  AfterDrift after_;
  DetectorState state_ = DetectorState::kWarmingUp;
  Direction direction_ = Direction::kUnknown;
  std::uint64_t values_ = 0;
  std::uint64_t ignored_ = 0;
  std::uint64_t drifts_ = 0;
};

}  // namespace leeway::sequential
