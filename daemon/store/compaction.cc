#include <map>
#include <tuple>
#include <utility>

#include "daemon/store/failpoint.h"
#include "daemon/store/ledger.h"

namespace leeway::store {
namespace {

/// The starts of the panes before `before` that have more than compacted rows.
Result<std::vector<TimePoint>> loose_panes(Connection& connection, std::string_view model,
                                           TimePoint before, std::size_t limit) {
  const auto read = [](Row& row) {
    TimePoint start;
    row.read(start);
    return start;
  };
  return connection.all(
      "SELECT DISTINCT pane_start FROM contribution "
      "WHERE model = ? AND pane_start < ? AND source <> '' ORDER BY pane_start LIMIT ?",
      read, model, before, limit);
}

/// What becomes one row.
struct Part {
  std::vector<std::string> profiles;
  std::uint64_t rows = 0;
};
using Extracts = std::map<std::string, std::string>;                  // by name, of which source
using Parts = std::map<std::pair<std::string, std::uint64_t>, Part>;  // by segment and schema

Result<> write_part(Connection& connection, std::string_view model, TimePoint pane,
                    const Parts::value_type& part, const MergeProfiles& merge) {
  auto merged = merge(part.second.profiles);
  if (!merged) return fail(std::move(merged.error()));
  auto done = connection.run(
      "INSERT INTO contribution (model, source, pane_start, segment, schema_id, rows, extract, "
      "profile) VALUES (?, '', ?, ?, ?, ?, '', ?)",
      model, pane, part.first.first, part.first.second, part.second.rows, Blob{*merged});
  if (!done) return fail(std::move(done.error()));
  return {};
}

Result<> compact_pane(Connection& connection, std::string_view model, TimePoint pane,
                      const MergeProfiles& merge, Extracts& extracts) {
  const PaneRange only{.begin = pane, .end = pane + Duration{1}, .segment = std::nullopt};
  auto rows = contributions(connection, model, only);
  if (!rows) return fail(std::move(rows.error()));
  Parts parts;
  for (auto& row : *rows) {
    auto& part = parts[{row.segment, row.schema_id}];
    part.profiles.push_back(std::move(row.profile));
    part.rows += row.rows;
    if (!row.extract.empty()) extracts.emplace(row.extract, row.source);
    if (!row.sample.empty()) extracts.emplace(row.sample, row.source);
    if (row.source.empty()) continue;
    auto noted = connection.run(
        "INSERT INTO compacted (model, source, pane_start, rows) VALUES (?, ?, ?, ?) "
        "ON CONFLICT DO UPDATE SET rows = rows + excluded.rows",
        model, row.source, pane, row.segment.empty() ? row.rows : 0);
    if (!noted) return fail(std::move(noted.error()));
  }
  auto deleted =
      connection.run("DELETE FROM contribution WHERE model = ? AND pane_start = ?", model, pane);
  if (!deleted) return fail(std::move(deleted.error()));
  // What such a source says of the columns is asked no more; the windows have it.
  auto forgotten = connection.run(
      "DELETE FROM schema_change WHERE model = ?1 AND NOT EXISTS (SELECT 1 FROM contribution "
      "WHERE contribution.model = ?1 AND contribution.source = schema_change.source)",
      model);
  if (!forgotten) return fail(std::move(forgotten.error()));
  failpoint("ledger.compacting");
  for (const auto& part : parts) {
    auto written = write_part(connection, model, pane, part, merge);
    if (!written) return written;
  }
  return {};
}

}  // namespace

Result<Compaction> compact(Connection& connection, std::string_view model, TimePoint before,
                           std::size_t limit, const MergeProfiles& merge) {
  auto panes = loose_panes(connection, model, before, limit);
  if (!panes) return fail(std::move(panes.error()));
  Extracts gone;
  for (const TimePoint pane : *panes) {
    auto done = compact_pane(connection, model, pane, merge, gone);
    if (!done) {
      return fail(std::move(done.error()).in("compacting the pane of " + to_rfc3339(pane)));
    }
  }
  Compaction done{.panes = panes->size(), .extracts = {}};
  for (const auto& [name, source] : gone) {
    // A file may hold rows of several panes, of which some are not compacted yet.
    auto used = connection.value<std::int64_t>(
        "SELECT 1 FROM contribution WHERE model = ?1 AND source = ?2 AND ?3 IN (extract, sample) "
        "LIMIT 1",
        model, source, name);
    if (!used) return fail(std::move(used.error()));
    if (!*used) done.extracts.push_back(name);
  }
  return done;
}

}  // namespace leeway::store
