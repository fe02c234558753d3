#include "collectors/endpoints/prober.h"

#include <utility>

#include "collectors/endpoints/endpoint.h"

namespace leeway::endpoints {
namespace {

class SharedProber final : public Prober {
 public:
  SharedProber(Clock& clock, ProberOptions options)
      : clock_(clock),
        client_(
            net::make_http_client(clock, {.user_agent = std::move(options.user_agent),
                                          .idle_per_origin = 32,  // a server may have many models
                                          .idle_total = options.idle_connections,
                                          .idle_timeout = options.idle_timeout})),
        tokens_(clock, *client_),
        slots_(options.max_in_flight) {}

  Result<std::unique_ptr<Endpoint>> open(ProbeTarget target) override {
    const std::string where = "endpoint '" + target.name + "'";
    auto endpoint = OpenEndpoint::open({clock_, *client_, tokens_, slots_}, std::move(target));
    if (!endpoint) return fail(std::move(endpoint.error()).in(where));
    return endpoint;
  }

 private:
  Clock& clock_;
  std::unique_ptr<net::PreparingClient> client_;
  Tokens tokens_;
  Slots slots_;
};

}  // namespace

std::unique_ptr<Prober> make_prober(Clock& clock, ProberOptions options) {
  return std::make_unique<SharedProber>(clock, std::move(options));
}

}  // namespace leeway::endpoints
