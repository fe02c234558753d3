#pragma once

#include <string>

#include "detectors/base/result.h"

namespace leeway::cli {

/// `leeway run`: until SIGTERM or SIGINT, within 5 seconds of it. SIGHUP reloads. Tells systemd
/// when it is ready, and while it makes progress.
Result<> run_daemon(const std::string& config_file);

}  // namespace leeway::cli
