#pragma once

namespace leeway::tables {

/// The descriptor on which a worker finds its end of the socket pair.
inline constexpr int kWorkerDescriptor = 3;

/// `leeway worker`: locks itself in (sandbox.h), then answers plans until its parent closes the
/// socket. Gives the exit status.
int worker_main(int fd);

}  // namespace leeway::tables
