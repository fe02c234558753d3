#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "detectors/drift/compare.h"

namespace leeway::power {

/// How windows are judged: by each of several measures of Leeway's, or as a dialect's defaults do.
struct Setup {
  std::string name;
  threshold::Policy policy{};
  drift::CompareOptions options{};
  bool has_windows = true;  ///< the reference keeps its windows; else rows count as independent
  bool by_measure = true;   ///< one rule per measure; else one for all, by the deciding measure
  bool needs_rows = false;  ///< rows of both sides at hand
  Verdict least = Verdict::kCritical;  ///< what counts as an alarm
};

/// Where Leeway's thresholds come from.
struct Kind {
  std::string_view name;
  double false_alarms = 1.0;  ///< per 30 windows; 0: outside any budget
};
const std::vector<Kind>& kinds();

/// Measures whose thresholds are learned: those that the grid answers, and those that need rows.
std::vector<std::string> grid_measures();
std::vector<std::string> row_measures();

/// The measures by one kind of threshold. Smaller windows than the default asks for are judged as
/// a user would have it who has no more.
Setup leeway_setup(const Kind& kind, const std::vector<std::string>& measures, std::size_t rows);

/// The rules of other tools by default, from their dialects, and scorecards'.
std::vector<Setup> peer_setups(std::size_t rows);

/// Whether each column has drifted, by rule: "psi, windows" or the name of the setup.
using Drifted = std::map<std::string, std::vector<bool>>;

/// A setup that has learned its thresholds. The reference and its rows outlive it.
class Judge {
 public:
  Judge(Setup setup, const profile::Reference& reference, const drift::SortedColumns& rows);

  /// Adds what it says of a window; its rules are always all there.
  void judge(const profile::Profile& window, const drift::SortedColumns& rows,
             Drifted& drifted) const;

 private:
  Setup setup_;
  const profile::Reference* reference_;
  const drift::SortedColumns* rows_;
  threshold::Thresholds thresholds_;
};

}  // namespace leeway::power
