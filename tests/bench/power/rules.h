#pragma once

#include <memory>
#include <string>
#include <vector>

#include "detectors/drift/compare.h"
#include "tests/bench/power/series.h"

namespace leeway::power {

/// What judges the windows of a model against its reference.
class Rule {
 public:
  virtual ~Rule() = default;
  /// Whether column `i` of the window has drifted.
  virtual std::vector<bool> drifted(const Window& window,
                                    const profile::Profile& profile) const = 0;
};

/// Where Leeway's thresholds come from.
struct Kind {
  std::string_view name;
  double false_alarms = 1.0;  ///< per 30 windows
  bool windows = true;        ///< the reference has some; else rows are taken as independent, and
                              ///< warnings are counted
  bool fixed = false;         ///< psi 0.25, everything else the value that says the same of a shift
};
const std::vector<Kind>& kinds();

/// One of Leeway's measures, deciding about all columns that it applies to.
std::unique_ptr<Rule> leeway_rule(const profile::Reference& reference, const std::string& measure,
                                  const Kind& kind, std::uint64_t min_rows);

/// Measures whose thresholds are learned and that the grid can answer.
std::vector<std::string> learned_measures();

/// Rules as other tools have them by default. They need the rows of the reference.
struct Peer {
  std::string_view name;
  std::string_view sentence;
};
const std::vector<Peer>& peers();
std::unique_ptr<Rule> peer_rule(const Peer& peer, const std::vector<Window>& reference);

}  // namespace leeway::power
