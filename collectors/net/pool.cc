#include "collectors/net/pool.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace leeway::net {

std::unique_ptr<Stream> Pool::take(const std::string& origin) {
  for (auto found = places_.find(origin); found != places_.end(); found = places_.find(origin)) {
    auto stream = drop(found->second.back());
    if (resting_.empty()) alarm_.reset();
    if (!stream->has_news()) return stream;
  }
  return nullptr;
}

void Pool::put(const std::string& origin, std::unique_ptr<Stream> stream) {
  if (limits_.per_origin == 0 || limits_.total == 0) return;
  if (clock_.monotonic() - stream->opened_at >= limits_.lifetime) return;
  const auto found = places_.find(origin);
  if (found != places_.end() && found->second.size() >= limits_.per_origin) {
    drop(found->second.front());
  }
  if (resting_.size() >= limits_.total) drop(resting_.begin());
  const bool first = resting_.empty();
  const auto places = places_.try_emplace(origin).first;
  const Duration until = clock_.monotonic() + limits_.idle_timeout;
  resting_.push_back({&places->first, std::move(stream), until});
  places->second.push_back(std::prev(resting_.end()));
  if (first) alarm_ = clock_.call_after(limits_.idle_timeout, [this] { expire(); });
}

std::unique_ptr<Stream> Pool::drop(Place place) {
  const auto places = places_.find(*place->origin);
  std::erase(places->second, place);
  auto stream = std::move(place->stream);
  resting_.erase(place);
  if (places->second.empty()) places_.erase(places);
  return stream;
}

void Pool::expire() {
  const Duration now = clock_.monotonic();
  while (!resting_.empty() && resting_.front().until <= now) drop(resting_.begin());
  if (resting_.empty()) return;
  alarm_ = clock_.call_after(resting_.front().until - now, [this] { expire(); });
}

}  // namespace leeway::net
