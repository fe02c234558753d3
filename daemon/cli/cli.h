#pragma once

namespace leeway::cli {

/// Exit statuses of all commands.
inline constexpr int kOk = 0;
inline constexpr int kDrift = 1;  ///< only with --fail-on
inline constexpr int kWrongUsage = 2;
inline constexpr int kUnreadable = 3;    ///< data, or a daemon that does not answer
inline constexpr int kWrongConfig = 78;  ///< systemd does not restart on it

/// The command line of `leeway`. Gives the exit status.
int run(int argc, char** argv);

}  // namespace leeway::cli
