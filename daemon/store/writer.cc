#include "daemon/store/writer.h"

#include "daemon/store/failpoint.h"

namespace leeway::store {
Writer::Writer(std::unique_ptr<Connection> connection, const Options& options)
    : options_(options), connection_(std::move(connection)), thread_([this] { run(); }) {}

Writer::~Writer() { close(); }

void Writer::enqueue(Job job, Done done) {
  std::string refusal;
  {
    const std::lock_guard lock(mutex_);
    if (closing_) {
      refusal = "the store is closed";
    } else if (!trouble_.empty()) {
      refusal = trouble_;
    } else if (queue_.size() >= options_.queue_limit) {
      refusal = "the store is busy: " + std::to_string(queue_.size()) + " writes are waiting";
    } else {
      queue_.push_back({std::move(job), std::move(done), {}});
      changed_.notify_one();
      return;
    }
    ++stats_.refused;
  }
  done(fail(ErrorCode::kUnavailable, std::move(refusal)));
}

void Writer::close() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
    changed_.notify_one();
  }
  if (thread_.joinable()) thread_.join();
  connection_.reset();
}

std::string Writer::trouble() const {
  const std::lock_guard lock(mutex_);
  return trouble_;
}

StoreStats Writer::stats() const {
  const std::lock_guard lock(mutex_);
  StoreStats stats = stats_;
  stats.queued = queue_.size();
  return stats;
}

void Writer::run() {
  Group group;
  while (wait_for_first(group)) {
    const auto committed = commit(group);
    record(group, committed);
    for (auto& write : group) {
      write.job = nullptr;  // the waiter alone owns what they share
      write.done(committed ? std::move(write.result) : committed);
    }
    group.clear();
  }
}

bool Writer::wait_for_first(Group& group) {
  {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return closing_ || !queue_.empty(); });
  }
  return take_next(group);
}

bool Writer::take_next(Group& group) {
  const std::lock_guard lock(mutex_);
  if (queue_.empty()) return false;
  group.push_back(std::move(queue_.front()));
  queue_.pop_front();
  return true;
}

Result<> Writer::commit(Group& group) {
  // Only this thread sets it.
  if (auto why = trouble(); !why.empty()) return fail(ErrorCode::kUnavailable, std::move(why));

  auto begun = connection_->run("BEGIN IMMEDIATE");
  if (!begun && !connection_->broken()) return fail(std::move(begun.error()));  // somebody's lock
  auto committed = begun ? apply(group) : Result<>(fail(std::move(begun.error())));
  if (committed) return committed;

  if (connection_->in_transaction()) static_cast<void>(connection_->script("ROLLBACK"));
  const std::lock_guard lock(mutex_);
  trouble_ = "the store takes no more writes: " + committed.error().message;
  return fail(committed.error().code, trouble_);
}

/// Takes writes until nothing is queued or the time of the group is over. The time is that of this
/// thread and not of the daemon's clock: it bounds work, nobody waits for it.
Result<> Writer::apply(Group& group) {
  const auto end = std::chrono::steady_clock::now() + options_.group;
  do {
    Write& write = group.back();
    write.result = connection_->nested(write.job);
    if (connection_->broken() || !connection_->in_transaction()) {
      if (!write.result) return fail(write.result.error());
      return fail(ErrorCode::kUnavailable, "a write ended the transaction of its group");
    }
    failpoint("store.in_group");
  } while (std::chrono::steady_clock::now() < end && take_next(group));

  failpoint("store.before_commit");
  auto committed = connection_->run("COMMIT");
  failpoint("store.after_commit");
  if (!committed) return fail(std::move(committed.error()));
  return {};
}

void Writer::record(const Group& group, const Result<>& committed) {
  const std::lock_guard lock(mutex_);
  if (!committed) {
    stats_.refused += group.size();
    return;
  }
  ++stats_.commits;
  for (const auto& write : group) ++(write.result ? stats_.writes : stats_.failed);
}

}  // namespace leeway::store
