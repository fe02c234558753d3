#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/store/sqlite.h"

namespace leeway::store {

/// What became of a source (a file, a push, a partition). The numbers are saved; never reuse one.
enum class SourceStatus {
  kTaken = 0,
  kQuarantined = 1,  ///< cannot be decoded, or is not what the model expects
  kRefused = 2,      ///< changed, in part, after its windows were settled
};

std::string_view to_string(SourceStatus status);  ///< "taken", "quarantined", "refused"

struct Source {
  std::string model;
  std::string name;     ///< a path, an object, a push; unique within the model
  std::string version;  ///< size and modification time, etag, offset: equal means unchanged
  SourceStatus status = SourceStatus::kTaken;
  std::string reason;  ///< why it was not taken; without values from the data
  std::uint64_t rows = 0;
  TimePoint seen_at;

  bool operator==(const Source&) const = default;
};

/// What one source adds to one pane of one segment. A window is the merge of the contributions to
/// its panes in the order that contributions() gives.
struct Contribution {
  std::string source;  ///< empty: compacted, several sources in one
  TimePoint pane_start;
  std::string segment;  ///< empty: all rows
  std::uint64_t schema_id = 0;
  std::uint64_t rows = 0;
  std::string profile;  ///< serialized
  std::string extract;  ///< file in scratch() with what cannot be a profile; empty if there is none
  std::string sample = {};  ///< file in scratch() with drawn rows; empty if there is none

  bool operator==(const Contribution&) const = default;
};

enum class Taken {
  kReplaced,   ///< the contributions of the source are now the given ones
  kUnchanged,  ///< this version was seen before: nothing happened
  kPartly,     ///< its settled panes, which changed too, stay as they were; recorded as refused
};

/// Rows that one source has in a pane that changes no more, and had been given for it now.
struct SettledPane {
  TimePoint start;
  std::uint64_t rows = 0;
  std::uint64_t given = 0;

  bool operator==(const SettledPane&) const = default;
};

struct Replacement {
  Taken taken = Taken::kReplaced;
  std::vector<Contribution> before;  ///< what was replaced, without profiles: rows by pane
  std::vector<std::string>
      extracts;  ///< files that no row names any more; delete them after commit
  std::vector<SettledPane> settled = {};  ///< by time
};

/// Takes a source: its contributions, whatever they were, become the given ones, so a rewritten
/// file corrects and never doubles. Their `source` is ignored.
///
/// Panes that start before `settled`, and those in which the source is compacted, change no more:
/// what the source has there stays, what is given for them is not taken, and both are told.
Result<Replacement> replace_contributions(Connection& connection, const Source& source,
                                          std::span<const Contribution> contributions,
                                          TimePoint settled = TimePoint::min());

/// Notes a source without touching its contributions: quarantined, or refused by the caller.
Result<> save_source(Connection& connection, const Source& source);

Result<std::optional<Source>> source(Connection& connection, std::string_view model,
                                     std::string_view name);

/// All sources of a model by name, or those with one status.
Result<std::vector<Source>> sources(Connection& connection, std::string_view model,
                                    std::optional<SourceStatus> status = std::nullopt);

/// The one that was taken last; of several at one moment the last by name. Nothing: none was.
Result<std::optional<Source>> newest_source(Connection& connection, std::string_view model);

/// Deletes sources that were last taken before `before` and are not among `present`, the names that
/// the collector still sees: one that is forgotten while it is there would be taken again.
Result<std::uint64_t> forget_sources(Connection& connection, std::string_view model,
                                     TimePoint before,
                                     const std::set<std::string, std::less<>>& present);

/// Which panes to read.
struct PaneRange {
  TimePoint begin;
  TimePoint end;                            ///< exclusive
  std::optional<std::string> segment = {};  ///< nothing: every segment
};

/// In the fixed order pane, segment, source: compacted rows first.
Result<std::vector<Contribution>> contributions(Connection& connection, std::string_view model,
                                                const PaneRange& range);

/// Rows by pane without reading profiles.
struct Pane {
  TimePoint start;
  std::uint64_t rows = 0;     ///< of the segment of all rows
  std::uint64_t sources = 0;  ///< not yet compacted
};
Result<std::vector<Pane>> panes(Connection& connection, std::string_view model,
                                const PaneRange& range);

/// Merges serialized profiles of one schema, in the order given.
using MergeProfiles = std::function<Result<std::string>(std::span<const std::string>)>;

struct Compaction {
  std::size_t panes = 0;  ///< merged now; 0: nothing is left to do
  std::vector<std::string>
      extracts;  ///< files that no row names any more; delete them after commit
};

/// Merges the contributions of at most `limit` panes that start before `before` into one row for
/// each pane, segment and schema, and remembers which sources are inside, so that a later change of
/// one of them is refused.
Result<Compaction> compact(Connection& connection, std::string_view model, TimePoint before,
                           std::size_t limit, const MergeProfiles& merge);

/// The first pane that a source has rows in, compacted ones among them; nothing if it has none.
Result<std::optional<TimePoint>> first_pane(Connection& connection, std::string_view model,
                                            std::string_view source);

/// The names of all files of extracts and samples that rows name, of all models.
Result<std::vector<std::string>> extracts(Connection& connection);

}  // namespace leeway::store
