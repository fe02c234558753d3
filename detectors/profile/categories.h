#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "detectors/base/bytes.h"
#include "detectors/base/result.h"

namespace leeway::profile {

/// The categories that a reference shows, in byte order: the cells of a categorical column.
/// At most kMaxCategories; rarer ones of a larger reference are counted as unseen on both sides.
class Categories {
 public:
  static constexpr std::size_t kMaxCategories = 10'000;

  /// Names unique; sorted here.
  static Result<Categories> from_names(std::vector<std::string> names);

  std::size_t size() const { return names_.size(); }
  const std::string& name(std::size_t index) const { return names_[index]; }

  /// The index of a name, or nothing. One hash and about one comparison.
  std::optional<std::uint32_t> find(std::string_view name) const {
    return find(name, hash64(name));
  }
  /// The same for who has hash64(name) already.
  std::optional<std::uint32_t> find(std::string_view name, std::uint64_t hash) const;

  std::uint64_t id() const { return id_; }

  void write(ByteWriter& out) const;
  static Result<Categories> read(ByteReader& in);

 private:
  struct Slot {
    std::uint32_t tag = 0;    // the upper half of the hash: most other names differ here already
    std::uint32_t taken = 0;  // index + 1 of a name, 0 if free
  };

  std::vector<std::string> names_;
  std::vector<Slot> slots_;  // open addressing, at most half full
  std::uint64_t id_ = 0;
};

}  // namespace leeway::profile
