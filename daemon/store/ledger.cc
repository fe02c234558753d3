#include "daemon/store/ledger.h"

#include <map>
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

/// The panes of the source that change no more, with its rows in them.
Result<std::map<TimePoint, SettledPane>> settled_panes(Connection& connection, const Source& source,
                                                       TimePoint settled) {
  const auto read = [](Row& row) {
    SettledPane pane;
    row.read(pane.start, pane.rows);
    return pane;
  };
  auto rows = connection.all(
      "SELECT pane_start, rows FROM compacted WHERE model = ?1 AND source = ?2 UNION ALL "
      "SELECT pane_start, rows FROM contribution "
      "WHERE model = ?1 AND source = ?2 AND segment = '' AND pane_start < ?3",
      read, source.model, source.name, settled);
  if (!rows) return fail(std::move(rows.error()));
  std::map<TimePoint, SettledPane> panes;
  for (const SettledPane& pane : *rows) {
    SettledPane& known =
        panes.try_emplace(pane.start, SettledPane{.start = pane.start}).first->second;
    known.rows += pane.rows;
  }
  return panes;
}

Result<std::vector<Contribution>> rows_of(Connection& connection, const Source& source,
                                          TimePoint settled) {
  const auto read = [](Row& row) {
    Contribution one;
    row.read(one.source, one.pane_start, one.segment, one.schema_id, one.rows, one.extract,
             one.sample);
    return one;
  };
  return connection.all(
      "SELECT source, pane_start, segment, schema_id, rows, extract, sample FROM contribution "
      "WHERE model = ? AND source = ? AND pane_start >= ? ORDER BY pane_start, segment, schema_id",
      read, source.model, source.name, settled);
}

Result<> insert(Connection& connection, std::string_view model, std::string_view source,
                const Contribution& one) {
  auto done = connection.run(
      "INSERT INTO contribution (model, source, pane_start, segment, schema_id, rows, extract, "
      "sample, profile) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
      model, source, one.pane_start, one.segment, one.schema_id, one.rows, one.extract, one.sample,
      Blob{one.profile});
  if (!done) return fail(std::move(done.error()));
  return {};
}

/// Which of the files of `before` and `given` no row of the source names now.
Result<std::vector<std::string>> orphans(Connection& connection, const Source& source,
                                         std::span<const Contribution> before,
                                         std::span<const Contribution> given) {
  std::set<std::string> gone;
  for (const auto& rows : {before, given}) {
    for (const auto& one : rows) gone.insert({one.extract, one.sample});
  }
  const auto spare = [&gone](Row& row) -> Result<> {
    std::string extract;
    std::string sample;
    row.read(extract, sample);
    gone.erase(extract);
    gone.erase(sample);
    return {};
  };
  auto done =
      connection.each("SELECT extract, sample FROM contribution WHERE model = ? AND source = ?",
                      spare, source.model, source.name);
  if (!done) return fail(std::move(done.error()));
  gone.erase("");
  return std::vector<std::string>{gone.begin(), gone.end()};
}

Source refused(Source source) {
  source.status = SourceStatus::kRefused;
  source.reason = "changed rows of windows that are closed for good; they stay as they were";
  return source;
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
                                          std::span<const Contribution> contributions,
                                          TimePoint settled) {
  auto known = store::source(connection, source.model, source.name);
  if (!known) return fail(std::move(known.error()));
  Replacement done;
  if (*known && (*known)->version == source.version) {
    done.taken = Taken::kUnchanged;
    return done;
  }
  auto frozen = settled_panes(connection, source, settled);
  if (!frozen) return fail(std::move(frozen.error()));
  auto before = rows_of(connection, source, settled);
  if (!before) return fail(std::move(before.error()));
  auto deleted =
      connection.run("DELETE FROM contribution WHERE model = ? AND source = ? AND pane_start >= ?",
                     source.model, source.name, settled);
  if (!deleted) return fail(std::move(deleted.error()));
  for (const auto& one : contributions) {
    const TimePoint start = one.pane_start;
    if (start < settled || frozen->contains(start)) {
      SettledPane& pane = frozen->try_emplace(start, SettledPane{.start = start}).first->second;
      if (one.segment.empty()) pane.given += one.rows;
      continue;
    }
    auto inserted = insert(connection, source.model, source.name, one);
    if (!inserted) return fail(std::move(inserted.error()));
  }
  for (const auto& [start, pane] : *frozen) {
    if (pane.rows != 0 && pane.rows != pane.given) done.taken = Taken::kPartly;
    done.settled.push_back(pane);
  }
  auto saved = save_source(connection, done.taken == Taken::kPartly ? refused(source) : source);
  if (!saved) return fail(std::move(saved.error()));
  auto gone = orphans(connection, source, *before, contributions);
  if (!gone) return fail(std::move(gone.error()));
  done.extracts = std::move(*gone);
  done.before = std::move(*before);
  return done;
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

Result<std::optional<Source>> newest_source(Connection& connection, std::string_view model) {
  return connection.first(
      select_source("WHERE model = ? AND status <> ? ORDER BY seen_at DESC, name DESC LIMIT 1"),
      read_source, model, SourceStatus::kQuarantined);
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
             one.extract, one.sample);
    return one;
  };
  return connection.all(
      "SELECT source, pane_start, segment, schema_id, rows, profile, extract, sample "
      "FROM contribution "
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

Result<std::optional<TimePoint>> first_pane(Connection& connection, std::string_view model,
                                            std::string_view source) {
  const auto read = [](Row& row) {
    TimePoint start;
    row.read(start);
    return start;
  };
  return connection.first(
      "SELECT pane_start FROM contribution WHERE model = ?1 AND source = ?2 UNION ALL "
      "SELECT pane_start FROM compacted WHERE model = ?1 AND source = ?2 "
      "ORDER BY pane_start LIMIT 1",
      read, model, source);
}

Result<std::vector<std::string>> extracts(Connection& connection) {
  const auto read = [](Row& row) {
    std::string name;
    row.read(name);
    return name;
  };
  return connection.all(
      "SELECT extract FROM contribution WHERE extract <> '' UNION "
      "SELECT sample FROM contribution WHERE sample <> ''",
      read);
}

}  // namespace leeway::store
