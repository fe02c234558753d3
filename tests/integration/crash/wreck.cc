#include "tests/integration/crash/wreck.h"

#include <gtest/gtest.h>

#include <chrono>
#include <utility>
#include <vector>

#include "daemon/store/ledger.h"
#include "daemon/store/outbox.h"
#include "tests/support/process.h"

namespace leeway::tests {
namespace {

namespace fs = std::filesystem;

/// What the database knows.
struct Recorded {
  std::set<std::string, std::less<>> extracts;
  std::map<std::string, std::size_t> attempts;  ///< by delivery
  std::optional<TimePoint> closed;
};

Result<Recorded> read(store::Connection& connection) {
  Recorded recorded;
  auto extracts = store::extracts(connection);
  if (!extracts) return fail(std::move(extracts.error()));
  recorded.extracts.insert(extracts->begin(), extracts->end());
  auto deliveries = store::deliveries(connection, {.limit = 100'000});
  if (!deliveries) return fail(std::move(deliveries.error()));
  for (const store::Delivery& one : *deliveries) recorded.attempts[one.id] = one.attempts;
  auto closed = connection.value<std::int64_t>(
      "SELECT min(newest) FROM (SELECT max(start_at) AS newest FROM window GROUP BY model) "
      "HAVING count(*) = 2 AND max(newest) - min(newest) <= ?",
      Duration(std::chrono::hours(8 * 24)));
  if (!closed) return fail(std::move(closed.error()));
  if (*closed) recorded.closed = from_micros(**closed);
  return recorded;
}

/// Nothing if the daemon had not made its database yet.
Recorded read_copy(const fs::path& state) {
  const TemporaryFolder folder;
  for (const char* name : {"leeway.db", "leeway.db-wal"}) {
    if (fs::exists(state / name)) fs::copy_file(state / name, folder / name);
  }
  if (!fs::exists(folder / "leeway.db")) return {};
  auto connection = store::Connection::open(folder / "leeway.db", {});
  if (!connection) {
    ADD_FAILURE() << "the database of a killed daemon: " << connection.error().message;
    return {};
  }
  auto made = (*connection)->value<std::int64_t>("SELECT count(*) FROM sqlite_schema");
  if (made && made->value_or(0) == 0) return {};
  auto recorded = read(**connection);
  EXPECT_TRUE(recorded) << recorded.error().message;
  return recorded ? std::move(*recorded) : Recorded{};
}

std::vector<std::string> scratch_files(const fs::path& state) {
  std::vector<std::string> names;
  if (!fs::exists(state / "scratch")) return names;
  for (const auto& entry : fs::recursive_directory_iterator(state / "scratch")) {
    if (entry.is_regular_file()) names.push_back(entry.path().filename());
  }
  return names;
}

}  // namespace

Wrecks::Wrecks(fs::path state, const WebhookReceiver& receiver)
    : state_(std::move(state)), receiver_(receiver) {}

Wreck Wrecks::look() {
  Wreck found;
  Recorded recorded = read_copy(state_);
  for (const std::string& name : scratch_files(state_)) {
    // One that was named before belongs to a file that has been replaced, and waits to be deleted.
    found.batch = found.batch || (!recorded.extracts.contains(name) && !named_.contains(name));
  }
  named_ = std::move(recorded.extracts);
  found.closed = recorded.closed;

  std::map<std::string, std::size_t> unrecorded;
  for (const ReceivedRequest& request : receiver_.requests()) {
    ++unrecorded[request.header("webhook-id")];
  }
  for (auto& [id, arrivals] : unrecorded) arrivals -= recorded.attempts[id];
  for (const auto& [id, arrivals] : unrecorded) {
    found.delivery = found.delivery || arrivals > unrecorded_[id];
  }
  unrecorded_ = std::move(unrecorded);
  return found;
}

}  // namespace leeway::tests
