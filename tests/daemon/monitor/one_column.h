#pragma once

#include <vector>

#include "detectors/profile/fold.h"

namespace leeway::tests {

/// Of rows that have one number each.
inline profile::Profile profile_of(const profile::Schema& schema,
                                   const std::vector<double>& values) {
  profile::ColumnFold fold(schema.columns[0]);
  fold.add_numbers(values, {});
  profile::Profile profile = profile::Profile::empty_for(schema);
  profile.rows = values.size();
  profile.columns[0] = fold.take();
  return profile;
}

}  // namespace leeway::tests
