#include "daemon/store/store.h"

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>
#include <mutex>

#include "collectors/async/on_pool.h"
#include "collectors/async/outside_work.h"
#include "daemon/store/schema.h"
#include "daemon/store/state_directory.h"

namespace leeway::store {
namespace {

using Job = std::function<Result<>(Connection&)>;

Result<> run_on_snapshot(Connection& connection, const Job& job) {
  auto begun = connection.run("BEGIN");
  if (!begun) return fail(std::move(begun.error()));
  auto result = job(connection);
  auto ended = connection.run("COMMIT");
  if (!ended) return fail(std::move(ended.error()));
  return result;
}

/// A connection that several threads share, one at a time.
class SharedConnection {
 public:
  void set(std::unique_ptr<Connection> connection) {
    const std::lock_guard lock(mutex_);
    connection_ = std::move(connection);
  }

  Result<> read(const Job& job) {
    const std::lock_guard lock(mutex_);
    if (!connection_) return fail(ErrorCode::kUnavailable, "the store is closed");
    return run_on_snapshot(*connection_, job);
  }

 private:
  std::mutex mutex_;
  std::unique_ptr<Connection> connection_;
};

}  // namespace

struct Store::State {
  explicit State(StateDirectory where) : directory(std::move(where)) {}

  StateDirectory directory;
  SharedConnection here;   // of read()
  SharedConnection there;  // of read_async()
  asio::thread_pool readers{1};
  std::unique_ptr<Writer> writer;
};

Result<std::unique_ptr<Store>> Store::open(std::filesystem::path directory,
                                           const Options& options) {
  auto held = StateDirectory::open(directory);
  if (!held) return fail(std::move(held.error()));
  const auto file = directory / "leeway.db";
  auto state = std::make_unique<State>(std::move(*held));

  Connection::Options each{.read_only = false,
                           .durable = options.durable,
                           .cache_kib = options.cache_kib,
                           .max_bytes = options.max_bytes};
  auto writing = Connection::open(file, each);
  if (!writing) return fail(std::move(writing.error()).in("opening the store"));
  auto done = migrate(**writing);
  if (done) done = state->directory.sync();
  if (!done) return fail(std::move(done.error()).in("opening the store"));

  each.read_only = true;
  for (auto* reader : {&state->here, &state->there}) {
    auto reading = Connection::open(file, each);
    if (!reading) return fail(std::move(reading.error()).in("opening the store"));
    reader->set(std::move(*reading));
  }
  const Writer::Options limits{.queue_limit = options.queue_limit, .group = options.group};
  state->writer = std::make_unique<Writer>(std::move(*writing), limits);
  return std::unique_ptr<Store>(new Store(std::move(state)));
}

Store::Store(std::unique_ptr<State> state) : state_(std::move(state)) {}

Store::~Store() { close(); }

void Store::close() {
  state_->writer->close();
  state_->readers.join();
  state_->here.set(nullptr);
  state_->there.set(nullptr);
}

Async<> Store::submit(Job job) {
  const auto executor = co_await asio::this_coro::executor;
  // The cancellation slot of the handler is left alone: a write is waited for to its end.
  auto initiate = [this, &executor, &job](auto handler) {
    // Both end on the thread of the io_context: captured to be moved on, not const and so copied.
    auto done = [waiting = std::make_shared<decltype(handler)>(std::move(handler)),
                 outside = std::make_shared<OutsideWork>(executor),
                 executor](Result<> result) mutable {
      auto resume = [waiting = std::move(waiting), outside = std::move(outside),
                     result = std::move(result)]() mutable {
        std::move (*waiting)(std::move(result));
      };
      asio::post(executor, std::move(resume));
    };
    state_->writer->enqueue(std::move(job), std::move(done));
  };
  co_return co_await asio::async_initiate<const asio::use_awaitable_t<>, void(Result<>)>(
      std::move(initiate), asio::use_awaitable);
}

Async<> Store::submit_read(Job job) {
  auto work = [this, job = std::move(job)] { return state_->there.read(job); };
  co_return co_await on_pool(state_->readers, std::move(work));
}

Result<> Store::read_here(const Job& job) { return state_->here.read(job); }

bool Store::healthy() const { return state_->writer->trouble().empty(); }
std::string Store::trouble() const { return state_->writer->trouble(); }
StoreStats Store::stats() const { return state_->writer->stats(); }
const std::filesystem::path& Store::directory() const { return state_->directory.path(); }

}  // namespace leeway::store
