#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "detectors/base/time.h"
#include "detectors/profile/profile.h"

namespace leeway::profile {

/// What current data is compared with: columns with their cells, the profile of all rows, and the
/// profiles of its successive windows, from which thresholds are learned. Each segment has the same
/// of its own rows, on the same cells.
struct Reference {
  struct Window {
    TimePoint start;
    Profile profile;
    std::uint32_t phase = 0;  ///< of a season: windows of one phase are alike; not saved
  };

  /// The rows of one segment, in the windows that have any.
  struct Part {
    std::string segment;
    Profile profile;
    std::vector<Window> windows{};  ///< ascending
  };

  Schema schema;
  Profile profile;
  std::vector<Window> windows;  ///< ascending; empty if the reference has no timestamps
  std::vector<Part> parts;      ///< by segment, ascending
  std::string source;           ///< for people: "data/january.parquet" or "14 windows from ..."
  bool sampled_edges = false;   ///< edges come from a sample, not from all rows

  /// Hash of the content, 16 hex digits: names the reference everywhere. Of what version 1 wrote of
  /// it, so that one that was kept by an earlier release keeps its name. Writes it all: keep it.
  std::string id() const;

  /// Framed (magic "LWREFERE", version 2), compressed.
  std::string serialize() const;
  /// Of both versions. As careful as Profile::deserialize; every profile fits the schema.
  static Result<Reference> deserialize(std::string_view bytes);

  /// That segment alone as a reference: of its rows, on the same cells, in bins of its own, without
  /// parts. Nothing if there is no part.
  std::optional<Reference> of_segment(std::string_view segment) const;

 private:
  void write(ByteWriter& out, std::uint32_t version) const;
  static Result<Reference> read(ByteReader& in, std::uint32_t version);
};

}  // namespace leeway::profile
