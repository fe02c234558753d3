// MLflow's scoring server: mlflow/pyfunc/scoring_server.
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_from.hpp>
#include <utility>

#include "collectors/endpoints/dialects.h"
#include "collectors/endpoints/json.h"

namespace leeway::endpoints {
namespace {

class Mlflow final : public Dialect {
 public:
  Result<Site> locate(const ProbeTarget& target) const override {
    return locate_model(target, "/invocations");
  }

  Ask health(const Site& site, const ProbeTarget&) const override {
    return {.url = site.base + "/ping"};
  }

  // The server says its own version and nothing about the model.
  std::optional<Ask> metadata(const Site& site) const override {
    return Ask{.url = site.base + "/version"};
  }

  Result<Metadata> read_metadata(const net::HttpResponse& response,
                                 const Site& site) const override {
    return Metadata{.model = site.model,
                    .version = site.version,
                    .platform = "mlflow " + response.body.substr(0, 64)};
  }

  Result<Ask> ask(const Site& site, const Rows& rows, const Metadata*) const override {
    const json::object split{{"columns", json::value_from(rows.names)}, {"data", cells_of(rows)}};
    return ask_with(site, json::serialize(json::object{{"dataframe_split", split}}));
  }

  Result<Ask> ask_with(const Site& site, std::string body) const override {
    return post_json(site.base + "/invocations", std::move(body));
  }
};

}  // namespace

std::unique_ptr<Dialect> make_mlflow() { return std::make_unique<Mlflow>(); }

}  // namespace leeway::endpoints
