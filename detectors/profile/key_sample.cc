#include "detectors/profile/key_sample.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

namespace leeway::profile {

void KeySample::insert(std::uint64_t key, std::uint64_t count) {
  counts_[key] += count;
  while (counts_.size() > kCapacity && level_ < kMaxLevel) raise(level_ + 1);
}

void KeySample::raise(unsigned level) {
  level_ = level;
  std::erase_if(counts_, [this](const auto& entry) { return (entry.first & mask()) != 0; });
}

void KeySample::merge(const KeySample& other) {
  if (other.level_ > level_) raise(other.level_);
  for (const auto& [key, count] : other.counts_) {
    if ((key & mask()) == 0) insert(key, count);
  }
}

std::uint64_t KeySample::rows() const {
  std::uint64_t rows = 0;
  for (const auto& [key, count] : counts_) rows += count;
  return rows;
}

std::optional<KeySample::Duplicates> KeySample::duplicates() const {
  if (counts_.empty()) return std::nullopt;
  const auto keys = static_cast<double>(counts_.size());
  const auto all = static_cast<double>(rows());
  const double ratio = keys / all;
  double squares = 0.0;
  for (const auto& [key, count] : counts_) {
    const double residual = 1.0 - ratio * static_cast<double>(count);
    squares += residual * residual;
  }
  const double left_out = 1.0 - std::exp2(-static_cast<double>(level_));
  return Duplicates{.share = 1.0 - ratio, .standard_error = std::sqrt(squares * left_out) / all};
}

void KeySample::write(ByteWriter& out) const {
  std::vector<std::pair<std::uint64_t, std::uint64_t>> sorted(counts_.begin(), counts_.end());
  std::sort(sorted.begin(), sorted.end());
  out.u8(static_cast<std::uint8_t>(level_));
  out.varint(sorted.size());
  std::uint64_t next = 0;
  for (const auto& [key, count] : sorted) {
    out.varint((key >> level_) - next);
    out.varint(count);
    next = (key >> level_) + 1;
  }
}

KeySample KeySample::read(ByteReader& in) {
  KeySample made;
  made.level_ = in.u8();
  const std::size_t size = in.count(2);
  if (made.level_ > kMaxLevel || size > kCapacity) in.refuse();
  if (!in.ok()) return {};
  const std::uint64_t end = std::uint64_t{1} << (64U - kUnused - made.level_);
  std::uint64_t next = 0;
  std::uint64_t rows = 0;
  for (std::size_t i = 0; i < size; ++i) {
    const std::uint64_t gap = in.varint();
    const std::uint64_t count = in.varint();
    if (next >= end || gap >= end - next || count == 0 ||
        __builtin_add_overflow(rows, count, &rows)) {
      in.refuse();
      return {};
    }
    made.counts_.emplace((next + gap) << made.level_, count);
    next += gap + 1;
  }
  return in.ok() ? std::move(made) : KeySample{};
}

}  // namespace leeway::profile
