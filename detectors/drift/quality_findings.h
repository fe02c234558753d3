#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "detectors/base/finding.h"
#include "detectors/profile/profile.h"
#include "detectors/threshold/thresholds.h"

namespace leeway::drift {

/// How the user's rules for a column read in a sentence; empty: there is none.
struct RuleTexts {
  std::string range{};    ///< "between -60 and 2000"
  std::string pattern{};  ///< the regular expression
};

/// From where on quality is no longer ok. Fixed limits all: they are no part of the budget for
/// false alarms.
struct QualityLimits {
  // Increases over the reference.
  threshold::Fixed missing{.warning = {}, .critical = 0.05};
  threshold::Fixed unseen{.warning = 0.01, .critical = {}};
  threshold::Fixed type_errors{.warning = {}, .critical = 0.01};
  threshold::Fixed non_finite{.warning = 0.01, .critical = {}};
  threshold::Fixed range{.warning = 0.01, .critical = {}};
  threshold::Fixed duplicate_ids{.warning = 0.01, .critical = 0.1};
  // Of what the user says no value may be and no row may do: shares.
  threshold::Fixed violations{.warning = {}, .critical = 0.01};
  threshold::Fixed duplicate_rows{};
  Verdict constant = Verdict::kCritical;  ///< of a column that is; kOk: nothing is said
  std::map<std::string, RuleTexts, std::less<>> rules{};  ///< by column
};

/// The other side of a finding of quality: the reference's own profile and, where it has some, the
/// profiles of its windows.
struct QualityReference {
  const profile::ColumnProfile& column;
  std::vector<const profile::ColumnProfile*> windows{};
};

/// The value is a share of rows (of present values for all but "missing" and "type_errors"). Below
/// `min_rows` a share beyond a limit must also be beyond it by three standard errors, or it is
/// `too_few`: one bad row of five is not 20 %.
///
/// "missing" (null, NaN, empty texts and configured values; the sentence names the kind that grew)
/// of each column with rows. "unseen" of each with categories. "type_errors" and "non_finite"
/// (+-inf) where either side has some.
///
/// "range", "set" and "pattern" of columns with the user's rules, against `violations`. Without a
/// rule "range" is the share of values beyond the least and the largest of the reference, where
/// there are some. Of n reference values and any continuous distribution, however heavy its tails,
/// the share of the rest beyond their range is Beta(2, n-1): 2/(n+1) in the mean and over 10/(n+1)
/// once in 2,000 references (Wilks, Ann. Math. Statist. 12, 1941). So the threshold is 10/(n+1)
/// plus the limit, and a tail that merely goes on is no alarm.
///
/// "duplicates" of id columns: rows that repeat an id, estimated (KeySample). The limit is added to
/// the largest share of a window of the reference, or to the reference's own without windows, and
/// is crossed only by two standard errors of the estimate.
///
/// "constant" of a judged column with one value in all rows, unless the reference shows that this
/// happens: a window of it has one value, too, or n rows like its own would all have its most
/// frequent value with a probability of at least 1e-6. Below `min_rows` it is `too_few`: rows that
/// come together are alike.
std::vector<Finding> quality_findings(const profile::Column& column,
                                      const QualityReference& reference,
                                      const profile::ColumnProfile& current,
                                      const QualityLimits& limits, std::uint64_t min_rows);

/// "duplicate_rows" of the model, if rows were sampled and a limit is given.
std::optional<Finding> duplicate_rows(const profile::Profile& current, const QualityLimits& limits,
                                      std::uint64_t min_rows);

}  // namespace leeway::drift
