#include "daemon/app/own_metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>

namespace leeway::app {
namespace {

constexpr std::string_view kDeliveries = "leeway_deliveries_total";

prometheus::Family<prometheus::Gauge>& gauge(prometheus::Registry& registry,
                                             const std::string& name, const std::string& help) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry);
}

/// "delivered,oncall" or `outcome="delivered",target="oncall"`: whatever the store's form is, the
/// texts between quotes.
std::vector<std::string> quoted(const std::string& labels) {
  std::vector<std::string> values;
  for (std::size_t at = labels.find('"'); at != std::string::npos; at = labels.find('"', at)) {
    const std::size_t end = labels.find('"', at + 1);
    if (end == std::string::npos) break;
    values.push_back(labels.substr(at + 1, end - at - 1));
    at = end + 1;
  }
  return values;
}

}  // namespace

OwnMetrics::OwnMetrics(prometheus::Registry& registry)
    : registry_(registry),
      pending_(&gauge(registry, "leeway_delivery_pending", "Deliveries that wait to be sent.")),
      oldest_(&gauge(registry, "leeway_delivery_oldest_timestamp_seconds",
                     "Creation of the oldest pending delivery; absent if none is pending.")),
      dead_(&gauge(registry, "leeway_delivery_dead",
                   "Dead letters that nobody has retried or dropped.")),
      reload_(&gauge(registry, "leeway_config_last_reload_successful",
                     "1 if the last reload was applied.")
                   .Add({})),
      reload_time_(&gauge(registry, "leeway_config_last_reload_success_timestamp_seconds",
                          "When a configuration was last applied by a reload.")
                        .Add({})) {
  reload_->Set(1.0);
}

void OwnMetrics::deliveries(const std::vector<delivery::TargetStatus>& targets) {
  for (const delivery::TargetStatus& target : targets) {
    const prometheus::Labels labels{{"target", target.name}};
    pending_->Add(labels).Set(static_cast<double>(target.pending));
    dead_->Add(labels).Set(static_cast<double>(target.dead));
    prometheus::Gauge& oldest = oldest_->Add(labels);
    if (target.oldest) {
      oldest.Set(to_seconds(target.oldest->time_since_epoch()));
    } else {
      oldest_->Remove(&oldest);
    }
  }
}

void OwnMetrics::totals(const std::vector<store::Counter>& counters) {
  for (const store::Counter& counter : counters) {
    if (counter.name != kDeliveries) continue;
    const std::vector<std::string> values = quoted(counter.labels);
    if (values.size() != 2) continue;
    double& shown = shown_[counter.labels];
    auto& family = prometheus::BuildCounter()
                       .Name(std::string(kDeliveries))
                       .Help("Attempts to deliver, by what came of them.")
                       .Register(registry_);
    family.Add({{"outcome", values[0]}, {"target", values[1]}}).Increment(counter.value - shown);
    shown = counter.value;
  }
}

void OwnMetrics::reloaded(bool successful, TimePoint now) {
  reload_->Set(successful ? 1.0 : 0.0);
  if (successful) reload_time_->Set(to_seconds(now.time_since_epoch()));
}

}  // namespace leeway::app
