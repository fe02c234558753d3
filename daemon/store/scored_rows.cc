#include "daemon/store/scored_rows.h"

#include <limits>

namespace leeway::store {

Result<std::set<std::uint64_t>> kept_keys(Connection& connection, std::string_view model,
                                          std::string_view source,
                                          std::span<const std::uint64_t> keys) {
  std::set<std::uint64_t> kept;
  for (const std::uint64_t key : keys) {
    auto found = connection.value<std::int64_t>(
        "SELECT 1 FROM scored_row WHERE model = ? AND source = ? AND row_key = ?", model, source,
        key);
    if (!found) return fail(std::move(found.error()));
    if (*found) kept.insert(key);
  }
  return kept;
}

Result<std::uint64_t> add_scored_rows(Connection& connection, std::string_view model,
                                      std::string_view source, std::span<const ScoredRow> rows) {
  std::uint64_t added = 0;
  for (const ScoredRow& row : rows) {
    auto done = connection.run(
        "INSERT OR IGNORE INTO scored_row (model, source, row_key, at, event_at, id, answers, "
        "inputs, label) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        model, source, row.key, row.at, row.event_at, row.id, row.answers, row.inputs, row.label);
    if (!done) return fail(std::move(done.error()));
    added += static_cast<std::uint64_t>(*done);
  }
  return added;
}

Result<std::vector<ScoredRow>> scored_rows(Connection& connection, const ScoredFilter& filter) {
  const auto read = [](Row& row) {
    ScoredRow scored;
    row.read(scored.key, scored.at, scored.event_at, scored.id, scored.answers, scored.label);
    return scored;
  };
  const std::int64_t from =
      filter.from ? to_micros(*filter.from) : std::numeric_limits<std::int64_t>::min();
  return connection.all(
      "SELECT row_key, at, event_at, id, answers, label FROM scored_row "
      "WHERE model = ?1 AND source = ?2 AND at >= ?3 AND (?4 = 0 OR label IS NOT NULL) "
      "ORDER BY at DESC, row_key LIMIT ?5",
      read, filter.model, filter.source, from, filter.labelled, filter.limit);
}

Result<std::optional<TimePoint>> last_scored(Connection& connection, std::string_view model,
                                             std::string_view source) {
  return connection.value<TimePoint>(
      "SELECT max(at) FROM scored_row WHERE model = ? AND source = ?", model, source);
}

Result<std::vector<std::string>> unlabelled_ids(Connection& connection, std::string_view model,
                                                std::size_t limit) {
  const auto read = [](Row& row) {
    std::string id;
    row.read(id);
    return id;
  };
  return connection.all(
      "SELECT id FROM scored_row WHERE model = ? AND label IS NULL AND id <> '' "
      "GROUP BY id ORDER BY max(at) DESC LIMIT ?",
      read, model, limit);
}

Result<std::uint64_t> set_label(Connection& connection, std::string_view model, std::string_view id,
                                std::string_view label) {
  auto done =
      connection.run("UPDATE scored_row SET label = ? WHERE model = ? AND id = ? AND label IS NULL",
                     label, model, id);
  if (!done) return fail(std::move(done.error()));
  return static_cast<std::uint64_t>(*done);
}

Result<std::uint64_t> prune_scored_rows(Connection& connection, std::string_view model,
                                        std::string_view source, TimePoint before,
                                        std::size_t most) {
  auto old = connection.run("DELETE FROM scored_row WHERE model = ? AND source = ? AND at < ?",
                            model, source, before);
  if (!old) return fail(std::move(old.error()));
  auto beyond = connection.run(
      "DELETE FROM scored_row WHERE (model, source, row_key) IN "
      "(SELECT model, source, row_key FROM scored_row WHERE model = ?1 AND source = ?2 "
      "ORDER BY at DESC, row_key LIMIT -1 OFFSET ?3)",
      model, source, most);
  if (!beyond) return fail(std::move(beyond.error()));
  return static_cast<std::uint64_t>(*old) + static_cast<std::uint64_t>(*beyond);
}

}  // namespace leeway::store
