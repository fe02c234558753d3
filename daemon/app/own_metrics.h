#pragma once

#include <map>
#include <string>
#include <vector>

#include "daemon/delivery/deliverer.h"
#include "daemon/store/counters.h"

namespace prometheus {
class Registry;
template <class T>
class Family;
class Gauge;
}  // namespace prometheus

namespace leeway::app {

/// What Leeway counts of itself: deliveries and reloads. Totals come from the store, so that a
/// restart does not set them back.
class OwnMetrics {
 public:
  explicit OwnMetrics(prometheus::Registry& registry);

  void deliveries(const std::vector<delivery::TargetStatus>& targets);
  void totals(const std::vector<store::Counter>& counters);
  void reloaded(bool successful, TimePoint now);

 private:
  using Totals = std::map<std::string, double, std::less<>>;

  prometheus::Registry& registry_;
  prometheus::Family<prometheus::Gauge>* pending_;
  prometheus::Family<prometheus::Gauge>* oldest_;
  prometheus::Family<prometheus::Gauge>* dead_;
  prometheus::Gauge* reload_;
  prometheus::Gauge* reload_time_;
  Totals shown_;
};

}  // namespace leeway::app
