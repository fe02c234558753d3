#include "daemon/store/schema_changes.h"

namespace leeway::store {

Result<> replace_schema_changes(Connection& connection, std::string_view model,
                                std::string_view source, std::span<const Finding> findings) {
  auto deleted =
      connection.run("DELETE FROM schema_change WHERE model = ? AND source = ?", model, source);
  if (!deleted) return fail(std::move(deleted.error()));
  for (const Finding& one : findings) {
    auto done = connection.run(
        "INSERT INTO schema_change (model, source, column_name, verdict, note) "
        "VALUES (?, ?, ?, ?, ?)",
        model, source, one.column, one.verdict, one.note);
    if (!done) return fail(std::move(done.error()));
  }
  return {};
}

Result<std::vector<Finding>> schema_changes(Connection& connection, std::string_view model,
                                            const PaneRange& range) {
  const auto read = [](Row& row) {
    Finding finding;
    finding.measure = "schema";
    row.read(finding.column, finding.verdict, finding.note);
    return finding;
  };
  return connection.all(
      "SELECT column_name, verdict, note FROM schema_change "
      "WHERE model = ?1 AND EXISTS (SELECT 1 FROM contribution "
      "WHERE contribution.model = ?1 AND contribution.source = schema_change.source "
      "AND pane_start >= ?2 AND pane_start < ?3) ORDER BY column_name, source",
      read, model, range.begin, range.end);
}

}  // namespace leeway::store
