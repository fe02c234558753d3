#include "daemon/compute/report.h"

#include <array>
#include <boost/json/array.hpp>
#include <utility>

#include "daemon/compute/findings.h"

namespace leeway::compute {
namespace {

namespace json = boost::json;
using exporter::Family;
using exporter::Series;

/// A metric that is exported under its own name.
struct Exported {
  Metric metric;
  Family family;
};
constexpr std::array<Exported, 4> kCounters = {{
    {Metric::kCpuSeconds, Family::kComputeCpuSeconds},
    {Metric::kCpuThrottledSeconds, Family::kComputeCpuThrottledSeconds},
    {Metric::kOomKills, Family::kComputeOomKills},
    {Metric::kPredictions, Family::kPredictions},
}};
constexpr std::array<Exported, 3> kGauges = {{
    {Metric::kCpuLimitCores, Family::kComputeCpuLimitCores},
    {Metric::kMemoryBytes, Family::kComputeMemoryBytes},
    {Metric::kMemoryLimitBytes, Family::kComputeMemoryLimitBytes},
}};
constexpr std::array<Exported, 4> kOfGpus = {{
    {Metric::kGpuRatio, Family::kComputeGpuUtilizationRatio},
    {Metric::kGpuMemoryBytes, Family::kComputeGpuMemoryBytes},
    {Metric::kGpuMemoryTotalBytes, Family::kComputeGpuMemoryTotalBytes},
    {Metric::kGpuPowerWatts, Family::kComputeGpuPowerWatts},
}};

class SeriesWriter {
 public:
  void add(Family family, double value,
           std::vector<std::pair<std::string_view, std::string>> labels = {}) {
    series_.push_back(Series{.family = family, .labels = std::move(labels), .value = value});
  }

  void usage(const Known& known, const Account& account) {
    for (const auto& [metric, family] : kCounters) {
      if (metric == Metric::kPredictions && known.endpoint_counts) continue;
      if (account.totals().contains({metric, {}})) add(family, account.total(metric));
    }
    const Usage& usage = known.step.usage;
    for (const auto& [metric, family] : kGauges) {
      auto value = usage.gauge(metric);
      if (!value && metric == Metric::kMemoryBytes) {
        value = usage.gauge(Metric::kMemoryWorkingSetBytes);
      }
      if (value) add(family, *value);
    }
    gpus(usage, account);
  }

  void cost(const Known& known, const Account& account, const config::Compute& settings) {
    const std::string& currency = settings.price->currency;
    add(Family::kCost, account.cost(), {{"currency", currency}});
    add(Family::kCostIdle, account.idle_cost(), {{"currency", currency}});
    if (account.carbon_grams() > 0.0) add(Family::kCarbonGrams, account.carbon_grams());
    if (settings.budget_per_day) {
      add(Family::kCostBudgetPerDay, *settings.budget_per_day, {{"currency", currency}});
    }
    const auto forecast = account.days().month_end(known.now);
    if (!forecast) return;
    const auto bound = [&](std::string_view name, const std::optional<double>& value) {
      if (value) {
        add(Family::kCostForecast, *value, {{"currency", currency}, {"bound", std::string(name)}});
      }
    };
    bound("expected", forecast->expected);
    bound("lower", forecast->lower);
    bound("upper", forecast->upper);
  }

  std::vector<Series> take() && { return std::move(series_); }

 private:
  void gpus(const Usage& usage, const Account& account) {
    for (const auto& [gpu, values] : usage.gpus) {
      for (const auto& [metric, family] : kOfGpus) {
        const auto found = values.find(metric);
        if (found != values.end()) add(family, found->second, {{"gpu", gpu}});
      }
    }
    for (const auto& [key, total] : account.totals()) {
      if (key.first == Metric::kGpuEnergyJoules) {
        add(Family::kComputeGpuEnergyJoules, total, {{"gpu", key.second}});
      }
    }
  }

  std::vector<Series> series_;
};

json::object source_json(const SourceState& source) {
  json::array present;
  for (const Metric metric : source.present) present.emplace_back(describe(metric).name);
  json::object absent;
  for (const Absent& one : source.absent) absent[describe(one.metric).name] = one.why;
  json::object out{{"source", source.kind}, {"available", std::move(present)}};
  out["unavailable"] = std::move(absent);
  if (!source.error.empty()) out["error"] = source.error;
  return out;
}

json::object forecast_json(const Forecast& forecast) {
  json::object out{{"expected", forecast.expected}, {"days", forecast.days}};
  if (forecast.lower) out["lower"] = *forecast.lower;
  if (forecast.upper) out["upper"] = *forecast.upper;
  return out;
}

json::object cost_json(const Known& known, const Account& account, const Week& week,
                       const config::Compute& settings) {
  json::object out{{"currency", settings.price->currency},
                   {"total", account.cost()},
                   {"idle", account.idle_cost()},
                   {"today", account.days().today(known.now)},
                   {"month", account.days().this_month(known.now)}};
  if (settings.budget_per_day) out["budget_per_day"] = *settings.budget_per_day;
  if (const auto forecast = account.days().month_end(known.now)) {
    out["month_end"] = forecast_json(*forecast);
  }
  json::object unknown;
  for (const auto& [part, why] : known.step.cost.unknown) unknown[part] = why;
  if (!known.opencost_error.empty()) unknown["opencost"] = known.opencost_error;
  if (!unknown.empty()) out["unknown"] = std::move(unknown);
  json::array savings;
  for (const auto& saving : {week.need.over_provisioned(), week.need.idle(known.now)}) {
    if (!saving) continue;
    savings.push_back(json::object{{"per_day", saving->per_day}, {"why", saving->sentence}});
  }
  out["savings"] = std::move(savings);
  return out;
}

json::object usage_json(const Usage& usage) {
  json::object out;
  const auto put = [&out](std::string_view name, const std::optional<double>& value) {
    if (value) out[name] = *value;
  };
  put("cpu_cores", usage.cores());
  put("cpu_limit_cores", usage.gauge(Metric::kCpuLimitCores));
  put("throttled_ratio", usage.throttled_ratio());
  put("memory_bytes", usage.gauge(Metric::kMemoryBytes));
  put("memory_working_set_bytes", usage.gauge(Metric::kMemoryWorkingSetBytes));
  put("memory_limit_bytes", usage.gauge(Metric::kMemoryLimitBytes));
  put("gpu_ratio", usage.gpu_ratio());
  put("gpu_power_watts", usage.gpu_power_watts());
  return out;
}

}  // namespace

monitor::LiveReport report(const Known& known, const Account& account, const Week& week,
                           const config::Compute& settings) {
  monitor::LiveReport report;
  report.findings = findings(known, account, week, settings);
  SeriesWriter series;
  series.usage(known, account);
  if (settings.price) series.cost(known, account, settings);
  report.series = std::move(series).take();
  json::array sources;
  for (const SourceState& source : known.sources) sources.push_back(source_json(source));
  report.details["sources"] = std::move(sources);
  report.details["usage"] = usage_json(known.step.usage);
  if (settings.price) report.details["cost"] = cost_json(known, account, week, settings);
  return report;
}

}  // namespace leeway::compute
