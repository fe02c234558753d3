#include "tests/bench/power/trials.h"

#include <algorithm>

#include "detectors/base/bytes.h"

namespace leeway::power {
namespace {

/// Smaller windows than the default asks for are judged as a user would have it who has no more.
std::uint64_t min_rows_at(std::size_t rows) { return std::min<std::uint64_t>(200, rows / 2); }

/// One month of reference and what judges by it.
struct Month {
  Series series;
  std::vector<Window> windows;
  profile::Reference reference;
  std::map<std::string, std::unique_ptr<Rule>> rules;

  Month(const Process& process, const Trial& trial, std::uint64_t seed) : series(process, seed) {
    for (std::size_t i = 0; i < kReferenceWindows; ++i) windows.push_back(series.next(trial.rows));
    reference = reference_of(process, windows);
    for (const std::string& measure : trial.measures) {
      for (const Kind& kind : kinds()) {
        if (std::find(trial.kinds.begin(), trial.kinds.end(), kind.name) == trial.kinds.end())
          continue;
        rules.emplace(rule_name(measure, kind.name),
                      leeway_rule(reference, measure, kind, min_rows_at(trial.rows)));
      }
    }
    if (!trial.with_peers) return;
    for (const Peer& peer : peers()) rules.emplace(peer.name, peer_rule(peer, windows));
  }
};

std::uint64_t seed_of(const Process& process, const Trial& trial, std::size_t month) {
  return hash64(process.name) + 1'000 * trial.rows + month;
}

}  // namespace

std::string rule_name(const std::string& measure, std::string_view kind) {
  return measure + ", " + std::string(kind);
}

std::map<std::string, Mean> false_alarms(const Process& process, const Trial& trial) {
  std::map<std::string, Mean> means;
  for (std::size_t i = 0; i < trial.months; ++i) {
    Month month(process, trial, seed_of(process, trial, i));
    std::map<std::string, double> alarms;
    for (std::size_t live = 0; live < kLiveWindows; ++live) {
      const Window window = month.series.next(trial.rows);
      const profile::Profile profile = profile_of(month.reference.schema, window);
      for (const auto& [name, rule] : month.rules) {
        const std::vector<bool> drifted = rule->drifted(window, profile);
        alarms[name] +=
            std::find(drifted.begin(), drifted.end(), true) != drifted.end() ? 1.0 : 0.0;
      }
    }
    for (const auto& [name, count] : alarms)
      means[name].add(count * 30.0 / static_cast<double>(kLiveWindows));
  }
  return means;
}

namespace {

/// Whether each of the windows that follow the reference is found, by rule.
std::map<std::string, std::vector<bool>> found_after(const Month& month, const Shift& shift,
                                                     std::size_t rows) {
  Series series = month.series;  // every shift happens to the same windows
  std::map<std::string, std::vector<bool>> found;
  for (std::size_t live = 0; live < kShiftedWindows; ++live) {
    const Window window = series.next(rows, shift);
    const profile::Profile profile = profile_of(month.reference.schema, window);
    for (const auto& [name, rule] : month.rules) {
      const std::vector<bool> drifted = rule->drifted(window, profile);
      found[name].push_back(drifted.front() || drifted.back());
    }
  }
  return found;
}

}  // namespace

std::vector<std::map<std::string, Detection>> detections(const Process& process,
                                                         const Trial& trial) {
  std::vector<std::map<std::string, Detection>> all(shifts().size());
  for (std::size_t i = 0; i < trial.months; ++i) {
    const Month month(process, trial, seed_of(process, trial, i));
    for (std::size_t at = 0; at < shifts().size(); ++at) {
      for (const auto& [name, days] : found_after(month, shifts()[at], trial.rows)) {
        const auto first = std::find(days.begin(), days.end(), true);
        Detection& detection = all[at][name];
        detection.share.add(static_cast<double>(std::count(days.begin(), days.end(), true)) /
                            static_cast<double>(days.size()));
        detection.delay.add(static_cast<double>(first - days.begin()) + 1.0);
      }
    }
  }
  return all;
}

}  // namespace leeway::power
