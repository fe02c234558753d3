#include "collectors/compute/nvml.h"

#include <dlfcn.h>

#include <algorithm>
#include <array>
#include <utility>

#include "collectors/async/on_pool.h"

namespace leeway::compute {
namespace {

using Device = struct OpaqueDevice*;
using Status = int;
constexpr Status kSuccess = 0;

struct Utilisation {
  unsigned gpu;
  unsigned memory;
};
struct Memory {
  unsigned long long total;
  unsigned long long free;
  unsigned long long used;
};

constexpr unsigned kTemperatureOfGpu = 0;
constexpr std::size_t kUuidBytes = 96;
constexpr unsigned kMostGpus = 256;
constexpr std::string_view kCannotTell = "this version of the driver cannot tell";

template <class Function>
void load(void* handle, const char* name, Function& function) {
  function = reinterpret_cast<Function>(::dlsym(handle, name));
}

}  // namespace

struct Nvml::Library {
  explicit Library(void* opened) : handle(opened) {
    load(handle, "nvmlInit_v2", init);
    load(handle, "nvmlShutdown", shutdown);
    load(handle, "nvmlErrorString", error_string);
    load(handle, "nvmlDeviceGetCount_v2", count);
    load(handle, "nvmlDeviceGetHandleByIndex_v2", by_index);
    load(handle, "nvmlDeviceGetUUID", uuid);
    load(handle, "nvmlDeviceGetUtilizationRates", utilisation);
    load(handle, "nvmlDeviceGetMemoryInfo", memory);
    load(handle, "nvmlDeviceGetPowerUsage", power);
    load(handle, "nvmlDeviceGetTotalEnergyConsumption", energy);
    load(handle, "nvmlDeviceGetTemperature", temperature);
  }
  ~Library() {
    if (ready && shutdown != nullptr) shutdown();
    ::dlclose(handle);
  }
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;

  std::string say(Status status) const {
    const char* text = error_string == nullptr ? nullptr : error_string(status);
    return text == nullptr ? "status " + std::to_string(status) : std::string(text);
  }

  /// Calls `function` for one value; the reason if there is none.
  template <class Function, class Value>
  std::string get(Function function, Device device, Value& value) const {
    if (function == nullptr) return std::string(kCannotTell);
    const Status status = function(device, &value);
    return status == kSuccess ? std::string() : say(status);
  }

  void read_gpu(Device device, const std::string& name, Reading& reading) const;

  void* handle;
  bool ready = false;
  Status (*init)() = nullptr;
  Status (*shutdown)() = nullptr;
  const char* (*error_string)(Status) = nullptr;
  Status (*count)(unsigned*) = nullptr;
  Status (*by_index)(unsigned, Device*) = nullptr;
  Status (*uuid)(Device, char*, unsigned) = nullptr;
  Status (*utilisation)(Device, Utilisation*) = nullptr;
  Status (*memory)(Device, Memory*) = nullptr;
  Status (*power)(Device, unsigned*) = nullptr;
  Status (*energy)(Device, unsigned long long*) = nullptr;
  Status (*temperature)(Device, unsigned, unsigned*) = nullptr;
};

void Nvml::Library::read_gpu(Device device, const std::string& name, Reading& reading) const {
  const auto lacks = [&](Metric metric, const std::string& why) {
    reading.lacks(metric, "GPU " + name + ": " + why);
  };
  Utilisation use{};
  if (const auto why = get(utilisation, device, use); why.empty()) {
    reading.add(Metric::kGpuRatio, static_cast<double>(use.gpu) / 100.0, name);
  } else {
    lacks(Metric::kGpuRatio,
          why + "; a GPU that is split (MIG) has it per instance only: use dcgm");
  }
  Memory bytes{};
  if (const auto why = get(memory, device, bytes); why.empty()) {
    reading.add(Metric::kGpuMemoryBytes, static_cast<double>(bytes.used), name);
    reading.add(Metric::kGpuMemoryTotalBytes, static_cast<double>(bytes.total), name);
  } else {
    lacks(Metric::kGpuMemoryBytes, why);
  }
  unsigned milliwatts = 0;
  if (const auto why = get(power, device, milliwatts); why.empty()) {
    reading.add(Metric::kGpuPowerWatts, static_cast<double>(milliwatts) * 1e-3, name);
  } else {
    lacks(Metric::kGpuPowerWatts, why);
  }
  unsigned long long millijoules = 0;
  if (const auto why = get(energy, device, millijoules); why.empty()) {
    reading.add(Metric::kGpuEnergyJoules, static_cast<double>(millijoules) * 1e-3, name);
  } else {
    lacks(Metric::kGpuEnergyJoules, why);
  }
  unsigned celsius = 0;
  if (temperature == nullptr) {
    lacks(Metric::kGpuCelsius, std::string(kCannotTell));
  } else if (const Status status = temperature(device, kTemperatureOfGpu, &celsius);
             status != kSuccess) {
    lacks(Metric::kGpuCelsius, say(status));
  } else {
    reading.add(Metric::kGpuCelsius, static_cast<double>(celsius), name);
  }
}

Nvml::Nvml(std::unique_ptr<Library> library, std::vector<std::string> gpus)
    : library_(std::move(library)), gpus_(std::move(gpus)) {}

Nvml::~Nvml() = default;

Result<std::unique_ptr<Nvml>> Nvml::open(const NvmlOptions& options) {
  void* handle = ::dlopen(options.soname.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) {
    const char* why = ::dlerror();
    return fail(ErrorCode::kNotFound,
                "no GPU that can be read: " + std::string(why == nullptr ? "no library" : why));
  }
  auto library = std::make_unique<Library>(handle);
  if (library->init == nullptr || library->count == nullptr || library->by_index == nullptr ||
      library->uuid == nullptr) {
    return fail(ErrorCode::kUnavailable,
                "'" + options.soname + "' lacks the calls that find GPUs: it is too old");
  }
  if (const Status status = library->init(); status != kSuccess) {
    return fail(ErrorCode::kUnavailable,
                "the NVIDIA driver cannot be asked: " + library->say(status) +
                    " (under systemd the drop-in gpu.conf opens its devices)");
  }
  library->ready = true;
  return std::unique_ptr<Nvml>(new Nvml(std::move(library), options.gpus));
}

Result<Reading> Nvml::read() {
  unsigned gpus = 0;
  if (const Status status = library_->count(&gpus); status != kSuccess) {
    return fail(ErrorCode::kUnavailable, "counting GPUs: " + library_->say(status));
  }
  Reading reading;
  std::size_t found = 0;
  for (unsigned index = 0; index < std::min(gpus, kMostGpus); ++index) {
    Device device = nullptr;
    std::array<char, kUuidBytes> text{};
    if (library_->by_index(index, &device) != kSuccess ||
        library_->uuid(device, text.data(), kUuidBytes) != kSuccess) {
      reading.lacks(Metric::kGpuRatio, "GPU " + std::to_string(index) + " does not answer");
      continue;
    }
    text.back() = '\0';
    const std::string uuid = text.data();
    const bool wanted = gpus_.empty() || std::ranges::find(gpus_, uuid) != gpus_.end() ||
                        std::ranges::find(gpus_, std::to_string(index)) != gpus_.end();
    if (!wanted) continue;
    ++found;
    library_->read_gpu(device, uuid, reading);
  }
  if (found == 0) {
    return fail(ErrorCode::kNotFound, gpus_.empty() ? "the driver knows no GPU"
                                                    : "none of the GPUs that are named is there");
  }
  return reading;
}

namespace {

class NvmlSource final : public Source {
 public:
  NvmlSource(NvmlOptions options, asio::thread_pool& pool)
      : options_(std::move(options)), pool_(pool) {}
  std::string_view kind() const override { return "nvml"; }

  Async<Reading> read(TimePoint /*now*/) override {
    if (!nvml_) {
      auto open = [options = options_]() -> Result<std::shared_ptr<Nvml>> {
        auto opened = Nvml::open(options);
        if (!opened) return fail(opened.error());
        return std::shared_ptr<Nvml>(std::move(*opened));
      };
      auto opened = co_await on_pool(pool_, std::move(open));
      if (!opened) co_return fail(opened.error());
      nvml_ = std::move(*opened);
    }
    auto ask = [nvml = nvml_] { return nvml->read(); };
    co_return co_await on_pool(pool_, std::move(ask));
  }

 private:
  NvmlOptions options_;
  asio::thread_pool& pool_;
  std::shared_ptr<Nvml> nvml_;
};

}  // namespace

std::unique_ptr<Source> make_nvml(NvmlOptions options, asio::thread_pool& pool) {
  return std::make_unique<NvmlSource>(std::move(options), pool);
}

}  // namespace leeway::compute
