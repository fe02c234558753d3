#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "collectors/tables/plan.h"
#include "detectors/profile/profile.h"
#include "tests/support/process.h"

namespace leeway::tables::tests {

/// Files with rows in a folder of their own, and the plans to read them.
class TableFiles {
 public:
  /// COPY (`select`) TO the file, in the format of its name.
  std::filesystem::path write(const std::string& name, const std::string& select,
                              const std::string& more_options = "") const;
  /// The bytes as they are.
  std::filesystem::path write_bytes(const std::string& name, std::string_view bytes) const {
    return folder_.write(name, bytes);
  }

  LearnPlan learn_plan(std::vector<std::filesystem::path> files) const;
  /// With the schema of what learn() makes of `learned`, its timestamp and panes of a day.
  FoldPlan fold_plan(const LearnAnswer& learned, std::vector<std::filesystem::path> files) const;

  const std::filesystem::path& folder() const { return folder_.path(); }

 private:
  leeway::tests::TemporaryFolder folder_;
};

/// Of an answer whose bytes are known to be good.
profile::Profile profile_of(const FoldedPane& pane);
const profile::ColumnProfile& column_of(const profile::Profile& profile,
                                        const profile::Schema& schema, std::string_view name);

TimePoint time_of(std::string_view text);

}  // namespace leeway::tables::tests
