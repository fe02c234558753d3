#include "daemon/store/audit.h"

namespace leeway::store {

Result<> record_act(Connection& connection, const Act& act) {
  auto done =
      connection.run("INSERT INTO act (at, who, what, subject, details) VALUES (?, ?, ?, ?, ?)",
                     act.at, act.who, act.what, act.subject, act.details);
  if (!done) return fail(std::move(done.error()));
  return {};
}

Result<std::vector<Act>> acts(Connection& connection, std::size_t limit) {
  const auto read = [](Row& row) {
    Act act;
    row.read(act.at, act.who, act.what, act.subject, act.details);
    return act;
  };
  return connection.all(
      "SELECT at, who, what, subject, details FROM act ORDER BY sequence DESC LIMIT ?", read,
      limit);
}

}  // namespace leeway::store
