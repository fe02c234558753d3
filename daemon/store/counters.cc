#include "daemon/store/counters.h"

namespace leeway::store {

Result<> add_to_counter(Connection& connection, std::string_view name, std::string_view labels,
                        double delta) {
  auto done = connection.run(
      "INSERT INTO counter (name, labels, value) VALUES (?, ?, ?) "
      "ON CONFLICT (name, labels) DO UPDATE SET value = value + excluded.value",
      name, labels, delta);
  if (!done) return fail(std::move(done.error()));
  return {};
}

Result<std::vector<Counter>> counters(Connection& connection) {
  const auto read = [](Row& row) {
    Counter counter;
    row.read(counter.name, counter.labels, counter.value);
    return counter;
  };
  return connection.all("SELECT name, labels, value FROM counter ORDER BY name, labels", read);
}

}  // namespace leeway::store
