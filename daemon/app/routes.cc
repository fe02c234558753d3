#include "daemon/app/routes.h"

#include <array>
#include <charconv>
#include <map>
#include <optional>
#include <utility>

#include "daemon/app/reports.h"
#include "daemon/retraining/retraining.h"

namespace leeway::app {
namespace {

constexpr std::size_t kLimit = 1000;
constexpr std::string_view kApi = "/api/v1/";

constexpr std::string_view kLanding =
    "Leeway watches machine-learning models.\n\n"
    "/metrics                for Prometheus\n"
    "/-/healthy  /-/ready    is it alive, is it ready\n"
    "/api/v1/status  /api/v1/windows  /api/v1/incidents  /api/v1/deliveries  /api/v1/retrainings\n"
    "/api/v1/live  /api/v1/events\n";

class Routes {
 public:
  explicit Routes(RoutesContext context) : context_(std::move(context)) {}

  /// What is answered in the turn in which it was read.
  std::optional<api::Response> ready(const api::Request& request) {
    const std::string_view path = request.path();
    if (path == "/metrics") return request.method() == "GET" ? metrics(request) : only("GET, HEAD");
    if (path == "/-/healthy") return api::Response::text(200, "healthy\n");
    if (path == "/-/ready") {
      if (context_.ready()) return api::Response::text(200, "ready\n");
      return api::Response::text(503, "not ready: " + context_.trouble() + "\n");
    }
    if (path == "/") return api::Response::text(200, std::string(kLanding));
    return std::nullopt;
  }

  Async<api::Response> later(api::Request request) {
    const std::string_view path = request.path();
    if (path == "/metrics") co_return co_await slow_metrics(std::move(request));
    if (request.method() == "GET") co_return co_await show(std::move(request));
    if (request.method() != "POST" && request.method() != "PUT") co_return only("GET, HEAD, POST");
    if (path == "/-/reload") co_return answer(co_await context_.reload(), "reloaded\n");
    if (request.header("X-Leeway").empty()) {
      co_return api::Response::text(
          403, "send the header 'X-Leeway: 1' with requests that change something\n");
    }
    co_return co_await act(std::move(request));
  }

 private:
  static api::Response only(std::string allow) {
    return api::Response::method_not_allowed(std::move(allow));
  }

  static api::Response answer(const Result<>& done, std::string text) {
    if (!done) {
      const int status = done.error().code == ErrorCode::kInvalidConfig ? 500 : 503;
      return api::Response::text(status, done.error().message + "\n");
    }
    return api::Response::text(200, std::move(text));
  }

  /// Pages change a few times a minute and are scraped far more often: the head of each is kept.
  api::Response respond(const std::shared_ptr<const exporter::Page>& page,
                        exporter::Format format) {
    Cached& cached = cache_[(format.open_metrics ? 2U : 0U) + (format.gzip ? 1U : 0U)];
    if (cached.page == page) return cached.response;
    api::Response response;
    response.content_type = page->content_type;
    if (page->gzip) response.headers.emplace_back("Content-Encoding", "gzip");
    response.headers.emplace_back("Vary", "Accept, Accept-Encoding");
    response.body = std::shared_ptr<const api::Pieces>(page, &page->pieces);
    cached = {page, api::Response::prepared(std::move(response))};
    return cached.response;
  }

  std::optional<api::Response> metrics(const api::Request& request) {
    const exporter::Format format =
        exporter::negotiate(request.header("Accept"), request.header("Accept-Encoding"));
    const auto page = context_.exporter.ready_page(format);
    if (!page) return std::nullopt;
    return respond(page, format);
  }

  Async<api::Response> slow_metrics(api::Request request) {
    const exporter::Format format =
        exporter::negotiate(request.header("Accept"), request.header("Accept-Encoding"));
    const auto page = co_await context_.exporter.page(format);
    co_return respond(page, format);
  }

  Async<api::Response> show(api::Request request) {
    const std::string_view path = request.path();
    if (!path.starts_with(kApi)) co_return api::Response::not_found();
    const std::string what(path.substr(kApi.size()));
    Query query;
    query.model = resolve(request.parameter("model"));
    query.state = request.parameter("state");
    query.limit = limit(request);
    query.columns = request.parameter("columns").has_value();
    Result<std::string> body = fail(ErrorCode::kNotFound, "no such resource: " + what);
    if (what == "status") body = status_report(context_.models, query, context_.clock.now());
    if (what == "windows")
      body = co_await windows_report(context_.store, context_.pool, context_.models, query);
    if (what == "incidents") body = incidents_report(context_.store, query);
    if (what == "deliveries") body = deliveries_report(context_.store, query);
    if (what == "live") body = live_report(context_.store, context_.models, query);
    if (what == "events") body = events_report(context_.store, query);
    if (what == "retrainings") body = retrainings_report(context_.store, query);
    if (!body) co_return api::Response::of(body.error());
    co_return api::Response::json(200, std::move(*body));
  }

  Async<api::Response> act(api::Request request) {
    std::string_view rest = request.path();
    if (!rest.starts_with(kApi)) co_return api::Response::not_found();
    rest.remove_prefix(kApi.size());
    const std::size_t first = rest.find('/');
    const std::size_t second = first == std::string_view::npos ? first : rest.find('/', first + 1);
    if (second == std::string_view::npos) co_return api::Response::not_found();
    const std::string kind(rest.substr(0, first));
    const std::string id(rest.substr(first + 1, second - first - 1));
    const std::string verb(rest.substr(second + 1));
    if (kind == "deliveries") co_return co_await act_on_delivery(id, verb);
    if (kind == "retrainings") co_return co_await act_on_retraining(id, verb, request.peer());
    co_return api::Response::not_found();
  }

  Async<api::Response> act_on_delivery(std::string id, std::string verb) {
    if (verb != "retry" && verb != "drop") co_return api::Response::not_found();
    Result<store::Delivery> done = fail(ErrorCode::kNotFound, "");
    if (verb == "retry") {
      done = co_await context_.deliverer.retry(id);
    } else {
      done = co_await context_.deliverer.drop(id);
    }
    if (!done) co_return api::Response::of(done.error());
    co_return api::Response::json(200, delivery_json(*done));
  }

  Async<api::Response> act_on_retraining(std::string id, std::string verb, std::string who) {
    if (verb != "approve" && verb != "cancel") co_return api::Response::not_found();
    std::map<std::string, std::vector<std::string>> unmet;
    for (const monitor::ModelMonitor* monitor : context_.models.all()) {
      unmet.emplace(monitor->model().key(), monitor->unmet());
    }
    auto write =
        [id, verb, who, unmet = std::move(unmet), config = context_.config(),
         now = context_.clock.now()](store::Connection& connection) -> Result<store::Retraining> {
      if (verb == "cancel") return retraining::cancel(connection, id, who, now);
      auto found = store::retraining(connection, id);
      if (!found) return fail(std::move(found.error()));
      if (!*found) return fail(ErrorCode::kNotFound, "no retraining '" + id + "'");
      const config::Model* model = config->find((*found)->model);
      if (model == nullptr)
        return fail(ErrorCode::kNotFound, "model '" + (*found)->model + "' is not configured");
      const auto known = unmet.find(model->key());
      return retraining::approve(
          connection, id, who,
          monitor::retraining_plan(
              *model, known == unmet.end() ? std::vector<std::string>{} : known->second),
          now);
    };
    auto done = co_await context_.store.write(std::move(write));
    if (!done) co_return api::Response::of(done.error());
    context_.deliverer.wake();
    if (monitor::ModelMonitor* monitor = context_.models.find(done->model)) monitor->note(*done);
    co_return api::Response::json(200, retraining_json(*done));
  }

  /// "flight-delay" means the one model of that name in whatever environment.
  std::optional<std::string> resolve(std::optional<std::string> name) const {
    if (!name || context_.models.find(*name) != nullptr) return name;
    for (const monitor::ModelMonitor* monitor : context_.models.all()) {
      if (monitor->model().name == *name) return monitor->model().key();
    }
    return name;
  }

  static std::size_t limit(const api::Request& request) {
    const std::optional<std::string> text = request.parameter("limit");
    std::size_t value = kLimit;
    if (text) std::from_chars(text->data(), text->data() + text->size(), value);
    return std::min(value, 100 * kLimit);
  }

  struct Cached {
    std::shared_ptr<const exporter::Page> page;
    api::Response response;
  };

  RoutesContext context_;
  std::array<Cached, 4> cache_;
};

}  // namespace

api::Handlers make_routes(RoutesContext context) {
  const auto routes = std::make_shared<Routes>(std::move(context));
  api::Handlers handlers;
  handlers.ready = [routes](const api::Request& request) { return routes->ready(request); };
  handlers.later = [routes](api::Request request) { return routes->later(std::move(request)); };
  return handlers;
}

}  // namespace leeway::app
