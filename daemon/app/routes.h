#pragma once

#include <boost/asio/thread_pool.hpp>
#include <functional>
#include <memory>
#include <string>

#include "daemon/api/server.h"
#include "daemon/app/models.h"
#include "daemon/delivery/deliverer.h"
#include "daemon/exporter/exporter.h"

namespace leeway::app {

/// What the API shows and does. Everything outlives the server.
struct RoutesContext {
  Clock& clock;
  store::Store& store;
  exporter::Exporter& exporter;
  Models& models;
  delivery::Deliverer& deliverer;
  asio::thread_pool& pool;
  std::function<std::shared_ptr<const config::Config>()> config;
  std::function<bool()> ready;
  std::function<std::string()> trouble;
  std::function<Async<>()> reload;
};

/// GET  /metrics, /-/healthy, /-/ready
/// POST /-/reload
/// GET  /api/v1/status, /windows, /incidents, /deliveries, /retrainings   (?model= &state= &limit=)
/// POST /api/v1/deliveries/ID/retry|drop, /retrainings/ID/approve|cancel
///
/// `windows?columns=1` adds what the rows of each window show, column by column, merged from the
/// ledger at that moment. Requests that change something must carry the header `X-Leeway`, which a
/// foreign page in a browser cannot send without being asked first.
api::Handlers make_routes(RoutesContext context);

}  // namespace leeway::app
