#include "daemon/app/app.h"

#include <malloc.h>

#include <map>
#include <mutex>
#include <utility>

#include "collectors/endpoints/prober.h"
#include "collectors/net/http_client.h"
#include "daemon/api/server.h"
#include "daemon/app/heartbeat.h"
#include "daemon/app/models.h"
#include "daemon/app/own_metrics.h"
#include "daemon/app/routes.h"
#include "daemon/compute/compute_source.h"
#include "daemon/delivery/deliverer.h"
#include "daemon/delivery/webhook.h"
#include "daemon/endpoints/endpoint_monitor.h"
#include "daemon/endpoints/label_watch.h"
#include "daemon/endpoints/scoring_monitor.h"
#include "daemon/log/log.h"
#include "daemon/monitor/retire.h"
#include "daemon/registry/registry_monitor.h"
#include "daemon/registry/write_back.h"
#include "daemon/retraining/retraining.h"
#include "daemon/retraining/schedule.h"
#include "daemon/store/files.h"
#include "daemon/store/ids.h"
#include "daemon/store/ledger.h"
#include "daemon/store/references.h"
#include "daemon/store/retention.h"

namespace leeway::app {
namespace {

constexpr std::size_t kPoolThreads = 1;
constexpr Duration kHousekeeping = std::chrono::minutes(10);
constexpr std::size_t kPruneRows = 500;

Result<std::shared_ptr<delivery::Target>> make_target(net::HttpClient& client, Clock& clock,
                                                      const config::Webhook& webhook) {
  delivery::WebhookOptions options;
  auto url = webhook.url.read();
  if (!url) return fail(std::move(url.error()).in("url"));
  options.url = std::move(*url);
  options.timeout = webhook.timeout;
  const auto secrets = [secret = webhook.secret]() -> Result<delivery::WebhookSecrets> {
    if (!secret) return delivery::WebhookSecrets{};
    auto text = secret->read();
    if (!text) return fail(std::move(text.error()).in("secret"));
    return delivery::WebhookSecrets::parse({*text});
  };
  auto first = secrets();
  if (!first) return fail(std::move(first.error()));
  options.secrets = std::move(*first);
  options.reread = secrets;
  for (const auto& [name, value] : webhook.headers) {
    auto text = value.read();
    if (!text) return fail(std::move(text.error()).in("header '" + name + "'"));
    options.headers.add(name, *text);
  }
  return std::make_shared<delivery::Webhook>(client, clock, std::move(options));
}

}  // namespace

class App::Impl {
 public:
  Impl(asio::any_io_executor executor, Clock& clock, Options options,
       std::shared_ptr<const config::Config> config, std::unique_ptr<store::Store> store)
      : executor_(executor),
        clock_(clock),
        options_(std::move(options)),
        config_(std::move(config)),
        store_(std::move(store)),
        random_(options_.seed),
        pool_(kPoolThreads),
        client_(net::make_http_client(clock)),
        prober_(endpoints::make_prober(clock)),
        workers_(executor, clock, options_.workers),
        exporter_(executor, clock, {.max_series = config_->exporter.max_series}),
        own_metrics_(exporter_.registry()),
        deliverer_(executor, clock, random_, *store_, delivery_hooks()),
        scheduler_(
            clock, *store_,
            [this](auto& connection, const auto& schedule, TimePoint due) {
              return fire(connection, schedule, due);
            },
            [this] { fired(); },
            [](const Error& error) { log::error("schedule failed", {{"error", error.message}}); }),
        models_(
            executor, services(), [this](const std::string& key) { return monitor_hooks(key); },
            [this](const config::Model& model, monitor::ModelMonitor& monitor) {
              return sources(model, monitor);
            },
            options_.seed),
        heartbeat_(
            clock, *client_, [this] { return config_->heartbeat; },
            [this] { return makes_progress(); }),
        background_(executor) {}

  Async<> start() {
    set_log_level();
    if (auto cleaned = clean(); !cleaned) co_return fail(std::move(cleaned.error()));
    if (auto ready = set_targets(*config_); !ready) co_return fail(std::move(ready.error()));
    api::ServerOptions server;
    server.address =
        config_->server.listen.host == "localhost" ? "127.0.0.1" : config_->server.listen.host;
    server.port = config_->server.listen.port;
    auto listening =
        api::Server::listen(executor_, clock_, std::move(server), make_routes(context()));
    if (!listening) co_return fail(std::move(listening.error()));
    server_ = std::move(*listening);
    refresh_deliveries();
    if (auto retired = co_await retire(); !retired) co_return retired;
    if (auto applied = co_await models_.apply(config_); !applied) co_return applied;
    set_schedules();
    background_.spawn(scheduler_.run(), "scheduler");
    background_.spawn(housekeeping(), "housekeeping");
    background_.spawn(heartbeat_.run(), "heartbeat");
    if (options_.alive_every > Duration{0}) background_.spawn(watchdog(), "watchdog");
    deliverer_.wake();
    ready_ = true;
    log::info("ready",
              {{"listen", config_->server.listen.host + ":" + std::to_string(server_->port())},
               {"models", config_->models.size()},
               {"state", config_->state}});
    co_return Result<>{};
  }

  Async<> reload() {
    auto next = config::load(options_.config_file, checkers());
    auto applied =
        next ? co_await apply(std::move(*next)) : Result<>(fail(std::move(next.error())));
    own_metrics_.reloaded(applied.has_value(), clock_.now());
    if (!applied) log::error("reload refused", {{"error", applied.error().message}});
    co_return applied;
  }

  Async<> stop(Duration deadline) {
    if (stopped_) co_return Result<>{};
    stopped_ = true;
    ready_ = false;
    Result<> worst;
    const auto keep = [&worst](Result<> done) {
      if (!done && done.error().code != ErrorCode::kCancelled) worst = std::move(done);
    };
    background_.stop();
    keep(co_await models_.stop(deadline));
    keep(co_await background_.join(clock_, deadline));
    keep(co_await deliverer_.stop(deadline / 2));
    keep(co_await workers_.stop());
    if (server_) keep(co_await server_->stop(deadline / 2));
    prober_.reset();
    client_.reset();  // with the connections at rest, whose alarm would keep the event loop
    pool_.join();
    store_->close();
    co_return worst;
  }

  std::uint16_t port() const { return server_ ? server_->port() : std::uint16_t{0}; }
  bool idle() const { return ready_ && models_.idle(); }
  bool busy() const { return models_.busy(); }
  std::string status_line() const {
    return std::to_string(config_->models.size()) + " models, listening on port " +
           std::to_string(port());
  }

 private:
  /// Files that a crash left behind and no row names.
  Result<> clean() {
    std::error_code error;
    std::filesystem::create_directories(store_->references(), error);
    std::filesystem::remove_all(monitor::worker_scratch(*store_), error);
    std::filesystem::create_directories(monitor::worker_scratch(*store_), error);
    if (error) return fail(ErrorCode::kUnavailable, "state directory: " + error.message());
    auto named =
        store_->read([](store::Connection& connection) { return store::extracts(connection); });
    if (!named) return fail(std::move(named.error()));
    std::set<std::string, std::less<>> kept(named->begin(), named->end());
    kept.insert("worker");
    auto deleted = store::delete_unnamed(store_->scratch(), kept);
    if (!deleted) return fail(std::move(deleted.error()));
    return {};
  }

  Result<> set_targets(const config::Config& config) {
    std::vector<delivery::NamedTarget> targets;
    for (const auto& [name, target] : config.targets) {
      auto made = std::visit(
          [this](const auto& kind) { return make_target(*client_, clock_, kind); }, target.kind);
      if (!made) return fail(std::move(made.error()).in("target '" + name + "'"));
      targets.push_back({.name = name, .target = std::move(*made)});
    }
    deliverer_.set_targets(std::move(targets));
    return {};
  }

  Async<> apply(std::shared_ptr<const config::Config> next) {
    if (next->hash == config_->hash) {
      log::info("reload: nothing changed");
      co_return Result<>{};
    }
    if (!(next->server.listen == config_->server.listen) || next->state != config_->state ||
        next->exporter.max_series != config_->exporter.max_series) {
      co_return fail(ErrorCode::kInvalidConfig,
                     "server.listen, state and exporter.max_series change with a restart only");
    }
    if (auto ready = set_targets(*next); !ready) co_return fail(std::move(ready.error()));
    const std::shared_ptr<const config::Config> before = std::exchange(config_, std::move(next));
    set_log_level();
    heartbeat_.wake();
    auto applied = co_await models_.apply(config_);
    for (const config::Model& model : before->models) {
      if (config_->find(model.key()) == nullptr) exporter_.remove(model.key());
    }
    set_schedules();
    if (auto retired = co_await retire(); applied && !retired) applied = std::move(retired);
    log::info("reload applied", {{"models", config_->models.size()}});
    co_return applied;
  }

  /// The log is the process's: with two apps in it the last one decides.
  void set_log_level() const {
    const auto level = log::parse_level(config::to_string(config_->log_level));
    LEEWAY_ASSERT(level.has_value(), "both name the same levels");
    log::set_level(*level);
  }

  /// The ends of models that are configured no more.
  Async<> retire() {
    auto ended = co_await monitor::retire_models(services(), config_, random_);
    if (!ended) co_return fail(std::move(ended.error()));
    if (*ended > 0) deliverer_.wake();
    co_return Result<>{};
  }

  monitor::Services services() {
    return {.clock = clock_, .store = *store_, .workers = workers_, .pool = pool_};
  }

  using Sources = std::vector<std::unique_ptr<monitor::LiveSource>>;

  /// What watches a model beside its batches.
  /// @param monitor  outlives them
  Sources sources(const config::Model& model, monitor::ModelMonitor& monitor) {
    Sources sources;
    if (model.endpoint) watch_endpoint(sources, model, monitor);
    if (model.compute) watch_compute(sources, model, monitor.board());
    if (model.registry) watch_registry(sources, model, monitor);
    return sources;
  }

  void watch_endpoint(Sources& sources, const config::Model& model,
                      monitor::ModelMonitor& monitor) {
    monitor::LiveBoard& board = monitor.board();
    const auto reference = [&monitor] { return monitor.reference(); };
    sources.push_back(std::make_unique<endpoint::EndpointMonitor>(services(), *prober_, board,
                                                                  model, random_.next()));
    const auto score = [&](const endpoint::ScoringKind& kind) {
      sources.push_back(std::make_unique<endpoint::ScoringMonitor>(
          services(), *prober_, board, model, kind, reference, random_.next()));
    };
    if (model.endpoint->canary) score(endpoint::canary_kind());
    if (model.endpoint->shadow) score(endpoint::shadow_kind());
    if (!model.endpoint->labels) return;
    sources.push_back(std::make_unique<endpoint::LabelWatch>(services(), board, model, reference,
                                                             random_.next()));
  }

  void watch_compute(Sources& sources, const config::Model& model, monitor::LiveBoard& board) {
    const compute::Surroundings around{
        .clock = clock_, .store = *store_, .pool = pool_, .http = *client_};
    auto zone = retraining::TimeZone::find(model.window.time_zone);
    LEEWAY_ASSERT(zone, "time zones were checked when the configuration was loaded");
    compute::ComputeSource::Options options{
        .key = model.key(), .compute = *model.compute, .zone = *zone};
    sources.push_back(std::make_unique<compute::ComputeSource>(around, std::move(options), board));
  }

  void watch_registry(Sources& sources, const config::Model& model,
                      monitor::ModelMonitor& monitor) {
    monitor::LiveBoard& board = monitor.board();
    sources.push_back(std::make_unique<registry::RegistryMonitor>(services(), *client_, board,
                                                                  model, random_.next()));
    if (!model.registry->write_back) return;
    const auto reference = [&monitor] { return monitor.reference(); };
    sources.push_back(std::make_unique<registry::WriteBack>(services(), *client_, board, model,
                                                            reference, random_.next()));
  }

  void set_schedules() {
    std::vector<retraining::Schedule> schedules;
    for (const config::Model& model : config_->models) {
      if (!model.retraining || !model.retraining->schedule) continue;
      auto cron = retraining::Cron::parse(model.retraining->schedule->cron);
      auto zone = retraining::TimeZone::find(model.retraining->schedule->time_zone);
      LEEWAY_ASSERT(cron && zone, "schedules were checked when the configuration was loaded");
      schedules.push_back({.name = model.key(), .cron = std::move(*cron), .zone = *zone});
    }
    {
      const std::lock_guard lock(fire_mutex_);
      fire_config_ = config_;
      fire_random_ = Random(random_.next());
      std::erase_if(fire_unmet_,
                    [this](const auto& each) { return models_.find(each.first) == nullptr; });
    }
    scheduler_.set_schedules(std::move(schedules));
  }

  /// On the store's thread.
  Result<> fire(store::Connection& connection, const retraining::Schedule& schedule,
                TimePoint due) {
    retraining::Request request;
    retraining::Plan plan;
    {
      const std::lock_guard lock(fire_mutex_);
      const config::Model* model = fire_config_->find(schedule.name);
      if (model == nullptr) return {};
      request.id = store::new_id(*fire_random_, due);
      request.delivery_id = store::new_id(*fire_random_, due);
      request.environment = config::to_string(model->environment);
      // A model that has not looked yet cannot say that anything holds.
      const auto unmet = fire_unmet_.find(schedule.name);
      plan = monitor::retraining_plan(
          *model, unmet == fire_unmet_.end() ? model->retraining->requires_all : unmet->second);
    }
    request.model = schedule.name;
    request.cause = store::RetrainingCause::kSchedule;
    request.asked_by = schedule.specification();
    auto asked = retraining::request(connection, request, plan, clock_.now());
    if (!asked) return fail(std::move(asked.error()));
    const std::lock_guard lock(fire_mutex_);
    fired_.push_back(std::move(*asked));
    return {};
  }

  /// After the commit, on our thread.
  void fired() {
    std::vector<store::Retraining> retrainings;
    {
      const std::lock_guard lock(fire_mutex_);
      retrainings.swap(fired_);
    }
    for (const store::Retraining& retraining : retrainings) {
      if (monitor::ModelMonitor* monitor = models_.find(retraining.model))
        monitor->note(retraining);
    }
    deliverer_.wake();
  }

  delivery::Hooks delivery_hooks() {
    delivery::Hooks hooks;
    hooks.ended = [](store::Connection& connection, const store::Delivery& delivery) -> Result<> {
      auto ended = retraining::delivery_ended(connection, delivery, false);
      if (!ended) return fail(std::move(ended.error()));
      return {};
    };
    hooks.trouble = [](const store::Delivery& delivery, const std::string& problem) {
      log::error("delivery not followed up", {{"id", delivery.id}, {"error", problem}});
    };
    hooks.recorded = [this](const store::Delivery& delivery, const store::Attempt& attempt) {
      if (!attempt.error.empty()) {
        log::warn("delivery failed", {{"target", delivery.target},
                                      {"id", delivery.id},
                                      {"attempt", attempt.number},
                                      {"error", attempt.error}});
      }
      refresh_deliveries();
      if (delivery.kind == "retraining") refresh_retraining(delivery.id);
    };
    return hooks;
  }

  void refresh_retraining(const std::string& delivery_id) {
    auto found = store_->read([&delivery_id](store::Connection& connection) {
      return store::retraining_of_delivery(connection, delivery_id);
    });
    if (!found || !*found) return;
    if (monitor::ModelMonitor* monitor = models_.find((*found)->model)) monitor->note(**found);
  }

  void refresh_deliveries() {
    auto status = deliverer_.status();
    if (!status) return;
    dead_ = 0;
    for (const delivery::TargetStatus& target : *status) dead_ += target.dead;
    own_metrics_.deliveries(*status);
    auto totals =
        store_->read([](store::Connection& connection) { return store::counters(connection); });
    if (totals) own_metrics_.totals(*totals);
  }

  monitor::Hooks monitor_hooks(const std::string& key) {
    monitor::Hooks hooks;
    hooks.decided = [this] {
      deliverer_.wake();
      refresh_deliveries();
    };
    hooks.publish = [this, key](const exporter::ModelMetrics& metrics) {
      exporter_.publish(key, metrics);
    };
    hooks.dead_deliveries = [this] { return dead_; };
    hooks.unmet = [this, key](const std::vector<std::string>& unmet) {
      const std::lock_guard lock(fire_mutex_);
      fire_unmet_[key] = unmet;
    };
    hooks.progressed = [this, key] { progress_[key] = clock_.monotonic(); };
    return hooks;
  }

  RoutesContext context() {
    return {.clock = clock_,
            .store = *store_,
            .exporter = exporter_,
            .models = models_,
            .deliverer = deliverer_,
            .pool = pool_,
            .config = [this] { return config_; },
            .ready = [this] { return ready_ && store_->healthy(); },
            .trouble = [this] { return store_->trouble(); },
            .reload = [this] { return reload(); }};
  }

  /// Retention, and the memory of the last burst of work back to the system.
  Task<> housekeeping() {
    while (co_await clock_.sleep(kHousekeeping)) {
      store::Retention retention;
      retention.history = config_->retention.history;
      retention.deliveries = config_->retention.deliveries;
      retention.max_bytes = config_->retention.size.bytes;
      auto prune = [retention, now = clock_.now()](store::Connection& connection) {
        return store::prune(connection, retention, now, kPruneRows);
      };
      auto pruned = co_await store_->write(std::move(prune));
      if (!pruned) log::warn("retention", {{"error", pruned.error().message}});
      ::malloc_trim(0);
    }
  }

  /// Whether the store takes commits and every model has looked at its files lately.
  bool makes_progress() const {
    const Duration now = clock_.monotonic();
    bool stuck = !store_->healthy();
    for (const monitor::ModelMonitor* monitor : models_.all()) {
      const auto last = progress_.find(monitor->model().key());
      // A fold may take as long as its deadline; more than twice that is no progress.
      const Duration allowed = 3 * monitor->model().batches.every + 2 * tables::Limits{}.deadline;
      stuck = stuck || (last != progress_.end() && now - last->second > allowed);
    }
    return !stuck;
  }

  /// Says that we are alive, for as long as that holds.
  Task<> watchdog() {
    while (co_await clock_.sleep(options_.alive_every)) {
      if (makes_progress()) options_.alive();
    }
  }

  asio::any_io_executor executor_;
  Clock& clock_;
  Options options_;
  std::shared_ptr<const config::Config> config_;
  std::unique_ptr<store::Store> store_;
  Random random_;
  asio::thread_pool pool_;
  std::unique_ptr<net::HttpClient> client_;
  std::unique_ptr<endpoints::Prober> prober_;
  tables::WorkerPool workers_;
  exporter::Exporter exporter_;
  OwnMetrics own_metrics_;
  delivery::Deliverer deliverer_;
  retraining::Scheduler scheduler_;
  Models models_;
  Heartbeat heartbeat_;
  TaskGroup background_;
  std::unique_ptr<api::Server> server_;
  std::map<std::string, Duration, std::less<>> progress_;
  std::uint64_t dead_ = 0;
  bool ready_ = false;
  bool stopped_ = false;

  std::mutex fire_mutex_;  // schedules fire on the store's thread
  std::shared_ptr<const config::Config> fire_config_;
  std::optional<Random> fire_random_;
  std::map<std::string, std::vector<std::string>, std::less<>> fire_unmet_;
  std::vector<store::Retraining> fired_;  // those whose commit is not yet known
};

App::App(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
App::~App() = default;

Result<std::unique_ptr<App>> App::create(asio::any_io_executor executor, Clock& clock,
                                         Options options) {
  auto config = config::load(options.config_file, checkers());
  if (!config) return fail(std::move(config.error()));
  auto store = store::Store::open((*config)->state);
  if (!store)
    return fail(std::move(store.error()).in("state directory '" + (*config)->state + "'"));
  return std::unique_ptr<App>(new App(std::make_shared<Impl>(
      executor, clock, std::move(options), std::move(*config), std::move(*store))));
}

Async<> App::start() { co_return co_await impl_->start(); }
Async<> App::reload() { co_return co_await impl_->reload(); }
Async<> App::stop(Duration deadline) { co_return co_await impl_->stop(deadline); }
std::uint16_t App::port() const { return impl_->port(); }
bool App::idle() const { return impl_->idle(); }
bool App::busy() const { return impl_->busy(); }
std::string App::status_line() const { return impl_->status_line(); }

}  // namespace leeway::app
