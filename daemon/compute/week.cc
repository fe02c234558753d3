#include "daemon/compute/week.h"

#include <utility>

namespace leeway::compute {
namespace {

constexpr std::string_view kMagic = "LWWEEK01";
constexpr std::uint32_t kVersion = 1;

}  // namespace

Week::Week(retraining::TimeZone zone) : zone_(zone) {
  for (std::size_t i = 0; i < kWatchedSeries.size(); ++i) {
    auto watch = sequential::SeasonalWatch::make({});
    LEEWAY_ASSERT(watch, "the default detector exists");
    watches_.push_back(std::move(*watch));
  }
}

void Week::observe(TimePoint now, const Values& values) {
  const TimePoint local = zone_.shown(now);
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!values[i]) continue;
    seen_[i] = true;
    watches_[i].update(local, *values[i]);
  }
}

std::optional<TimePoint> Week::changed_at(std::size_t series) const {
  const auto& change = watches_[series].last_change();
  if (!change) return std::nullopt;
  return zone_.instant(change->hour);
}

std::string Week::serialize() const {
  ByteWriter out;
  need.write(out);
  out.text(zone_.name());
  out.varint(watches_.size());
  for (std::size_t i = 0; i < watches_.size(); ++i) {
    out.text(kWatchedSeries[i].name);
    out.u8(seen_[i] ? 1 : 0);
    out.text(watches_[i].serialize());
  }
  return frame(kMagic, kVersion, out.bytes());
}

Result<Week> Week::deserialize(std::string_view bytes, retraining::TimeZone zone) {
  const auto opened = open_frame(kMagic, bytes);
  if (!opened) return fail(opened.error());
  if (opened->version != kVersion) {
    return fail(ErrorCode::kCorrupt,
                "a week of version " + std::to_string(opened->version) + " is not known");
  }
  ByteReader in(opened->body);
  Week week(zone);
  auto need = Need::read(in);
  if (!need) return fail(std::move(need.error()));
  week.need = std::move(*need);
  const bool same_hours = in.text() == zone.name();
  const std::size_t watches = in.count(2);
  for (std::size_t at = 0; at < watches && in.ok(); ++at) {
    const std::string_view name = in.text();
    const bool seen = in.u8() != 0;
    auto watch = sequential::SeasonalWatch::deserialize({}, in.text());
    if (!watch) return fail(std::move(watch.error()));
    for (std::size_t i = 0; i < kWatchedSeries.size(); ++i) {
      if (kWatchedSeries[i].name != name || !same_hours) continue;
      week.seen_[i] = seen;
      week.watches_[i] = std::move(*watch);
    }
  }
  if (!in.at_end()) return fail(ErrorCode::kCorrupt, "the saved week makes no sense");
  return week;
}

}  // namespace leeway::compute
