#include "daemon/store/references.h"

namespace leeway::store {
namespace {

Reference read_reference(Row& row) {
  Reference reference;
  row.read(reference.model, reference.id, reference.source, reference.file, reference.rows,
           reference.anchor, reference.created_at, reference.adopted_at);
  return reference;
}

std::string select_reference(std::string_view rest) {
  return "SELECT model, id, source, file, rows, anchor, created_at, adopted_at FROM reference " +
         std::string(rest);
}

}  // namespace

Result<> save_reference(Connection& connection, const Reference& reference) {
  auto done = connection.run(
      "INSERT OR REPLACE INTO reference (model, id, source, file, rows, anchor, created_at, "
      "adopted_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      reference.model, reference.id, reference.source, reference.file, reference.rows,
      reference.anchor, reference.created_at, reference.adopted_at);
  if (!done) return fail(std::move(done.error()));
  return {};
}

Result<> adopt_reference(Connection& connection, std::string_view model, std::string_view id,
                         TimePoint at) {
  auto anchor = anchor_reference(connection, model);
  if (!anchor) return fail(std::move(anchor.error()));
  auto adopted = connection.run(
      "UPDATE reference SET adopted_at = ?, anchor = anchor OR ? WHERE model = ? AND id = ?", at,
      !anchor->has_value(), model, id);
  if (!adopted) return fail(std::move(adopted.error()));
  if (*adopted == 0) {
    return fail(ErrorCode::kNotFound,
                "model '" + std::string(model) + "' has no reference '" + std::string(id) + "'");
  }
  return {};
}

Result<std::optional<Reference>> reference(Connection& connection, std::string_view model,
                                           std::string_view id) {
  return connection.first(select_reference("WHERE model = ? AND id = ?"), read_reference, model,
                          id);
}

Result<std::optional<Reference>> current_reference(Connection& connection, std::string_view model) {
  return connection.first(select_reference("WHERE model = ? AND adopted_at IS NOT NULL "
                                           "ORDER BY adopted_at DESC, created_at DESC LIMIT 1"),
                          read_reference, model);
}

Result<std::optional<Reference>> anchor_reference(Connection& connection, std::string_view model) {
  return connection.first(
      select_reference("WHERE model = ? AND anchor ORDER BY created_at DESC LIMIT 1"),
      read_reference, model);
}

Result<std::vector<Reference>> references(Connection& connection, std::string_view model) {
  return connection.all(select_reference("WHERE model = ? ORDER BY created_at, id"), read_reference,
                        model);
}

Result<std::vector<std::string>> reference_files(Connection& connection) {
  const auto read = [](Row& row) {
    std::string name;
    row.read(name);
    return name;
  };
  return connection.all("SELECT DISTINCT file FROM reference WHERE file <> ''", read);
}

}  // namespace leeway::store
