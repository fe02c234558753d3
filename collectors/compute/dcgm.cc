#include "collectors/compute/dcgm.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <utility>

#include "collectors/compute/kernel_text.h"

namespace leeway::compute {
namespace {

constexpr double kMib = 1024.0 * 1024.0;

/// A field of DCGM; of two for one metric the first that is there counts.
struct Field {
  std::string_view name;
  Metric metric;
  double scale;
};
constexpr std::array<Field, 6> kFields = {{
    {"DCGM_FI_DEV_GPU_UTIL", Metric::kGpuRatio, 0.01},
    {"DCGM_FI_PROF_GR_ENGINE_ACTIVE", Metric::kGpuRatio, 1.0},
    {"DCGM_FI_DEV_FB_USED", Metric::kGpuMemoryBytes, kMib},
    {"DCGM_FI_DEV_POWER_USAGE", Metric::kGpuPowerWatts, 1.0},
    {"DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION", Metric::kGpuEnergyJoules, 1e-3},
    {"DCGM_FI_DEV_GPU_TEMP", Metric::kGpuCelsius, 1.0},
}};
constexpr std::string_view kFree = "DCGM_FI_DEV_FB_FREE";

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = std::min(text.find_first_not_of(" \t\r"), text.size());
  const std::size_t end = text.find_last_not_of(" \t\r");
  return text.substr(begin, end == std::string_view::npos ? 0 : end + 1 - begin);
}

/// `name="value",...}` up to the brace; what follows it, or nothing if it is no list of labels.
std::optional<std::string_view> read_labels(std::string_view text, Series& series) {
  for (;;) {
    text = trimmed(text);
    if (text.starts_with('}')) return text.substr(1);
    const std::size_t equals = text.find("=\"");
    if (equals == std::string_view::npos) return std::nullopt;
    const std::string name(trimmed(text.substr(0, equals)));
    std::string value;
    std::size_t i = equals + 2;
    for (; i < text.size() && text[i] != '"'; ++i) {
      const bool escaped = text[i] == '\\' && i + 1 < text.size();
      if (escaped) ++i;
      value += escaped && text[i] == 'n' ? '\n' : text[i];
    }
    if (i == text.size()) return std::nullopt;
    series.labels.insert_or_assign(name, std::move(value));
    text = trimmed(text.substr(i + 1));
    if (text.starts_with(',')) text.remove_prefix(1);
  }
}

std::string device_of(const Series& series) {
  const auto label = [&series](std::string_view name) {
    const auto found = series.labels.find(name);
    return found == series.labels.end() ? std::string() : found->second;
  };
  std::string device = label("UUID").empty() ? label("gpu") : label("UUID");
  const std::string instance = label("GPU_I_ID");
  if (!instance.empty()) device += "/" + instance;
  return device;
}

bool has_labels(const Series& series, const DcgmOptions& options) {
  return std::ranges::all_of(options.labels, [&series](const auto& wanted) {
    const auto found = series.labels.find(wanted.first);
    return found != series.labels.end() && found->second == wanted.second;
  });
}

void add_known(const Series& series, Reading& reading, std::map<std::string, double>& free_bytes) {
  const std::string device = device_of(series);
  if (series.name == kFree) free_bytes[device] = series.value * kMib;
  for (const Field& field : kFields) {
    if (field.name != series.name || reading.value(field.metric, device)) continue;
    reading.add(field.metric, series.value * field.scale, device);
  }
}

class Dcgm final : public Source {
 public:
  Dcgm(DcgmOptions options, net::HttpClient& http) : options_(std::move(options)), http_(http) {}
  std::string_view kind() const override { return "dcgm"; }

  Async<Reading> read(TimePoint /*now*/) override {
    auto page = co_await get_text(http_, options_.peer, "/metrics");
    if (!page) co_return fail(std::move(page.error()).in("the DCGM exporter"));
    co_return parse_dcgm(*page, options_);
  }

 private:
  DcgmOptions options_;
  net::HttpClient& http_;
};

}  // namespace

std::optional<Series> parse_series(std::string_view line) {
  line = trimmed(line);
  if (line.empty() || line.starts_with('#')) return std::nullopt;
  const std::size_t end = std::min(line.find_first_of("{ \t"), line.size());
  Series series{.name = std::string(line.substr(0, end)), .labels = {}, .value = 0.0};
  std::string_view rest = line.substr(end);
  if (rest.starts_with('{')) {
    const auto after = read_labels(rest.substr(1), series);
    if (!after) return std::nullopt;
    rest = *after;
  }
  const auto parts = words(rest);  // a value, perhaps a time
  if (parts.empty() || parts.size() > 2) return std::nullopt;
  const auto [stop, error] =
      std::from_chars(parts[0].data(), parts[0].data() + parts[0].size(), series.value);
  if (error != std::errc{} || stop != parts[0].data() + parts[0].size()) return std::nullopt;
  return series;
}

Result<Reading> parse_dcgm(std::string_view page, const DcgmOptions& options) {
  Reading reading;
  std::map<std::string, double> free_bytes;
  std::size_t known = 0;
  for (const std::string_view line : lines(page)) {
    const auto series = parse_series(line);
    if (!series || !series->name.starts_with("DCGM_FI_")) continue;
    ++known;
    if (has_labels(*series, options) && std::isfinite(series->value)) {
      add_known(*series, reading, free_bytes);
    }
  }
  if (reading.samples.empty()) {
    return fail(ErrorCode::kNotFound,
                known == 0 ? "the page has no series of DCGM"
                           : "no series of DCGM has the labels: pods have none where the exporter "
                             "does not see the kubelet's socket");
  }
  for (const auto& [device, bytes] : free_bytes) {
    const auto used = reading.value(Metric::kGpuMemoryBytes, device);
    if (used) reading.add(Metric::kGpuMemoryTotalBytes, *used + bytes, device);
  }
  for (const Field& field : kFields) {
    const bool there = std::ranges::any_of(
        reading.samples, [&](const Sample& sample) { return sample.metric == field.metric; });
    if (there || reading.find_absent(field.metric) != nullptr) continue;
    reading.lacks(field.metric, "the exporter does not give " + std::string(field.name) +
                                    ": its file of counters leaves it out, or the GPU has none");
  }
  return reading;
}

std::unique_ptr<Source> make_dcgm(DcgmOptions options, net::HttpClient& http) {
  return std::make_unique<Dcgm>(std::move(options), http);
}

}  // namespace leeway::compute
