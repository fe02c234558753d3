#pragma once

#include <boost/json/object.hpp>
#include <chrono>
#include <cstddef>
#include <map>
#include <string>

#include "tests/integration/crash/batches.h"
#include "tests/integration/crash/daemon.h"
#include "tests/support/webhook_receiver.h"

namespace leeway::tests {

/// Waits until everything is taken in, so many windows of each model are closed and every webhook
/// is delivered; false when the deadline passes.
bool is_done(const Daemon& daemon, std::size_t windows, std::chrono::milliseconds deadline);

/// What `leeway windows --columns` says, by "model day".
std::map<std::string, boost::json::object> windows_of(const Daemon& daemon);

/// Windows have the rows that SQL counts in the files, column by column.
void expect_totals(const std::map<std::string, boost::json::object>& windows,
                   const std::map<std::string, Totals>& totals);

/// Windows have the same rows, profiles and findings.
void expect_same(const std::map<std::string, boost::json::object>& windows,
                 const std::map<std::string, boost::json::object>& undisturbed);

/// Every incident and retraining reached every target at least once; whatever arrived more than
/// once came under one id with one text; nothing else came; nothing waits and nothing is dead.
void expect_told(const Daemon& daemon, const WebhookReceiver& receiver);

}  // namespace leeway::tests
