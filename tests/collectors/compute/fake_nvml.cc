// What libnvidia-ml.so.1 exports, as far as Leeway uses it: GPU 0 tells everything, GPU 1 is split
// (MIG) and has neither utilisation nor energy. LEEWAY_FAKE_NVML_INIT is what nvmlInit answers.

#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {
constexpr int kSuccess = 0;
constexpr int kNotSupported = 3;
int gpus[2];

int index_of(const void* device) { return device == &gpus[1] ? 1 : 0; }
}  // namespace

extern "C" {

int nvmlInit_v2() {
  const char* answer = std::getenv("LEEWAY_FAKE_NVML_INIT");
  return answer == nullptr ? kSuccess : std::atoi(answer);
}
int nvmlShutdown() { return kSuccess; }
const char* nvmlErrorString(int status) {
  return status == kNotSupported ? "Not Supported" : status == 9 ? "Driver Not Loaded" : "Unknown";
}
int nvmlDeviceGetCount_v2(unsigned* count) {
  *count = 2;
  return kSuccess;
}
int nvmlDeviceGetHandleByIndex_v2(unsigned index, void** device) {
  *device = &gpus[index];
  return kSuccess;
}
int nvmlDeviceGetUUID(void* device, char* uuid, unsigned length) {
  std::snprintf(uuid, length, "GPU-%d", index_of(device));
  return kSuccess;
}
int nvmlDeviceGetUtilizationRates(void* device, unsigned* rates) {
  if (index_of(device) == 1) return kNotSupported;
  rates[0] = 42;
  rates[1] = 17;
  return kSuccess;
}
int nvmlDeviceGetMemoryInfo(void* /*device*/, unsigned long long* bytes) {
  bytes[0] = 16ULL << 30U;
  bytes[1] = 15ULL << 30U;
  bytes[2] = 1ULL << 30U;
  return kSuccess;
}
int nvmlDeviceGetPowerUsage(void* /*device*/, unsigned* milliwatts) {
  *milliwatts = 71'500;
  return kSuccess;
}
int nvmlDeviceGetTotalEnergyConsumption(void* device, unsigned long long* millijoules) {
  if (index_of(device) == 1) return kNotSupported;
  *millijoules = 3'600'000;
  return kSuccess;
}
int nvmlDeviceGetTemperature(void* /*device*/, unsigned /*sensor*/, unsigned* celsius) {
  *celsius = 55;
  return kSuccess;
}
}
