#include "daemon/store/ledger.h"

#include <limits>
#include <utility>

#include "daemon/store/failpoint.h"

namespace leeway::store {
namespace {

Source read_source(Row& row) {
  Source source;
  row.read(source.model, source.name, source.version, source.status, source.reason, source.rows,
           source.seen_at);
  return source;
}

constexpr std::string_view kSelectSource =
    "SELECT model, name, version, status, reason, rows, seen_at FROM source ";

std::string select_source(std::string_view rest) {
  return std::string(kSelectSource) + std::string(rest);
}

/// True if rows of an earlier version of the source cannot be taken back any more.
Result<bool> is_compacted(Connection& connection, const Source& source) {
  auto found = connection.value<std::int64_t>(
      "SELECT 1 FROM compacted WHERE model = ? AND source = ? LIMIT 1", source.model, source.name);
  if (!found) return fail(std::move(found.error()));
  return found->has_value();
}

Result<std::vector<Contribution>> rows_of(Connection& connection, const Source& source) {
  const auto read = [](Row& row) {
    Contribution one;
    row.read(one.source, one.pane_start, one.segment, one.schema_id, one.rows, one.extract);
    return one;
  };
  return connection.all(
      "SELECT source, pane_start, segment, schema_id, rows, extract FROM contribution "
      "WHERE model = ? AND source = ? ORDER BY pane_start, segment, schema_id",
      read, source.model, source.name);
}

Result<> insert(Connection& connection, std::string_view model, std::string_view source,
                const Contribution& one) {
  auto done = connection.run(
      "INSERT INTO contribution (model, source, pane_start, segment, schema_id, rows, extract, "
      "profile) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      model, source, one.pane_start, one.segment, one.schema_id, one.rows, one.extract,
      Blob{one.profile});
  if (!done) return fail(std::move(done.error()));
  return {};
}

/// Which of the files that `before` named `after` does not name.
std::vector<std::string> orphans(std::span<const Contribution> before,
                                 std::span<const Contribution> after) {
  std::set<std::string> named;
  for (const auto& one : after) named.insert(one.extract);
  std::set<std::string> gone;
  for (const auto& one : before) {
    if (!one.extract.empty() && !named.contains(one.extract)) gone.insert(one.extract);
  }
  return {gone.begin(), gone.end()};
}

Result<Replacement> refuse(Connection& connection, Source source) {
  source.status = SourceStatus::kRefused;
  source.reason = "changed after its windows were closed for good";
  auto saved = save_source(connection, source);
  if (!saved) return fail(std::move(saved.error()));
  return Replacement{.taken = Taken::kRefused, .before = {}, .extracts = {}};
}

}  // namespace

std::string_view to_string(SourceStatus status) {
  switch (status) {
    case SourceStatus::kTaken:
      return "taken";
    case SourceStatus::kQuarantined:
      return "quarantined";
    case SourceStatus::kRefused:
      return "refused";
  }
  return "unknown";
}

Result<Replacement> replace_contributions(Connection& connection, const Source& source,
                                          std::span<const Contribution> contributions) {
  auto known = store::source(connection, source.model, source.name);
  if (!known) return fail(std::move(known.error()));
  if (*known && (*known)->version == source.version) {
    return Replacement{.taken = Taken::kUnchanged, .before = {}, .extracts = {}};
  }
  auto compacted = is_compacted(connection, source);
  if (!compacted) return fail(std::move(compacted.error()));
  if (*compacted) return refuse(connection, source);

  auto before = rows_of(connection, source);
  if (!before) return fail(std::move(before.error()));
  auto deleted = connection.run("DELETE FROM contribution WHERE model = ? AND source = ?",
                                source.model, source.name);
  if (!deleted) return fail(std::move(deleted.error()));
  for (const auto& one : contributions) {
    auto inserted = insert(connection, source.model, source.name, one);
    if (!inserted) return fail(std::move(inserted.error()));
  }
  auto saved = save_source(connection, source);
  if (!saved) return fail(std::move(saved.error()));
  auto gone = orphans(*before, contributions);
  return Replacement{
      .taken = Taken::kReplaced, .before = std::move(*before), .extracts = std::move(gone)};
}

Result<> save_source(Connection& connection, const Source& source) {
  LEEWAY_ASSERT(!source.name.empty(), "the empty name is that of compacted rows");
  auto done = connection.run(
      "INSERT OR REPLACE INTO source (model, name, version, status, reason, rows, seen_at) "
      "VALUES (?, ?, ?, ?, ?, ?, ?)",
      source.model, source.name, source.version, source.status, source.reason, source.rows,
      source.seen_at);
  if (!done) return fail(std::move(done.error()));
  return {};
}

Result<std::optional<Source>> source(Connection& connection, std::string_view model,
                                     std::string_view name) {
  return connection.first(select_source("WHERE model = ? AND name = ?"), read_source, model, name);
}

Result<std::vector<Source>> sources(Connection& connection, std::string_view model,
                                    std::optional<SourceStatus> status) {
  return connection.all(
      select_source("WHERE model = ?1 AND (?2 IS NULL OR status = ?2) ORDER BY name"), read_source,
      model, status);
}

Result<std::uint64_t> forget_sources(Connection& connection, std::string_view model,
                                     TimePoint before,
                                     const std::set<std::string, std::less<>>& present) {
  auto old =
      connection.all(select_source("WHERE model = ? AND seen_at < ?"), read_source, model, before);
  if (!old) return fail(std::move(old.error()));
  std::uint64_t forgotten = 0;
  for (const auto& one : *old) {
    if (present.contains(one.name)) continue;
    auto done = connection.run("DELETE FROM source WHERE model = ? AND name = ?", model, one.name);
    if (!done) return fail(std::move(done.error()));
    ++forgotten;
  }
  return forgotten;
}

Result<std::vector<Contribution>> contributions(Connection& connection, std::string_view model,
                                                const PaneRange& range) {
  const auto read = [](Row& row) {
    Contribution one;
    row.read(one.source, one.pane_start, one.segment, one.schema_id, one.rows, one.profile,
             one.extract);
    return one;
  };
  return connection.all(
      "SELECT source, pane_start, segment, schema_id, rows, profile, extract FROM contribution "
      "WHERE model = ?1 AND pane_start >= ?2 AND pane_start < ?3 AND (?4 IS NULL OR segment = ?4) "
      "ORDER BY pane_start, segment, source, schema_id",
      read, model, range.begin, range.end, range.segment);
}

Result<std::vector<Pane>> panes(Connection& connection, std::string_view model,
                                const PaneRange& range) {
  const auto read = [](Row& row) {
    Pane pane;
    row.read(pane.start, pane.rows, pane.sources);
    return pane;
  };
  return connection.all(
      "SELECT pane_start, sum(rows), sum(source <> '') FROM contribution "
      "WHERE model = ? AND pane_start >= ? AND pane_start < ? AND segment = ? "
      "GROUP BY pane_start ORDER BY pane_start",
      read, model, range.begin, range.end, range.segment.value_or(""));
}

Result<std::vector<std::string>> extracts(Connection& connection) {
  const auto read = [](Row& row) {
    std::string name;
    row.read(name);
    return name;
  };
  return connection.all("SELECT DISTINCT extract FROM contribution WHERE extract <> ''", read);
}

}  // namespace leeway::store
