#include "detectors/drift/merge_walk.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>

#include "detectors/drift/sorted_walk.h"

namespace leeway::drift {
namespace {

/// What is added up along the line of mn(F - G).
enum class Integrand { kNone, kAbsolute, kSquare };

/// The least and the largest mn(F - G), at most and at least 0, each with the first value behind
/// which it is reached; and the integral. In integers, so that equal values are equal.
struct Tally {
  std::int64_t least = 0;
  std::int64_t most = 0;
  double least_at = 0.0;
  double most_at = 0.0;
  double integral = 0.0;

  void look_at(std::int64_t gap, double value) {
    if (gap > most) {
      most = gap;
      most_at = value;
    } else if (gap < least) {
      least = gap;
      least_at = value;
    }
  }
};

using Two [[gnu::vector_size(16)]] = double;
using TwoBits [[gnu::vector_size(16)]] = std::int64_t;

constexpr std::size_t kPairs = 3;
constexpr std::size_t kSegments = 2 * kPairs;
constexpr std::size_t kBlockSteps = 512;   // between two looks at the extremes
constexpr std::size_t kLeastSteps = 1000;  // below, cutting costs more than it saves

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// So many values of each side are behind.
struct Place {
  std::size_t i = 0;
  std::size_t j = 0;

  bool before(const Place& other) const { return i + j < other.i + other.j; }
};

/// The two samples, of which equal values of the reference come first.
struct Samples {
  std::span<const double> reference;
  std::span<const double> current;

  /// mn(F - G), as if no value were equal to the last one.
  std::int64_t gap(Place place) const {
    return static_cast<std::int64_t>(place.i * current.size()) -
           static_cast<std::int64_t>(place.j * reference.size());
  }
  /// The value of the last step, or of the first one.
  double last(Place place) const {
    if (place.i == 0 && place.j == 0) return std::min(reference.front(), current.front());
    return std::max(place.i == 0 ? -kInfinity : reference[place.i - 1],
                    place.j == 0 ? -kInfinity : current[place.j - 1]);
  }
  double next(Place place) const {
    return std::min(place.i == reference.size() ? kInfinity : reference[place.i],
                    place.j == current.size() ? kInfinity : current[place.j]);
  }
  bool done(Place place) const { return place.i == reference.size() && place.j == current.size(); }
  Place step(Place place) const {
    const bool of_reference = place.j == current.size() || (place.i < reference.size() &&
                                                            reference[place.i] <= current[place.j]);
    return of_reference ? Place{place.i + 1, place.j} : Place{place.i, place.j + 1};
  }

  /// After so many steps.
  Place after(std::size_t steps) const {
    const std::size_t i = merge_path(reference, current, steps);
    return {i, steps - i};
  }

  /// Steps before that which uses up a side: until then each side has a value to look at.
  std::size_t steps_with_both() const {
    if (reference.back() <= current.back()) {
      const auto below = std::lower_bound(current.begin(), current.end(), reference.back());
      return reference.size() - 1 + static_cast<std::size_t>(below - current.begin());
    }
    const auto up_to = std::upper_bound(reference.begin(), reference.end(), current.back());
    return current.size() - 1 + static_cast<std::size_t>(up_to - reference.begin());
  }
};

template <Integrand kWhat>
double term(double gap, double width) {
  if constexpr (kWhat == Integrand::kAbsolute) return std::abs(gap) * width;
  return gap * gap * width;
}

/// One step after the other: for what is short, and to find where an extreme is.
template <bool kExtremes, Integrand kWhat>
Place walk_plainly(const Samples& samples, Place place, std::size_t steps, Tally& tally) {
  double here = samples.last(place);
  for (std::size_t step = 0; step < steps && !samples.done(place); ++step) {
    const std::int64_t gap = samples.gap(place);
    const double next = samples.next(place);
    if constexpr (kWhat != Integrand::kNone)
      tally.integral += term<kWhat>(static_cast<double>(gap), next - here);
    if constexpr (kExtremes) {
      if (next != here) tally.look_at(gap, here);  // only behind the last of equal values
    }
    here = next;
    place = samples.step(place);
  }
  return place;
}

/// From where on one side alone has values: F - G goes to 0.
template <Integrand kWhat>
double walk_one_side(std::span<const double> values, double here, double gap, double step) {
  double integral = 0.0;
  for (std::size_t k = 0; k < values.size(); ++k) {
    integral += term<kWhat>(gap + static_cast<double>(k) * step, values[k] - here);
    here = values[k];
  }
  return integral;
}

/// Two segments of the walk.
struct Pair {
  Two gap{};
  Two last{};
  Two most{};
  Two least{};
  Two integral{};
};

struct Cursor {
  const double* reference;
  const double* current;
};

Two absolute(Two x) {
  constexpr std::int64_t kAllButSign = std::numeric_limits<std::int64_t>::max();
  return std::bit_cast<Two>(std::bit_cast<TwoBits>(x) & TwoBits{kAllButSign, kAllButSign});
}

template <bool kExtremes, Integrand kWhat>
void step(Pair& pair, Cursor& first, Cursor& second, Two sum, Two m) {
  const Two x = {*first.reference, *second.reference};
  const Two y = {*first.current, *second.current};
  const TwoBits of_reference = x <= y;
  const Two value = x < y ? x : y;
  if constexpr (kWhat == Integrand::kAbsolute) {
    pair.integral += absolute(pair.gap) * (value - pair.last);
  } else if constexpr (kWhat == Integrand::kSquare) {
    pair.integral += pair.gap * pair.gap * (value - pair.last);
  }
  if constexpr (kExtremes) {
    const TwoBits moved = value != pair.last;  // else it is not the last of equal values
    const Two gap = moved ? pair.gap : Two{};
    pair.most = pair.most > gap ? pair.most : gap;
    pair.least = pair.least < gap ? pair.least : gap;
  }
  pair.last = value;
  pair.gap += (of_reference ? sum : Two{}) - m;  // by n or by -m
  first.reference -= of_reference[0];            // a true element is -1
  first.current += 1 + of_reference[0];
  second.reference -= of_reference[1];
  second.current += 1 + of_reference[1];
}

/// The walk in segments, of the steps in which both sides have a value to look at.
template <bool kExtremes, Integrand kWhat>
class Segments {
 public:
  Segments(const Samples& samples, std::size_t steps)
      : samples_(samples), steps_(steps / kSegments) {
    for (std::size_t k = 0; k < kSegments; ++k) places_[k] = samples.after(k * steps_);
  }

  /// Returns where the last segment ends.
  Place walk(Tally& tally) {
    for (std::size_t done = 0; done < steps_; done += kBlockSteps) {
      begin_block();
      walk_block(std::min(kBlockSteps, steps_ - done));
      end_block();
    }
    if constexpr (kWhat != Integrand::kNone) {
      for (const Pair& pair : pairs_) tally.integral += pair.integral[0] + pair.integral[1];
    }
    if constexpr (kExtremes) {
      // In their order, so that the first place of each is found.
      const bool most_first = most_.block.before(least_.block);
      for (const Place place :
           {most_first ? most_.block : least_.block, most_first ? least_.block : most_.block})
        walk_plainly<true, Integrand::kNone>(samples_, place, kBlockSteps, tally);
    }
    return places_[kSegments - 1];
  }

 private:
  /// The extreme so far, and where the first block begins that reaches it.
  struct Extreme {
    double size = 0.0;
    Place block{};

    void look_at(double other, Place place) {
      if (other < size || (other == size && !place.before(block))) return;
      size = other;
      block = place;
    }
  };

  /// The gap is set anew for each block: exact where mn fits into a double, else nearly so.
  void begin_block() {
    for (std::size_t k = 0; k < kSegments; ++k) {
      Pair& pair = pairs_[k / 2];
      pair.gap[k % 2] = static_cast<double>(samples_.gap(places_[k]));
      pair.last[k % 2] = samples_.last(places_[k]);
      cursors_[k] = {samples_.reference.data() + places_[k].i,
                     samples_.current.data() + places_[k].j};
    }
  }

  void walk_block(std::size_t steps) {
    const auto m = static_cast<double>(samples_.reference.size());
    const auto n = static_cast<double>(samples_.current.size());
    std::array<Pair, kPairs> pairs = pairs_;  // in registers
    std::array<Cursor, kSegments> cursors = cursors_;
    for (std::size_t s = 0; s < steps; ++s) {
      for (std::size_t p = 0; p < kPairs; ++p)
        step<kExtremes, kWhat>(pairs[p], cursors[2 * p], cursors[2 * p + 1], Two{m + n, m + n},
                               Two{m, m});
    }
    pairs_ = pairs;
    cursors_ = cursors;
  }

  void end_block() {
    for (std::size_t k = 0; k < kSegments; ++k) {
      if constexpr (kExtremes) {
        most_.look_at(pairs_[k / 2].most[k % 2], places_[k]);
        least_.look_at(-pairs_[k / 2].least[k % 2], places_[k]);
      }
      places_[k] = {static_cast<std::size_t>(cursors_[k].reference - samples_.reference.data()),
                    static_cast<std::size_t>(cursors_[k].current - samples_.current.data())};
    }
  }

  Samples samples_;
  std::size_t steps_;  // of a segment
  std::array<Place, kSegments> places_;
  std::array<Cursor, kSegments> cursors_{};
  std::array<Pair, kPairs> pairs_{};
  Extreme most_;
  Extreme least_;
};

template <bool kExtremes, Integrand kWhat>
Tally walk(std::span<const double> reference, std::span<const double> current) {
  LEEWAY_ASSERT(
      reference.size() < (std::size_t{1} << 31U) && current.size() < (std::size_t{1} << 31U),
      "the row budget is far below");
  const Samples samples{reference, current};
  const std::size_t both = samples.steps_with_both();
  Tally tally{.least_at = current.front(), .most_at = reference.front()};
  Place place;
  if (both >= kLeastSteps) place = Segments<kExtremes, kWhat>(samples, both).walk(tally);
  place = walk_plainly<kExtremes, kWhat>(samples, place, both - place.i - place.j, tally);
  // The last value of a side and those of the other that are equal to it.
  const double end = samples.next(place);
  while (!samples.done(place) && samples.next(place) == end)
    place = walk_plainly<kExtremes, kWhat>(samples, place, 1, tally);
  if constexpr (kExtremes) tally.look_at(samples.gap(place), end);  // after this it only shrinks
  if constexpr (kWhat != Integrand::kNone) {
    const auto gap = static_cast<double>(samples.gap(place));
    tally.integral += walk_one_side<kWhat>(reference.subspan(place.i), end, gap,
                                           static_cast<double>(current.size()));
    tally.integral += walk_one_side<kWhat>(current.subspan(place.j), end, gap,
                                           -static_cast<double>(reference.size()));
  }
  return tally;
}

MergeWalk divided(const Tally& tally, double pairs) {
  return {.ks = {.greater = static_cast<double>(tally.most) / pairs,
                 .less = static_cast<double>(-tally.least) / pairs,
                 .at = tally.most >= -tally.least ? tally.most_at : tally.least_at},
          .integral = tally.integral / pairs};
}

double pairs_of(std::span<const double> reference, std::span<const double> current) {
  return static_cast<double>(reference.size()) * static_cast<double>(current.size());
}

}  // namespace

MergeWalk walk_extremes(std::span<const double> reference, std::span<const double> current) {
  return divided(walk<true, Integrand::kNone>(reference, current), pairs_of(reference, current));
}

MergeWalk walk_area(std::span<const double> reference, std::span<const double> current) {
  return divided(walk<false, Integrand::kAbsolute>(reference, current),
                 pairs_of(reference, current));
}

MergeWalk walk_extremes_and_area(std::span<const double> reference,
                                 std::span<const double> current) {
  return divided(walk<true, Integrand::kAbsolute>(reference, current),
                 pairs_of(reference, current));
}

MergeWalk walk_squares(std::span<const double> reference, std::span<const double> current) {
  const double pairs = pairs_of(reference, current);
  const Tally tally = walk<false, Integrand::kSquare>(reference, current);
  return {.ks = {}, .integral = tally.integral / pairs / pairs};
}

}  // namespace leeway::drift
