#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "daemon/endpoints/answers.h"
#include "detectors/performance/agreement.h"

namespace leeway::endpoint {

/// A row that was answered, with its label if it is in.
struct JudgedRow {
  KeptAnswers kept;
  std::optional<std::string> label = {};
};

/// Which two answers to a row are held against each other.
enum class Pairing {
  kRecordedAndAnswered,    ///< canary: what the batch says, what the endpoint says now
  kChampionAndChallenger,  ///< shadow
};

struct Tolerance {
  double absolute = 0.0;
  double relative = 0.0;
};

/// How two answers to the same rows go together.
struct Comparison {
  AnswerKind kind = AnswerKind::kClass;
  std::uint64_t rows = 0;              ///< with a first answer to compare with
  std::uint64_t disagreed = 0;         ///< of them
  std::uint64_t incomplete = 0;        ///< besides: rows without a first answer
  performance::Interval disagreement;  ///< of the share, Wilson, 95 %; only with rows
  /// Of numbers and scores, over rows where both are there:
  std::optional<performance::Differences> differences;
  std::optional<performance::PairedDifference> change;  ///< second - first
  std::optional<double> ks;  ///< Kolmogorov-Smirnov distance of their distributions
  std::optional<double> ks_p_value;
  std::optional<double> kappa;  ///< of classes

  double share() const { return static_cast<double>(disagreed) / static_cast<double>(rows); }
};

/// Of the rows of the newest one's kind that asked the same servers. O(n log n).
/// @param rows  newest first
Comparison compare(std::span<const JudgedRow> rows, Pairing pairing, Tolerance tolerance);

/// How good two answers to the same labelled rows are. Of classes the shares of right ones; of
/// numbers the mean absolute errors; of scores the mean squared errors against yes = 1 and no = 0
/// (Brier), which a good and honest probability makes small.
struct Performance {
  AnswerKind kind = AnswerKind::kClass;
  std::uint64_t rows = 0;  ///< with a label and both answers
  double first = 0.0;
  double second = 0.0;
  performance::Interval first_interval;  ///< of classes, Wilson, 95 %
  performance::Interval second_interval;
  double gain = 0.0;  ///< by which the second is better: more right, or less wrong
  std::optional<performance::Interval> gain_interval;  ///< of errors: Student's, paired
  double p_value = 1.0;  ///< of no gain: McNemar's exact test, or the paired t test
};

/// @param positive  the label that means yes, of scores; nothing: true and 1 do
Performance perform(std::span<const JudgedRow> rows, Pairing pairing,
                    const std::optional<std::string>& positive);

}  // namespace leeway::endpoint
