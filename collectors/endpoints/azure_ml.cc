// Azure Machine Learning online endpoints.
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_from.hpp>
#include <utility>

#include "collectors/endpoints/dialects.h"
#include "collectors/endpoints/json.h"

namespace leeway::endpoints {
namespace {

class AzureMl final : public Dialect {
 public:
  /// The URL is the scoring URI; one without a path means "/score".
  Result<Site> locate(const ProbeTarget& target) const override {
    auto site = locate_path(target);
    if (site && site->path == "/") site->path = "/score";
    return site;
  }

  Ask health(const Site& site, const ProbeTarget&) const override {
    return {.url = site.base + "/", .headers = pinned(site)};
  }

  Health judge(const net::HttpResponse& response, const Site& site) const override {
    if (response.status == 424) {  // the endpoint is there; what it calls has failed
      return {.up = false, .ready = false, .sentence = "the model failed: " + complaint(response)};
    }
    return Dialect::judge(response, site);
  }

  /// The form of models that MLflow packed, which a scoring script may read as well.
  Result<Ask> ask(const Site& site, const Rows& rows, const Metadata*) const override {
    const json::object data{{"columns", json::value_from(rows.names)}, {"data", cells_of(rows)}};
    return ask_with(site, json::serialize(json::object{{"input_data", data}}));
  }

  Result<Ask> ask_with(const Site& site, std::string body) const override {
    auto ask = post_json(site.base + site.path, std::move(body));
    ask.headers = pinned(site);
    return ask;
  }

 private:
  static net::Headers pinned(const Site& site) {
    net::Headers headers;
    if (!site.signature.empty()) headers.add("azureml-model-deployment", site.signature);
    return headers;
  }
};

}  // namespace

std::unique_ptr<Dialect> make_azure_ml() { return std::make_unique<AzureMl>(); }

}  // namespace leeway::endpoints
