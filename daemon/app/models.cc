#include "daemon/app/models.h"

#include <algorithm>
#include <utility>

#include "daemon/log/log.h"
#include "detectors/base/bytes.h"

namespace leeway::app {
namespace {

constexpr Duration kEndDeadline = std::chrono::seconds(5);

}  // namespace

Models::Models(asio::any_io_executor executor, monitor::Services services, MakeHooks hooks,
               MakeSources sources, std::uint64_t seed)
    : executor_(std::move(executor)),
      services_(services),
      hooks_(std::move(hooks)),
      sources_(std::move(sources)),
      seed_(seed) {}

void Models::start(const std::shared_ptr<const config::Config>& config,
                   const config::Model& model) {
  const std::string key = model.key();
  Running running;
  running.monitor = std::make_unique<monitor::ModelMonitor>(services_, config, model, hooks_(key),
                                                            seed_ ^ hash64(key));
  running.group = std::make_unique<TaskGroup>(executor_);
  running.sources = sources_(model, *running.monitor);
  running.group->spawn(running.monitor->run(), "model " + key);
  for (const auto& source : running.sources) {
    running.group->spawn(source->run(), "a source of " + key);
  }
  running_.emplace(key, std::move(running));
}

Async<> Models::end(Running running, Duration deadline) {
  running.group->stop();
  co_return co_await running.group->join(services_.clock, deadline);
}

Async<> Models::apply(std::shared_ptr<const config::Config> config) {
  std::vector<Running> ended;
  for (auto each = running_.begin(); each != running_.end();) {
    const config::Model* model = config->find(each->first);
    if (model != nullptr && model->hash == each->second.monitor->model().hash) {
      each->second.monitor->set_config(config);
      ++each;
      continue;
    }
    ended.push_back(std::move(each->second));
    each = running_.erase(each);
  }
  for (Running& running : ended) {
    if (auto done = co_await end(std::move(running), kEndDeadline); !done) co_return done;
  }
  for (const config::Model& model : config->models) {
    if (!running_.contains(model.key())) start(config, model);
  }
  co_return Result<>{};
}

Async<> Models::stop(Duration deadline) {
  std::map<std::string, Running, std::less<>> ended = std::exchange(running_, {});
  for (auto& [key, running] : ended) running.group->stop();
  Result<> all;
  for (auto& [key, running] : ended) {
    auto done = co_await end(std::move(running), deadline);
    if (!done) all = fail(std::move(done.error()));
  }
  co_return all;
}

const monitor::ModelMonitor* Models::find(std::string_view key) const {
  const auto found = running_.find(key);
  return found == running_.end() ? nullptr : found->second.monitor.get();
}

monitor::ModelMonitor* Models::find(std::string_view key) {
  return const_cast<monitor::ModelMonitor*>(std::as_const(*this).find(key));
}

std::vector<const monitor::ModelMonitor*> Models::all() const {
  std::vector<const monitor::ModelMonitor*> monitors;
  for (const auto& [key, running] : running_) monitors.push_back(running.monitor.get());
  return monitors;
}

bool Models::busy() const {
  for (const auto& [key, running] : running_) {
    if (std::ranges::any_of(running.sources, [](const auto& source) { return source->busy(); })) {
      return true;
    }
  }
  return false;
}

bool Models::idle() const {
  for (const auto& [key, running] : running_) {
    if (!running.monitor->idle()) return false;
  }
  return true;
}

}  // namespace leeway::app
