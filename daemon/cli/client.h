#pragma once

#include <cstddef>
#include <string>

#include "detectors/base/result.h"

namespace leeway::cli {

/// What is asked of a running daemon.
struct ClientArguments {
  std::string address = "127.0.0.1:9960";
  std::string resource;  ///< "status", "live", "events", "windows", "incidents", "deliveries",
                         ///< "retrainings"
  std::string verb;      ///< with `id`: "retry", "drop", "approve", "cancel"
  std::string id;
  std::string model;
  std::string state;
  std::size_t limit = 1000;
  bool columns = false;
  bool history = false;  ///< live: how it was before, as a table
  std::string format = "text";
};

/// Its answer: the daemon's JSON, or a table for people.
Result<std::string> ask(const ClientArguments& arguments);

}  // namespace leeway::cli
