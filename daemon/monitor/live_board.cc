#include "daemon/monitor/live_board.h"

#include <algorithm>
#include <utility>

namespace leeway::monitor {
namespace {

bool same_verdicts(const LiveReport& before, const LiveReport& after) {
  return std::ranges::equal(before.findings, after.findings,
                            [](const LiveFinding& a, const LiveFinding& b) {
                              return a.finding.measure == b.finding.measure && a.part == b.part &&
                                     a.finding.verdict == b.finding.verdict;
                            });
}

}  // namespace

void LiveBoard::publish(std::string_view source, LiveReport report) {
  auto next = std::make_shared<const LiveReport>(std::move(report));
  auto known = reports_.find(source);
  const bool urgent = known == reports_.end() || !same_verdicts(*known->second, *next);
  if (known == reports_.end()) {
    reports_.emplace(source, std::move(next));
  } else {
    known->second = std::move(next);
  }
  if (reader_) reader_(urgent);
}

LiveBoard::Reports as_of(const LiveBoard::Reports& reports, TimePoint now) {
  const auto is_over = [now](const LiveFinding& live) {
    return live.good_until && now > *live.good_until;
  };
  LiveBoard::Reports current = reports;
  for (auto& [source, report] : current) {
    if (std::ranges::none_of(report->findings, is_over)) continue;
    auto copy = std::make_shared<LiveReport>(*report);
    for (LiveFinding& live : copy->findings) {
      if (!is_over(live)) continue;
      live.finding.value.reset();
      live.finding.verdict = Verdict::kNoData;
      live.finding.note = "nothing has been observed since " + to_rfc3339(live.observed_at);
    }
    report = std::move(copy);
  }
  return current;
}

std::map<std::string, std::string, std::less<>> labels_of(const LiveFinding& live) {
  if (live.part.empty()) return {};
  return {{"part", live.part}};
}

}  // namespace leeway::monitor
