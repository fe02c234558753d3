#include "collectors/tables/worker_pool.h"

#include <algorithm>
#include <list>
#include <utility>

#include "collectors/async/deadline.h"
#include "collectors/async/notifier.h"
#include "collectors/tables/protocol.h"
#include "collectors/tables/worker_process.h"

namespace leeway::tables {
namespace {

struct Worker {
  enum class State { kBusy, kIdle, kEnding };
  std::shared_ptr<WorkerProcess> process;
  std::uint64_t sources = 0;
  State state = State::kBusy;
  Alarm idle_alarm;
};

}  // namespace

class WorkerPool::State : public std::enable_shared_from_this<WorkerPool::State> {
 public:
  State(asio::any_io_executor executor, Clock& clock, WorkerOptions options)
      : executor_(std::move(executor)),
        clock_(clock),
        options_(std::move(options)),
        free_slots_(std::max<std::size_t>(1, options_.max_workers)) {}

  /// The answer to a request, as the worker encoded it.
  Async<std::string> request(std::string frame, Duration deadline);
  Async<> stop();
  void abandon();

  WorkerCounters counters() const;
  std::vector<int> process_ids() const;

 private:
  class Place;
  class Slot;

  Async<> wait_for_slot();
  Result<std::shared_ptr<Worker>> take_worker();
  Async<Reply> use(std::shared_ptr<Worker> worker, std::string frame, Duration deadline);
  Task<Error> bury(std::shared_ptr<Worker> worker, Error why);
  void give_back(const std::shared_ptr<Worker>& worker, const Reply& reply);
  void retire(const std::shared_ptr<Worker>& worker);
  void remove(const std::shared_ptr<Worker>& worker);

  asio::any_io_executor executor_;
  Clock& clock_;
  WorkerOptions options_;
  WorkerCounters counters_;
  bool stopping_ = false;
  std::size_t free_slots_;
  std::list<Place*> queue_;
  std::vector<std::shared_ptr<Worker>> workers_;
  Notifier changed_;  // the queue, the slots or the workers
};

/// A place in the queue, left however the coroutine ends.
class WorkerPool::State::Place {
 public:
  explicit Place(State& state)
      : state_(state), at_(state.queue_.insert(state.queue_.end(), this)) {}
  ~Place() {
    state_.queue_.erase(at_);
    state_.changed_.notify_all();
  }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  bool is_first() const { return state_.queue_.front() == this; }

 private:
  State& state_;
  std::list<Place*>::iterator at_;
};

/// The right to have a worker at work, given on however the coroutine ends.
class WorkerPool::State::Slot {
 public:
  explicit Slot(State& state) : state_(state) { --state_.free_slots_; }
  ~Slot() {
    ++state_.free_slots_;
    state_.changed_.notify_all();
  }
  Slot(const Slot&) = delete;
  Slot& operator=(const Slot&) = delete;

 private:
  State& state_;
};

WorkerCounters WorkerPool::State::counters() const {
  WorkerCounters counters = counters_;
  counters.alive = workers_.size();
  for (const auto& worker : workers_) {
    counters.busy += worker->state == Worker::State::kBusy ? 1U : 0U;
  }
  counters.waiting = queue_.size();
  return counters;
}

std::vector<int> WorkerPool::State::process_ids() const {
  std::vector<int> ids;
  for (const auto& worker : workers_) ids.push_back(worker->process->id());
  return ids;
}

/// In the order of arrival.
Async<> WorkerPool::State::wait_for_slot() {
  if (queue_.size() >= options_.max_waiting) {
    co_return fail(ErrorCode::kUnavailable, "the queue for a worker is full");
  }
  const Place place(*this);
  while (!stopping_ && (free_slots_ == 0 || !place.is_first())) {
    auto woken = co_await changed_.wait();
    if (!woken) co_return fail(std::move(woken.error()));
  }
  if (stopping_) co_return fail(ErrorCode::kCancelled, "the workers are being stopped");
  co_return Result<>();
}

Async<std::string> WorkerPool::State::request(std::string frame, Duration deadline) {
  const auto self = shared_from_this();
  if (auto ready = co_await wait_for_slot(); !ready) co_return fail(std::move(ready.error()));
  const Slot slot(*this);
  auto worker = take_worker();
  if (!worker) co_return fail(std::move(worker.error()));
  auto reply = co_await use(*worker, std::move(frame), deadline);
  if (!reply) co_return fail(std::move(reply.error()));
  ++counters_.requests;
  give_back(*worker, *reply);
  co_return std::move(reply->answer);
}

/// The idle one that worked last, or a new one.
Result<std::shared_ptr<Worker>> WorkerPool::State::take_worker() {
  const auto idle = std::find_if(workers_.rbegin(), workers_.rend(), [](const auto& worker) {
    return worker->state == Worker::State::kIdle;
  });
  if (idle != workers_.rend()) {
    (*idle)->state = Worker::State::kBusy;
    (*idle)->idle_alarm.reset();
    return *idle;
  }
  auto process = WorkerProcess::start(executor_, options_.executable, options_.arguments);
  if (!process) return fail(std::move(process.error()));
  ++counters_.started;
  auto worker = std::make_shared<Worker>();
  worker->process = std::move(*process);
  workers_.push_back(worker);
  return worker;
}

Async<Reply> WorkerPool::State::use(std::shared_ptr<Worker> worker, std::string frame,
                                    Duration deadline) {
  ++worker->sources;
  auto bytes =
      co_await with_deadline(clock_, deadline, worker->process->exchange(std::move(frame)));
  if (!bytes) co_return fail(co_await bury(std::move(worker), std::move(bytes.error())));
  auto reply = Reply::decode(*bytes);
  if (!reply) {
    Error nonsense{ErrorCode::kCorrupt, "the worker's answer " + reply.error().message};
    co_return fail(co_await bury(std::move(worker), std::move(nonsense)));
  }
  co_return reply;
}

/// Kills a worker that is of no use any more and says what became of its request.
Task<Error> WorkerPool::State::bury(std::shared_ptr<Worker> worker, Error why) {
  const std::string end = co_await worker->process->ended();
  remove(worker);
  if (stopping_ || why.code == ErrorCode::kCancelled) {
    co_return Error{ErrorCode::kCancelled, "told to stop while a worker was at work"};
  }
  if (why.code == ErrorCode::kUnavailable) {  // its socket ended
    ++counters_.crashed;
    co_return Error{ErrorCode::kCorrupt, "the worker that decoded it " + end};
  }
  ++counters_.killed;
  if (why.code == ErrorCode::kTimeout) why.message += ", the worker was killed";
  co_return why;
}

void WorkerPool::State::give_back(const std::shared_ptr<Worker>& worker, const Reply& reply) {
  const bool grown = reply.resident_bytes > reply.resident_at_start + options_.recycle_growth;
  if (stopping_ || grown || worker->sources >= options_.recycle_sources) {
    ++counters_.recycled;
    retire(worker);
    return;
  }
  worker->state = Worker::State::kIdle;
  const std::weak_ptr<State> self = weak_from_this();
  const std::weak_ptr<Worker> idle = worker;
  worker->idle_alarm = clock_.call_after(options_.idle, [self, idle] {
    const auto state = self.lock();
    const auto ending = idle.lock();
    if (state && ending) state->retire(ending);
  });
}

/// It has nothing to write and no plan, so it is simply killed.
void WorkerPool::State::retire(const std::shared_ptr<Worker>& worker) {
  worker->state = Worker::State::kEnding;
  worker->idle_alarm.reset();
  worker->process->kill();
  const auto removed = [self = shared_from_this(), worker] { self->remove(worker); };
  worker->process->when_ended(removed);
}

void WorkerPool::State::remove(const std::shared_ptr<Worker>& worker) {
  std::erase(workers_, worker);
  changed_.notify_all();
}

Async<> WorkerPool::State::stop() {
  const auto self = shared_from_this();
  abandon();
  while (!workers_.empty() || !queue_.empty()) {
    auto woken = co_await changed_.wait();
    if (!woken) co_return fail(std::move(woken.error()));
  }
  co_return Result<>();
}

/// Those at work are buried by who waits for their answer.
void WorkerPool::State::abandon() {
  stopping_ = true;
  const auto workers = workers_;
  for (const auto& worker : workers) {
    if (worker->state == Worker::State::kIdle) retire(worker);
    if (worker->state == Worker::State::kBusy) worker->process->kill();
  }
  changed_.notify_all();
}

WorkerPool::WorkerPool(asio::any_io_executor executor, Clock& clock, WorkerOptions options)
    : state_(std::make_shared<State>(std::move(executor), clock, std::move(options))) {}

WorkerPool::~WorkerPool() { state_->abandon(); }

namespace {

/// The worker's answer, which is trusted no more than the file it was made of.
template <class Answer, class Plan>
Result<Answer> checked(const std::string& bytes, const Plan& plan) {
  auto answer = Answer::decode(bytes);
  if (!answer) return fail(std::move(answer.error()).in("the worker's answer"));
  if (auto fine = check(*answer, plan); !fine) {
    return fail(std::move(fine.error()).in("the worker's answer"));
  }
  return answer;
}

}  // namespace

Async<LearnAnswer> WorkerPool::learn(LearnPlan plan) {
  const auto state = state_;
  const auto bytes = co_await state->request(plan.encode(), plan.limits.deadline);
  if (!bytes) co_return fail(bytes.error());
  co_return checked<LearnAnswer>(*bytes, plan);
}

Async<FoldAnswer> WorkerPool::fold(FoldPlan plan) {
  const auto state = state_;
  const auto bytes = co_await state->request(plan.encode(), plan.limits.deadline);
  if (!bytes) co_return fail(bytes.error());
  co_return checked<FoldAnswer>(*bytes, plan);
}

Async<MeasureAnswer> WorkerPool::measure(MeasurePlan plan) {
  const auto state = state_;
  const auto bytes = co_await state->request(plan.encode(), plan.limits.deadline);
  if (!bytes) co_return fail(bytes.error());
  co_return checked<MeasureAnswer>(*bytes, plan);
}

Async<RowsAnswer> WorkerPool::read_rows(RowsPlan plan) {
  const auto state = state_;
  const auto bytes = co_await state->request(plan.encode(), plan.limits.deadline);
  if (!bytes) co_return fail(bytes.error());
  co_return checked<RowsAnswer>(*bytes, plan);
}

Async<> WorkerPool::stop() { return state_->stop(); }

WorkerCounters WorkerPool::counters() const { return state_->counters(); }

std::vector<int> WorkerPool::process_ids() const { return state_->process_ids(); }

}  // namespace leeway::tables
