#include "daemon/endpoints/rounds.h"

#include <utility>

#include "detectors/base/bytes.h"

namespace leeway::endpoint {
namespace {

constexpr double kJitter = 0.05;

}  // namespace

TimePoint round_at(std::int64_t n, Duration every, std::string_view name) {
  const auto offset =
      static_cast<std::int64_t>(hash64(name) % static_cast<std::uint64_t>(every.count()));
  return from_micros(n * every.count() + offset);
}

Rounds::Rounds(Clock& clock, Duration every, std::string name, std::uint64_t seed)
    : clock_(clock), every_(every), name_(std::move(name)), random_(seed) {}

Task<bool> Rounds::next() {
  const TimePoint now = clock_.now();
  std::int64_t n = to_micros(now) / every_.count() - 1;
  while (round_at(n, every_, name_) < now || n == round_) ++n;
  // A clock that jumped back does not make the next round wait for the old hour.
  round_ = n;
  const auto jitter = Duration(
      static_cast<std::int64_t>(random_.uniform() * kJitter * static_cast<double>(every_.count())));
  auto slept = co_await clock_.sleep(round_at(n, every_, name_) - now + jitter);
  co_return slept.has_value();
}

}  // namespace leeway::endpoint
