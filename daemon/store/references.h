#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/store/sqlite.h"

namespace leeway::store {

/// A reference of a model; the bytes are in a file of Store::references().
struct Reference {
  std::string model;
  std::string id;      ///< of the content
  std::string source;  ///< where it came from, for a person: files, "learned from 14 windows"
  std::string file;    ///< name inside Store::references()
  std::uint64_t rows = 0;
  bool anchor = false;  ///< the first, or a pinned one: stays when others are adopted
  TimePoint created_at;
  std::optional<TimePoint> adopted_at;  ///< in force for windows that open from then on

  bool operator==(const Reference&) const = default;
};

/// Inserts the reference, or replaces the one with this model and id.
Result<> save_reference(Connection& connection, const Reference& reference);

/// Puts it in force from `at` on. The first one of a model also becomes its anchor.
/// kNotFound if there is no such reference.
Result<> adopt_reference(Connection& connection, std::string_view model, std::string_view id,
                         TimePoint at);

Result<std::optional<Reference>> reference(Connection& connection, std::string_view model,
                                           std::string_view id);

/// The one adopted last.
Result<std::optional<Reference>> current_reference(Connection& connection, std::string_view model);
Result<std::optional<Reference>> anchor_reference(Connection& connection, std::string_view model);

/// By creation.
Result<std::vector<Reference>> references(Connection& connection, std::string_view model);

/// The names of all files that rows name, of all models.
Result<std::vector<std::string>> reference_files(Connection& connection);

}  // namespace leeway::store
