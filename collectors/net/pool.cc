#include "collectors/net/pool.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace leeway::net {

std::unique_ptr<Stream> Pool::take(const std::string& origin) {
  for (auto at = resting_.end(); at != resting_.begin();) {
    --at;
    if (at->origin != origin) continue;
    auto stream = std::move(at->stream);
    at = resting_.erase(at);
    if (resting_.empty()) alarm_.reset();
    if (!stream->has_news()) return stream;
  }
  return nullptr;
}

void Pool::put(std::string origin, std::unique_ptr<Stream> stream) {
  const auto of_origin = [&origin](const Resting& one) { return one.origin == origin; };
  const auto resting = std::ranges::count_if(resting_, of_origin);
  if (static_cast<std::size_t>(resting) >= limits_.per_origin && resting > 0) {
    resting_.erase(std::ranges::find_if(resting_, of_origin));
  }
  if (resting_.size() >= limits_.total && !resting_.empty()) resting_.pop_front();
  if (resting_.size() >= limits_.total || limits_.per_origin == 0) return;
  const Duration until = clock_.monotonic() + limits_.idle_timeout;
  resting_.push_back({std::move(origin), std::move(stream), until});
  if (resting_.size() == 1) {
    alarm_ = clock_.call_after(limits_.idle_timeout, [this] { expire(); });
  }
}

void Pool::expire() {
  const Duration now = clock_.monotonic();
  while (!resting_.empty() && resting_.front().until <= now) resting_.pop_front();
  if (resting_.empty()) return;
  alarm_ = clock_.call_after(resting_.front().until - now, [this] { expire(); });
}

}  // namespace leeway::net
