#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/store/sqlite.h"

namespace leeway::store {

/// A row of a batch that an endpoint was asked about, with its answers. It waits for its label.
struct ScoredRow {
  std::uint64_t key = 0;  ///< of what was asked and whom: an answer that is kept is not asked for
  TimePoint at;           ///< when it was answered
  std::optional<TimePoint> event_at = {};
  std::string id = {};       ///< by which its label is found; empty: no label can be
  std::string answers = {};  ///< in a form of its owner's
  std::string inputs = {};   ///< likewise; what was sent
  std::optional<std::string> label = {};

  bool operator==(const ScoredRow&) const = default;
};

/// Of the given keys those that are kept.
Result<std::set<std::uint64_t>> kept_keys(Connection& connection, std::string_view model,
                                          std::string_view source,
                                          std::span<const std::uint64_t> keys);

/// Rows whose key is kept stay as they were. Gives how many were added.
Result<std::uint64_t> add_scored_rows(Connection& connection, std::string_view model,
                                      std::string_view source, std::span<const ScoredRow> rows);

struct ScoredFilter {
  std::string model;
  std::string source;
  std::optional<TimePoint> from = {};  ///< answered at or after it
  bool labelled = false;               ///< only those with a label
  std::size_t limit = 50'000;          ///< the newest so many
};

/// Newest first, without `inputs`.
Result<std::vector<ScoredRow>> scored_rows(Connection& connection, const ScoredFilter& filter);

/// When the newest row was answered.
Result<std::optional<TimePoint>> last_scored(Connection& connection, std::string_view model,
                                             std::string_view source);

/// Ids of rows without a label, each once, of all sources of a model; the newest `limit`.
Result<std::vector<std::string>> unlabelled_ids(Connection& connection, std::string_view model,
                                                std::size_t limit);

/// Gives the label to the rows of that id that have none. Gives how many.
Result<std::uint64_t> set_label(Connection& connection, std::string_view model, std::string_view id,
                                std::string_view label);

/// Deletes rows that were answered before `before`, and the oldest above `most`. Gives how many.
Result<std::uint64_t> prune_scored_rows(Connection& connection, std::string_view model,
                                        std::string_view source, TimePoint before,
                                        std::size_t most);

}  // namespace leeway::store
