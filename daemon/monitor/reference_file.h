#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "collectors/tables/plan.h"
#include "daemon/config/config.h"
#include "detectors/profile/reference.h"

namespace leeway::monitor {

/// A reference that travels in place of its rows, from where a model is trained to where it is
/// watched: what `leeway profile` writes and `reference.profile` reads. Files of every version that
/// was released can be read.
struct ReferenceFile {
  profile::Reference reference;
  std::vector<tables::Segments> segments;
  std::vector<tables::ObservedColumn> columns;

  std::string encode() const;
  /// kCorrupt for anything else. The bytes are taken for foreign.
  static Result<ReferenceFile> decode(std::string_view bytes);
};

/// kInvalidConfig, naming the column, if the file was made with other columns for id, timestamp,
/// label, score or prediction than the configuration names now, or without its segments.
Result<> fits(const ReferenceFile& file, const config::Columns& columns);

}  // namespace leeway::monitor
