#include "detectors/profile/categories.h"

#include <algorithm>
#include <bit>

namespace leeway::profile {
namespace {

std::uint32_t tag_of(std::uint64_t hash) { return static_cast<std::uint32_t>(hash >> 32U); }

}  // namespace

Result<Categories> Categories::from_names(std::vector<std::string> names) {
  if (names.size() > kMaxCategories) {
    return fail(ErrorCode::kInvalidArgument,
                "a column takes at most 10000 categories, not " + std::to_string(names.size()));
  }
  std::sort(names.begin(), names.end());
  if (std::adjacent_find(names.begin(), names.end()) != names.end()) {
    return fail(ErrorCode::kInvalidArgument, "a category is named twice");
  }
  Categories made;
  made.names_ = std::move(names);
  made.slots_.resize(std::bit_ceil(2 * made.names_.size() + 1));
  for (std::size_t i = 0; i < made.names_.size(); ++i) {
    const std::uint64_t hash = hash64(made.names_[i]);
    std::size_t at = hash & (made.slots_.size() - 1);
    while (made.slots_[at].taken != 0) at = (at + 1) & (made.slots_.size() - 1);
    made.slots_[at] = {.tag = tag_of(hash), .taken = static_cast<std::uint32_t>(i + 1)};
  }
  ByteWriter bytes;
  made.write(bytes);
  made.id_ = hash64(bytes.bytes());
  return made;
}

std::optional<std::uint32_t> Categories::find(std::string_view name, std::uint64_t hash) const {
  if (slots_.empty()) return std::nullopt;
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t at = hash & mask; slots_[at].taken != 0; at = (at + 1) & mask) {
    if (slots_[at].tag == tag_of(hash) && names_[slots_[at].taken - 1] == name)
      return slots_[at].taken - 1;
  }
  return std::nullopt;
}

void Categories::write(ByteWriter& out) const {
  out.varint(names_.size());
  for (const std::string& name : names_) out.text(name);
}

Result<Categories> Categories::read(ByteReader& in) {
  std::vector<std::string> names(in.count(1));
  for (std::string& name : names) name = in.text();
  if (!in.ok()) return fail(ErrorCode::kCorrupt, "the categories of a column are cut off");
  auto made = from_names(std::move(names));
  if (!made) return fail(ErrorCode::kCorrupt, std::move(made.error().message));
  return made;
}

}  // namespace leeway::profile
