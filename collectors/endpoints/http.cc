// Any HTTP server: one request, judged by its status and the target's checks.
#include <utility>

#include "collectors/endpoints/dialects.h"

namespace leeway::endpoints {
namespace {

class Http final : public Dialect {
 public:
  Ask health(const Site& site, const ProbeTarget& target) const override {
    Ask ask{.method = target.method, .url = site.base + site.path, .body = target.body};
    if (!target.body.empty()) ask.content_type = "application/json";
    return ask;
  }

  Result<Ask> ask_with(const Site& site, std::string body) const override {
    return post_json(site.base + site.path, std::move(body));
  }
};

}  // namespace

std::unique_ptr<Dialect> make_http() { return std::make_unique<Http>(); }

}  // namespace leeway::endpoints
