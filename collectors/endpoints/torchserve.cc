// TorchServe: inference on one port, management on the next.
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <utility>

#include "collectors/endpoints/dialects.h"
#include "collectors/endpoints/json.h"
#include "collectors/net/url.h"

namespace leeway::endpoints {
namespace {

constexpr std::uint16_t kInferencePort = 8080;

class Torchserve final : public Dialect {
 public:
  Result<Site> locate(const ProbeTarget& target) const override {
    auto site =
        with_model(locate_model(target, "/predictions/"), "http://host:8080/predictions/NAME");
    return site;
  }

  Ask health(const Site& site, const ProbeTarget&) const override {
    return {.url = site.base + "/ping"};
  }

  /// 200 with {"status": "Partial Healthy"} or "Unhealthy" means that workers are missing.
  Health judge(const net::HttpResponse& response, const Site& site) const override {
    if (response.status != 200) return Dialect::judge(response, site);
    const auto body = parse_json(response.body);
    const std::string status = body ? text_of(member(&*body, "status")) : "";
    if (status == "Healthy") return {.up = true, .ready = true};
    if (status.empty()) return {.up = false, .sentence = "the answer has no text 'status'"};
    return {.up = false, .ready = false, .sentence = "the server says that it is " + status};
  }

  std::optional<Ask> metadata(const Site& site) const override {
    const auto url = net::parse_url(site.base);
    if (!url || url->port != kInferencePort) return std::nullopt;
    std::string base = site.base;
    base.replace(base.rfind(":8080"), 5, ":8081");
    const std::string version = site.version.empty() ? "" : "/" + site.version;
    return Ask{.url = base + "/models/" + site.model + version};
  }

  Result<Metadata> read_metadata(const net::HttpResponse& response, const Site&) const override {
    const auto body = parse_json(response.body);
    if (!body) return fail(body.error());
    const auto* list = body->if_array();
    if (list == nullptr || list->empty()) {
      return fail(ErrorCode::kCorrupt, "the answer is no list of models");
    }
    const auto* model = &list->front();
    return Metadata{.model = text_of(member(model, "modelName")),
                    .version = text_of(member(model, "modelVersion")),
                    .platform = text_of(member(model, "runtime"))};
  }

  Result<Ask> ask(const Site& site, const Rows& rows, const Metadata*) const override {
    return ask_with(site, json::serialize(json::object{{"instances", cells_of(rows)}}));
  }

  Result<Ask> ask_with(const Site& site, std::string body) const override {
    const std::string version = site.version.empty() ? "" : "/" + site.version;
    return post_json(site.base + "/predictions/" + site.model + version, std::move(body));
  }
};

}  // namespace

std::unique_ptr<Dialect> make_torchserve() { return std::make_unique<Torchserve>(); }

}  // namespace leeway::endpoints
