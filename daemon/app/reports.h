#pragma once

#include <boost/asio/thread_pool.hpp>
#include <optional>
#include <string>

#include "daemon/app/models.h"
#include "daemon/store/outbox.h"
#include "daemon/store/retrainings.h"
#include "daemon/store/store.h"

namespace leeway::app {

/// What is asked of a list.
struct Query {
  std::optional<std::string> model;  ///< key
  std::optional<std::string> state;
  std::size_t limit = 1000;
  bool columns = false;  ///< windows: what the rows show
};

/// The bodies of the API, as JSON. Numbers carry 17 digits, times are RFC 3339.
Result<std::string> status_report(const Models& models, const Query& query, TimePoint now);
Async<std::string> windows_report(store::Store& store, asio::thread_pool& pool,
                                  const Models& models, Query query);
Result<std::string> incidents_report(store::Store& store, const Query& query);
Result<std::string> deliveries_report(store::Store& store, const Query& query);
/// What sources beside batches say `now`, and how that was before, newest first (`live`).
Result<std::string> live_report(store::Store& store, const Models& models, const Query& query);
Result<std::string> events_report(store::Store& store, const Query& query);
Result<std::string> retrainings_report(store::Store& store, const Query& query);

std::string delivery_json(const store::Delivery& delivery);
std::string retraining_json(const store::Retraining& retraining);

}  // namespace leeway::app
