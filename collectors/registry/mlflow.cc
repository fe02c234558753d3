#include "collectors/registry/mlflow.h"

#include <algorithm>
#include <cstdio>
#include <utility>

#include "collectors/net/base64.h"
#include "collectors/registry/mlflow_wire.h"
#include "detectors/base/bytes.h"

namespace leeway::registry {
namespace {

constexpr std::string_view kApi = "/api/2.0/mlflow/";
constexpr std::size_t kLongestPart = 160;  // MLflow takes keys of 250

bool is_kept(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         c == '-' || c == '.' || c == ' ';
}

std::string without_slash(std::string url) {
  while (url.ends_with('/')) url.pop_back();
  return url;
}

}  // namespace

std::string metric_key(const std::string& measure, const std::string& part) {
  std::string key = "leeway/" + measure;
  if (part.empty()) return key;
  std::string kept = part.substr(0, kLongestPart);
  std::ranges::replace_if(kept, [](char c) { return !is_kept(c); }, '_');
  // A key is a path to MLflow: "." and ".." are none of its names.
  const bool is_dots = std::ranges::all_of(kept, [](char c) { return c == '.'; });
  if (kept != part || is_dots) {
    char hash[16];
    std::snprintf(hash, sizeof hash, "-%08x", static_cast<unsigned>(hash64(part) & 0xffffffffU));
    kept += hash;
  }
  return key + "/" + kept;
}

Mlflow::Mlflow(net::HttpClient& client, MlflowOptions options)
    : client_(client), options_(std::move(options)) {
  options_.url = without_slash(std::move(options_.url));
}

Result<> Mlflow::authorize() {
  const auto* bearer = std::get_if<Bearer>(&options_.authorization);
  const auto* basic = std::get_if<Basic>(&options_.authorization);
  authorized_ = true;
  if (bearer == nullptr && basic == nullptr) return {};
  auto secret = bearer != nullptr ? bearer->token() : basic->password();
  if (!secret) {
    authorized_ = false;
    return fail(std::move(secret.error()).in("the secret of the registry"));
  }
  field_ = {"Authorization", bearer != nullptr
                                 ? "Bearer " + *secret
                                 : "Basic " + net::base64(basic->user + ':' + *secret)};
  return {};
}

net::HttpRequest Mlflow::request_of(const std::string& method, const std::string& path,
                                    const std::string& body) const {
  net::HttpRequest request;
  request.method = method;
  request.url = options_.url + std::string(kApi) + path;
  request.headers = {{"Accept", "application/json"}};
  if (!body.empty()) request.headers.add("Content-Type", "application/json");
  if (field_) request.headers.add(field_->first, field_->second);
  request.body = body;
  request.tls = options_.tls;
  request.proxy = options_.proxy;
  request.limits = options_.limits;
  return request;
}

Async<std::string> Mlflow::ask(std::string method, std::string path, std::string body) {
  for (bool again = false;; again = true) {
    if (!authorized_) {
      if (auto ready = authorize(); !ready) co_return fail(std::move(ready.error()));
    }
    auto outcome = co_await client_.send(request_of(method, path, body));
    if (!outcome) co_return fail(std::move(outcome.error().error));
    if (outcome->status == 200) co_return std::move(outcome->body);
    if (outcome->status == 401) authorized_ = false;
    if (again || outcome->status != 401 || !field_) {
      co_return fail(wire::refusal(outcome->status, outcome->body));
    }
  }
}

Async<ModelVersion> Mlflow::version_of(std::string model, std::string alias) {
  auto body = co_await ask("GET",
                           "registered-models/alias?" + wire::query({{"name", std::move(model)},
                                                                     {"alias", std::move(alias)}}),
                           "");
  if (!body) co_return fail(std::move(body.error()));
  co_return wire::read_version(*body);
}

Async<std::string> Mlflow::experiment_id(std::string name) {
  const std::string path = "experiments/get-by-name?" + wire::query({{"experiment_name", name}});
  auto found = co_await ask("GET", path, "");
  if (found) co_return wire::read_experiment(*found);
  if (found.error().code != ErrorCode::kNotFound) co_return fail(std::move(found.error()));
  auto made = co_await ask("POST", "experiments/create", wire::create_experiment(name));
  if (made) co_return wire::read_new_experiment(*made);
  if (made.error().code != ErrorCode::kInvalidArgument) co_return fail(std::move(made.error()));
  // Somebody else may have made it in between.
  auto once_more = co_await ask("GET", path, "");
  if (once_more) co_return wire::read_experiment(*once_more);
  co_return fail(std::move(made.error()));
}

Async<std::optional<std::string>> Mlflow::find_run(std::string experiment_id, Tags tags) {
  auto body = co_await ask("POST", "runs/search", wire::search_runs(experiment_id, tags));
  if (!body) co_return fail(std::move(body.error()));
  co_return wire::read_first_run(*body);
}

Async<std::string> Mlflow::create_run(std::string experiment_id, std::string name, TimePoint start,
                                      Tags tags) {
  auto body =
      co_await ask("POST", "runs/create", wire::create_run(experiment_id, name, start, tags));
  if (!body) co_return fail(std::move(body.error()));
  auto run = wire::read_run(*body);
  if (!run) co_return fail(std::move(run.error()));
  co_return std::move(run->id);
}

Async<Run> Mlflow::run(std::string id) {
  auto body = co_await ask("GET", "runs/get?" + wire::query({{"run_id", std::move(id)}}), "");
  if (!body) co_return fail(std::move(body.error()));
  co_return wire::read_run(*body);
}

Async<> Mlflow::log_batch(std::string run_id, std::vector<Metric> metrics, Tags tags) {
  auto body = co_await ask("POST", "runs/log-batch", wire::log_batch(run_id, metrics, tags));
  if (!body) co_return fail(std::move(body.error()));
  co_return Result<>{};
}

}  // namespace leeway::registry
