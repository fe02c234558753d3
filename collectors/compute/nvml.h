#pragma once

#include <boost/asio/thread_pool.hpp>
#include <memory>
#include <string>
#include <vector>

#include "collectors/compute/source.h"

namespace leeway::compute {

struct NvmlOptions {
  std::string soname = "libnvidia-ml.so.1";
  std::vector<std::string> gpus;  ///< uuids or indices; empty: all
};

/// NVIDIA's driver library, opened when it is first read and declared here as far as it is used, so
/// that nothing is linked. A machine without it has no GPU that could be read: kNotFound, which is
/// said once. A call or a value that the driver or a GPU does not support is absent with the
/// driver's own words. Utilisation means "a kernel was running"; under MIG there is none.
class Nvml {
 public:
  static Result<std::unique_ptr<Nvml>> open(const NvmlOptions& options);
  ~Nvml();

  Result<Reading> read();

 private:
  struct Library;
  Nvml(std::unique_ptr<Library> library, std::vector<std::string> gpus);

  std::unique_ptr<Library> library_;
  std::vector<std::string> gpus_;
};

/// The driver may block for seconds, so it is asked on `pool`, which outlives the source.
std::unique_ptr<Source> make_nvml(NvmlOptions options, asio::thread_pool& pool);

}  // namespace leeway::compute
