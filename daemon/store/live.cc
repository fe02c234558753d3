#include "daemon/store/live.h"

#include <limits>

namespace leeway::store {
namespace {

constexpr std::int64_t kFirst = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kLast = std::numeric_limits<std::int64_t>::max();

std::int64_t micros_or(const std::optional<TimePoint>& time, std::int64_t otherwise) {
  return time ? to_micros(*time) : otherwise;
}

Event read_event(Row& row) {
  Event event;
  row.read(event.model, event.at, event.kind, event.note, event.before, event.after, event.since);
  return event;
}

}  // namespace

Result<> save_live_sample(Connection& connection, const LiveSample& sample) {
  auto done = connection.run(
      "INSERT OR REPLACE INTO live_sample (model, path, part, at, value, threshold, verdict, note) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      sample.model, sample.path, sample.part, sample.at, sample.value, sample.threshold,
      sample.verdict, sample.note);
  if (!done) return fail(std::move(done.error()));
  return {};
}

Result<> add_event(Connection& connection, const Event& event) {
  auto done = connection.run(
      "INSERT OR REPLACE INTO event (model, at, kind, note, before_text, after_text, since_at) "
      "VALUES (?, ?, ?, ?, ?, ?, ?)",
      event.model, event.at, event.kind, event.note, event.before, event.after, event.since);
  if (!done) return fail(std::move(done.error()));
  return {};
}

Result<std::vector<LiveSample>> live_samples(Connection& connection, const LiveFilter& filter) {
  const auto read = [](Row& row) {
    LiveSample sample;
    row.read(sample.model, sample.path, sample.part, sample.at, sample.value, sample.threshold,
             sample.verdict, sample.note);
    return sample;
  };
  return connection.all(
      "SELECT model, path, part, at, value, threshold, verdict, note FROM live_sample "
      "WHERE (?1 IS NULL OR model = ?1) AND at >= ?2 AND at < ?3 "
      "ORDER BY at DESC, model, path, part LIMIT ?4",
      read, filter.model, micros_or(filter.from, kFirst), micros_or(filter.to, kLast),
      filter.limit);
}

Result<std::vector<Event>> events(Connection& connection, const LiveFilter& filter) {
  return connection.all(
      "SELECT model, at, kind, note, before_text, after_text, since_at FROM event "
      "WHERE (?1 IS NULL OR model = ?1) AND at >= ?2 AND at < ?3 "
      "ORDER BY at DESC, model, kind LIMIT ?4",
      read_event, filter.model, micros_or(filter.from, kFirst), micros_or(filter.to, kLast),
      filter.limit);
}

Result<std::vector<Event>> version_changes(Connection& connection, std::string_view model,
                                           TimePoint from, TimePoint end) {
  return connection.all(
      "SELECT model, at, kind, note, before_text, after_text, since_at FROM event "
      "WHERE model = ?1 AND kind LIKE '%.version' AND at > ?2 AND coalesce(since_at, at) < ?3 "
      "ORDER BY at, kind",
      read_event, model, from, end);
}

Result<std::optional<std::string>> version_before(Connection& connection, std::string_view model,
                                                  std::string_view kind, TimePoint time) {
  return connection.value<std::string>(
      "SELECT before_text FROM event WHERE model = ? AND kind = ? AND at >= ? ORDER BY at LIMIT 1",
      model, kind, time);
}

Result<> save_source_state(Connection& connection, std::string_view model, std::string_view source,
                           std::string_view state) {
  auto done =
      connection.run("INSERT OR REPLACE INTO source_state (model, source, state) VALUES (?, ?, ?)",
                     model, source, state);
  if (!done) return fail(std::move(done.error()));
  return {};
}

Result<std::optional<std::string>> source_state(Connection& connection, std::string_view model,
                                                std::string_view source) {
  return connection.value<std::string>(
      "SELECT state FROM source_state WHERE model = ? AND source = ?", model, source);
}

Result<> forget_source_states(Connection& connection, std::string_view model) {
  auto done = connection.run("DELETE FROM source_state WHERE model = ?", model);
  if (!done) return fail(std::move(done.error()));
  return {};
}

Result<std::vector<std::string>> models_with_source_states(Connection& connection) {
  const auto read = [](Row& row) {
    std::string model;
    row.read(model);
    return model;
  };
  return connection.all("SELECT DISTINCT model FROM source_state ORDER BY model", read);
}

Result<std::uint64_t> prune_live(Connection& connection, TimePoint before, std::size_t limit) {
  std::uint64_t deleted = 0;
  for (const char* sql :
       {"DELETE FROM live_sample WHERE (model, path, part, at) IN "
        "(SELECT model, path, part, at FROM live_sample WHERE at < ?1 ORDER BY at LIMIT ?2)",
        "DELETE FROM event WHERE (model, at, kind) IN "
        "(SELECT model, at, kind FROM event WHERE at < ?1 ORDER BY at LIMIT ?2)",
        "DELETE FROM scored_row WHERE (model, source, row_key) IN "
        "(SELECT model, source, row_key FROM scored_row WHERE at < ?1 ORDER BY at LIMIT ?2)"}) {
    auto done = connection.run(sql, before, limit);
    if (!done) return fail(std::move(done.error()));
    deleted += static_cast<std::uint64_t>(*done);
  }
  return deleted;
}

}  // namespace leeway::store
