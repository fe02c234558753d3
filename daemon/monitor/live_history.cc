#include "daemon/monitor/live_history.h"

namespace leeway::monitor {
namespace {

constexpr Duration kPeriod = std::chrono::hours(1);

}  // namespace

std::vector<store::LiveSample> LiveHistory::due(const LiveBoard::Reports& reports,
                                                TimePoint now) const {
  std::vector<store::LiveSample> samples;
  for (const auto& [source, report] : reports) {
    for (const LiveFinding& live : report->findings) {
      const Finding& finding = live.finding;
      const auto known = last_.find({finding.measure, live.part});
      // A clock that jumped back does not silence the history until the old hour returns.
      const bool is_due = known == last_.end() || known->second.verdict != finding.verdict ||
                          now - known->second.at >= kPeriod || now < known->second.at;
      if (!is_due) continue;
      samples.push_back({.model = model_,
                         .path = finding.measure,
                         .part = live.part,
                         .at = now,
                         .value = finding.value,
                         .threshold = finding.critical ? finding.critical : finding.warning,
                         .verdict = finding.verdict,
                         .note = finding.note});
    }
  }
  return samples;
}

void LiveHistory::wrote(const std::vector<store::LiveSample>& samples) {
  for (const store::LiveSample& sample : samples) {
    last_.insert_or_assign({sample.path, sample.part}, Last{sample.at, sample.verdict});
  }
}

Result<> save_samples(store::Connection& connection,
                      const std::vector<store::LiveSample>& samples) {
  for (const store::LiveSample& sample : samples) {
    auto saved = store::save_live_sample(connection, sample);
    if (!saved) return saved;
  }
  return {};
}

}  // namespace leeway::monitor
