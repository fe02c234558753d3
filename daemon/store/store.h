#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include "collectors/async/async.h"
#include "daemon/store/sqlite.h"
#include "daemon/store/writer.h"

namespace leeway::store {

struct Options {
  bool durable = true;             ///< false: a backtest, whose state may be lost with the machine
  std::size_t queue_limit = 4096;  ///< writes that wait; one more is refused
  std::chrono::milliseconds group{5};  ///< a group takes no further write after that time
  int cache_kib = 256;                 ///< of each of the three connections
  std::int64_t max_bytes = 0;          ///< ceiling of the database file; 0: the disk
};

/// The durable state of the daemon: `leeway.db` and the folders beside it, one process at a time.
///
/// One thread owns the one writing connection. What is queued is committed together, each write in
/// a savepoint of its own, so one that fails does not spoil its group. Writes are applied in the
/// order they were asked for.
///
/// **A failed commit** (full disk, failed fsync, damaged file) ends intake: the whole group and
/// every later write fail, healthy() is false and stays so until the store is opened again. What
/// was reported as committed is on the disk; nothing that was not is.
///
/// write() and read_async() are used in coroutines of an io_context that outlives close();
/// read(), healthy() and stats() on any thread.
class Store {
 public:
  /// Creates the directory (0700) if it is missing and brings the schema to this version.
  /// kUnavailable if another process has it open, kCorrupt if the file is damaged or not ours,
  /// kInvalidConfig if others may enter the directory or a later Leeway wrote it.
  static Result<std::unique_ptr<Store>> open(std::filesystem::path directory,
                                             const Options& options = {});
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  /// Runs `work(Connection&)`, which returns a Result<T>, on the writing thread inside a
  /// transaction, and continues on the caller's executor after the commit. An error of `work`
  /// undoes what it did, and only that. Not cancellable: it takes milliseconds, and a coroutine
  /// that is told to stop still learns what became of its write.
  ///
  /// `work` owns what it touches and must not throw. Hand in a named object, moved (STYLE.md 7).
  template <class Work>
  asio::awaitable<std::invoke_result_t<Work&, Connection&>> write(Work work) {
    using Outcome = std::invoke_result_t<Work&, Connection&>;
    struct Box {
      Work work;
      std::optional<Outcome> outcome;
    };
    const auto box = std::make_shared<Box>(Box{std::move(work), std::nullopt});
    auto job = [box](Connection& connection) -> Result<> {
      box->outcome.emplace(box->work(connection));
      if (!*box->outcome) return fail(box->outcome->error());
      return {};
    };
    auto committed = co_await submit(std::move(job));
    if (!committed) co_return fail(std::move(committed.error()));
    co_return std::move(*box->outcome);
  }

  /// Runs `work(Connection&)` here and now on one consistent snapshot. For what is small: a page of
  /// an API, a look-up. `work` cannot write.
  template <class Work>
  auto read(Work work) -> std::invoke_result_t<Work&, Connection&> {
    std::optional<std::invoke_result_t<Work&, Connection&>> outcome;
    auto done = read_here([&](Connection& connection) -> Result<> {
      outcome.emplace(work(connection));
      return {};
    });
    if (!done) return fail(std::move(done.error()));
    return std::move(*outcome);
  }

  /// The same on the reading thread, for what may take longer. kCancelled if the coroutine is told
  /// to stop.
  template <class Work>
  asio::awaitable<std::invoke_result_t<Work&, Connection&>> read_async(Work work) {
    using Outcome = std::invoke_result_t<Work&, Connection&>;
    struct Box {
      Work work;
      std::optional<Outcome> outcome;
    };
    const auto box = std::make_shared<Box>(Box{std::move(work), std::nullopt});
    auto job = [box](Connection& connection) -> Result<> {
      box->outcome.emplace(box->work(connection));
      return {};
    };
    auto done = co_await submit_read(std::move(job));
    if (!done) co_return fail(std::move(done.error()));
    co_return std::move(*box->outcome);
  }

  bool healthy() const;
  std::string trouble() const;  ///< why it is not healthy; empty if it is
  StoreStats stats() const;

  const std::filesystem::path& directory() const;
  std::filesystem::path references() const { return directory() / "references"; }
  std::filesystem::path predictions() const { return directory() / "predictions"; }
  std::filesystem::path scratch() const { return directory() / "scratch"; }

  /// Commits what is queued, ends both threads and closes the file. Later writes and reads fail.
  /// The destructor does the same.
  void close();

 private:
  using Job = std::function<Result<>(Connection&)>;
  struct State;

  explicit Store(std::unique_ptr<State> state);
  Async<> submit(Job job);
  Async<> submit_read(Job job);
  Result<> read_here(const Job& job);

  std::unique_ptr<State> state_;
};

}  // namespace leeway::store
