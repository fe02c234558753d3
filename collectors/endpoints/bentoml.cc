// BentoML: /readyz, an OpenAPI description, and one path an API.
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <utility>

#include "collectors/endpoints/dialects.h"
#include "collectors/endpoints/json.h"

namespace leeway::endpoints {
namespace {

class Bentoml final : public Dialect {
 public:
  Result<Site> locate(const ProbeTarget& target) const override {
    auto site = locate_path(target);
    if (!site) return site;
    while (site->path.ends_with('/')) site->path.pop_back();
    site->base += site->path;  // a service behind a gateway has a path of its own
    if (site->signature.empty()) site->signature = "predict:input_data";
    return site;
  }

  Ask health(const Site& site, const ProbeTarget&) const override {
    return {.url = site.base + "/readyz"};
  }

  std::optional<Ask> metadata(const Site& site) const override {
    return Ask{.url = site.base + "/docs.json"};
  }

  /// The service's title is "NAME:TAG", or NAME, and its description "# NAME:TAG" and more; its
  /// version says "None" where nobody set one.
  Result<Metadata> read_metadata(const net::HttpResponse& response, const Site&) const override {
    const auto body = parse_json(response.body);
    if (!body) return fail(body.error());
    const auto* info = member(&*body, "info");
    Metadata out{.model = text_of(member(info, "title")),
                 .version = text_of(member(info, "version")),
                 .platform = "bentoml"};
    if (out.version == "None") out.version.clear();
    const auto colon = out.model.find(':');
    if (colon != std::string::npos && out.version.empty()) {
      out.version = out.model.substr(colon + 1);
      out.model.resize(colon);
    }
    const std::string description = text_of(member(info, "description"));
    const std::string heading = "# " + out.model + ":";
    if (out.version.empty() && description.starts_with(heading)) {
      const auto end = description.find('\n');
      out.version = description.substr(heading.size(), end - heading.size());
    }
    return out;
  }

  Result<Ask> ask(const Site& site, const Rows& rows, const Metadata*) const override {
    const auto colon = site.signature.find(':');
    const std::string parameter =
        colon == std::string::npos ? "input_data" : site.signature.substr(colon + 1);
    return ask_with(site, json::serialize(json::object{{parameter, records_of(rows)}}));
  }

  Result<Ask> ask_with(const Site& site, std::string body) const override {
    return post_json(site.base + "/" + site.signature.substr(0, site.signature.find(':')),
                     std::move(body));
  }
};

}  // namespace

std::unique_ptr<Dialect> make_bentoml() { return std::make_unique<Bentoml>(); }

}  // namespace leeway::endpoints
