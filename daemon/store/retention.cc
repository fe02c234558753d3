#include "daemon/store/retention.h"

#include <array>
#include <initializer_list>
#include <string>
#include <vector>

#include "daemon/store/live.h"
#include "daemon/store/windows.h"

namespace leeway::store {
namespace {

struct Victim {
  std::string model;
  TimePoint start;
};

Result<std::vector<Victim>> old_windows(Connection& connection, TimePoint before,
                                        std::size_t limit) {
  const auto read = [](Row& row) {
    Victim window;
    row.read(window.model, window.start);
    return window;
  };
  return connection.all(
      "SELECT model, start_at FROM window WHERE end_at < ? AND state IN (?, ?) "
      "ORDER BY end_at LIMIT ?",
      read, before, WindowState::kJudged, WindowState::kSkipped, limit);
}

/// The window with its findings and the panes that no later window has.
Result<> delete_window(Connection& connection, const Victim& window) {
  for (const char* sql : {"DELETE FROM finding WHERE model = ? AND window_start = ?",
                          "DELETE FROM contribution WHERE model = ? AND pane_start <= ?",
                          "DELETE FROM compacted WHERE model = ? AND pane_start <= ?",
                          "DELETE FROM window WHERE model = ? AND start_at = ?"}) {
    auto done = connection.run(sql, window.model, window.start);
    if (!done) return fail(std::move(done.error()));
  }
  return {};
}

Result<std::uint64_t> prune_windows(Connection& connection, TimePoint before, std::size_t limit) {
  auto windows = old_windows(connection, before, limit);
  if (!windows) return fail(std::move(windows.error()));
  for (const auto& window : *windows) {
    auto done = delete_window(connection, window);
    if (!done) return fail(std::move(done.error()));
  }
  return windows->size();
}

Result<std::uint64_t> prune_deliveries(Connection& connection, TimePoint before,
                                       std::size_t limit) {
  const auto read = [](Row& row) {
    std::string id;
    row.read(id);
    return id;
  };
  auto ids =
      connection.all("SELECT id FROM delivery WHERE ended_at < ? LIMIT ?", read, before, limit);
  if (!ids) return fail(std::move(ids.error()));
  for (const auto& id : *ids) {
    for (const char* sql :
         {"DELETE FROM attempt WHERE delivery = ?", "DELETE FROM delivery WHERE id = ?"}) {
      auto done = connection.run(sql, id);
      if (!done) return fail(std::move(done.error()));
    }
  }
  return ids->size();
}

Result<std::uint64_t> prune_records(Connection& connection, TimePoint before, std::size_t limit) {
  std::uint64_t deleted = 0;
  for (const char* sql :
       {"DELETE FROM incident WHERE id IN "
        "(SELECT id FROM incident WHERE opened_at < ?1 AND resolved_at < ?1 LIMIT ?2)",
        "DELETE FROM retraining WHERE id IN "
        "(SELECT id FROM retraining WHERE requested_at < ?1 AND ended_at < ?1 LIMIT ?2)",
        "DELETE FROM act WHERE sequence IN (SELECT sequence FROM act WHERE at < ?1 LIMIT ?2)"}) {
    auto done = connection.run(sql, before, limit);
    if (!done) return fail(std::move(done.error()));
    deleted += static_cast<std::uint64_t>(*done);
  }
  return deleted;
}

}  // namespace

Result<std::uint64_t> used_bytes(Connection& connection) {
  std::array<std::uint64_t, 3> numbers{};
  std::size_t i = 0;
  for (const char* pragma : {"PRAGMA page_count", "PRAGMA freelist_count", "PRAGMA page_size"}) {
    auto value = connection.value<std::uint64_t>(pragma);
    if (!value) return fail(std::move(value.error()));
    numbers[i++] = value->value_or(0);
  }
  return (numbers[0] - numbers[1]) * numbers[2];
}

Result<std::uint64_t> prune(Connection& connection, const Retention& retention, TimePoint now,
                            std::size_t limit) {
  auto used = used_bytes(connection);
  if (!used) return used;
  const bool too_large = retention.max_bytes != 0 && *used > retention.max_bytes;
  auto windows = prune_windows(connection, too_large ? now : now - retention.history, limit);
  if (!windows) return windows;
  auto deliveries = prune_deliveries(connection, now - retention.deliveries, limit);
  if (!deliveries) return deliveries;
  auto records = prune_records(connection, now - retention.records, limit);
  if (!records) return records;
  auto live = prune_live(connection, now - retention.history, limit);
  if (!live) return live;

  const std::uint64_t deleted = *windows + *deliveries + *records + *live;
  if (deleted != 0) {
    auto returned = connection.script("PRAGMA incremental_vacuum(256)");
    if (!returned) return fail(std::move(returned.error()));
  }
  return deleted;
}

}  // namespace leeway::store
