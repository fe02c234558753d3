#include "detectors/profile/heavy_hitters.h"

#include <algorithm>

namespace leeway::profile {
namespace {

std::vector<HeavyHitters::Item> by_value(std::vector<HeavyHitters::Item> items) {
  std::sort(items.begin(), items.end(),
            [](const auto& a, const auto& b) { return a.value < b.value; });
  return items;
}

/// At most kMaxBytes, and no half of a UTF-8 character at the end.
std::string_view cut(std::string_view value) {
  if (value.size() <= HeavyHitters::kMaxBytes) return value;
  std::size_t end = HeavyHitters::kMaxBytes;
  while (end > 0 && (static_cast<unsigned char>(value[end]) & 0xC0U) == 0x80U) --end;
  return value.substr(0, end);
}

}  // namespace

void HeavyHitters::add(std::string_view value, std::uint64_t count) {
  if (count == 0) return;
  value = cut(value);
  const std::uint64_t hash = hash64(value);
  for (std::size_t i = 0; i < hashes_.size(); ++i) {
    if (hashes_[i] == hash && items_[i].value == value) {
      items_[i].count += count;
      return;
    }
  }
  if (items_.size() < kCapacity) {
    items_.push_back({.value = std::string(value), .count = count});
    hashes_.push_back(hash);
    return;
  }
  const auto least = std::min_element(
      items_.begin(), items_.end(), [](const Item& a, const Item& b) { return a.count < b.count; });
  least->over = least->count;
  least->count += count;
  least->value.assign(value);
  hashes_[static_cast<std::size_t>(least - items_.begin())] = hash;
}

/// What a value that is not among the items may have been counted, at most.
std::uint64_t HeavyHitters::least_count() const {
  if (items_.size() < kCapacity) return 0;
  return std::min_element(items_.begin(), items_.end(),
                          [](const Item& a, const Item& b) { return a.count < b.count; })
      ->count;
}

void HeavyHitters::merge(const HeavyHitters& other) {
  if (other.items_.empty()) return;
  const std::uint64_t hidden = least_count();
  const std::uint64_t other_hidden = other.least_count();
  std::vector<Item> mine = by_value(std::move(items_));
  const std::vector<Item> theirs = by_value(other.items_);
  std::vector<Item> both;
  std::size_t a = 0;
  std::size_t b = 0;
  while (a < mine.size() || b < theirs.size()) {
    if (b == theirs.size() || (a < mine.size() && mine[a].value < theirs[b].value)) {
      Item& item = both.emplace_back(std::move(mine[a++]));
      item.count += other_hidden;
      item.over += other_hidden;
    } else if (a == mine.size() || theirs[b].value < mine[a].value) {
      Item& item = both.emplace_back(theirs[b++]);
      item.count += hidden;
      item.over += hidden;
    } else {
      Item& item = both.emplace_back(std::move(mine[a++]));
      item.count += theirs[b].count;
      item.over += theirs[b].over;
      ++b;
    }
  }
  items_ = std::move(both);
  items_ = top(kCapacity);
  hashes_.clear();
  for (const Item& item : items_) hashes_.push_back(hash64(item.value));
}

std::vector<HeavyHitters::Item> HeavyHitters::top(std::size_t n) const {
  std::vector<Item> sorted = items_;
  std::sort(sorted.begin(), sorted.end(), [](const Item& a, const Item& b) {
    return a.count != b.count ? a.count > b.count : a.value < b.value;
  });
  if (sorted.size() > n) sorted.resize(n);
  return sorted;
}

bool HeavyHitters::operator==(const HeavyHitters& other) const {
  return by_value(items_) == by_value(other.items_);
}

void HeavyHitters::write(ByteWriter& out) const {
  const std::vector<Item> sorted = by_value(items_);
  out.varint(sorted.size());
  for (const Item& item : sorted) {
    out.text(item.value);
    out.varint(item.count);
    out.varint(item.over);
  }
}

HeavyHitters HeavyHitters::read(ByteReader& in) {
  HeavyHitters made;
  const std::size_t size = in.count(3);
  if (size > kCapacity) in.refuse();
  for (std::size_t i = 0; i < size && in.ok(); ++i) {
    Item item;
    item.value = in.text();
    item.count = in.varint();
    item.over = in.varint();
    const bool ascending = made.items_.empty() || made.items_.back().value < item.value;
    if (!ascending || item.count == 0 || item.over >= item.count || item.value.size() > kMaxBytes)
      in.refuse();
    made.hashes_.push_back(hash64(item.value));
    made.items_.push_back(std::move(item));
  }
  return in.ok() ? made : HeavyHitters{};
}

}  // namespace leeway::profile
