#include "daemon/endpoints/comparison.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>

#include "detectors/drift/kolmogorov_smirnov.h"

namespace leeway::endpoint {
namespace {

struct Pair {
  const Answer* first = nullptr;
  const Answer* second = nullptr;
};

std::optional<Pair> pair_of(const KeptAnswers& kept, Pairing pairing) {
  if (pairing == Pairing::kRecordedAndAnswered) {
    if (kept.answers.empty()) return std::nullopt;
    return Pair{&kept.recorded, kept.answers.data()};
  }
  if (kept.answers.size() < 2) return std::nullopt;
  return Pair{&kept.answers[0], &kept.answers[1]};
}

bool is_there(const Answer& answer) { return !std::holds_alternative<std::monostate>(answer); }

/// Both numbers of the rows that have both.
struct Numbers {
  std::vector<double> first;
  std::vector<double> second;
};

/// Numbers for classes, in the order in which they turn up.
class ClassCodes {
 public:
  std::uint32_t operator()(const Answer& answer) {
    const auto* name = std::get_if<std::string>(&answer);
    return codes_.emplace(name == nullptr ? "" : *name, codes_.size()).first->second;
  }

 private:
  std::map<std::string, std::uint32_t, std::less<>> codes_;
};

void compare_numbers(Numbers numbers, Comparison& comparison) {
  if (auto apart = performance::absolute_differences(numbers.first, numbers.second)) {
    comparison.differences = *apart;
  }
  if (auto change = performance::paired_difference(numbers.first, numbers.second)) {
    comparison.change = *change;
  }
  std::ranges::sort(numbers.first);
  std::ranges::sort(numbers.second);
  const auto distances = drift::kolmogorov_smirnov(numbers.first, numbers.second);
  if (!distances) return;
  comparison.ks = distances->statistic();
  comparison.ks_p_value =
      drift::ks_p_asymptotic(*comparison.ks, numbers.first.size(), numbers.second.size());
}

/// What a label says in the terms of the answers; nothing: it says nothing of them.
std::optional<double> label_number(const std::string& label, AnswerKind kind,
                                   const std::optional<std::string>& positive) {
  if (kind == AnswerKind::kScore) {
    const Answer said = answer_of(endpoints::Value(label), AnswerKind::kClass);
    const std::string& name = std::get<std::string>(said);
    if (positive) {
      return said == answer_of(endpoints::Value(*positive), AnswerKind::kClass) ? 1.0 : 0.0;
    }
    if (name != "0" && name != "1") return std::nullopt;
    return name == "1" ? 1.0 : 0.0;
  }
  const Answer number = answer_of(endpoints::Value(label), AnswerKind::kNumber);
  if (const auto* value = std::get_if<double>(&number)) return *value;
  return std::nullopt;
}

void judge_classes(std::span<const JudgedRow> rows, Pairing pairing, Performance& out) {
  std::uint64_t right[2] = {0, 0};
  std::uint64_t only[2] = {0, 0};
  for (const JudgedRow& row : rows) {
    const auto pair = pair_of(row.kept, pairing);
    if (!row.label || !pair || !is_there(*pair->first) || !is_there(*pair->second)) continue;
    const Answer label = answer_of(endpoints::Value(*row.label), AnswerKind::kClass);
    const bool first = *pair->first == label;
    const bool second = *pair->second == label;
    ++out.rows;
    right[0] += first ? 1U : 0U;
    right[1] += second ? 1U : 0U;
    only[0] += first && !second ? 1U : 0U;
    only[1] += second && !first ? 1U : 0U;
  }
  if (out.rows == 0) return;
  const auto n = static_cast<double>(out.rows);
  out.first = static_cast<double>(right[0]) / n;
  out.second = static_cast<double>(right[1]) / n;
  out.first_interval = performance::wilson_interval(right[0], out.rows);
  out.second_interval = performance::wilson_interval(right[1], out.rows);
  out.gain = out.second - out.first;
  out.p_value = performance::mcnemar_p_value(only[0], only[1]);
}

void judge_numbers(std::span<const JudgedRow> rows, Pairing pairing,
                   const std::optional<std::string>& positive, Performance& out) {
  Numbers errors;
  const auto error = [&out](double answer, double label) {
    const double apart = answer - label;
    return out.kind == AnswerKind::kScore ? apart * apart : std::abs(apart);
  };
  for (const JudgedRow& row : rows) {
    const auto pair = pair_of(row.kept, pairing);
    const auto label =
        row.label ? label_number(*row.label, out.kind, positive) : std::optional<double>();
    const auto* first = pair ? std::get_if<double>(pair->first) : nullptr;
    const auto* second = pair ? std::get_if<double>(pair->second) : nullptr;
    if (!label || first == nullptr || second == nullptr) continue;
    errors.first.push_back(error(*first, *label));
    errors.second.push_back(error(*second, *label));
  }
  out.rows = errors.first.size();
  for (std::size_t i = 0; i < errors.first.size(); ++i) {
    out.first += (errors.first[i] - out.first) / static_cast<double>(i + 1);
    out.second += (errors.second[i] - out.second) / static_cast<double>(i + 1);
  }
  out.gain = out.first - out.second;
  if (const auto gain = performance::paired_difference(errors.second, errors.first)) {
    out.gain_interval = gain->interval;
    out.p_value = gain->p_value;
  }
}

/// Rows that can be held against each other.
std::vector<JudgedRow> alike(std::span<const JudgedRow> rows) {
  std::vector<JudgedRow> kept;
  for (const JudgedRow& row : rows) {
    const KeptAnswers& newest = rows.front().kept;
    if (row.kept.kind == newest.kind && row.kept.asked == newest.asked) kept.push_back(row);
  }
  return kept;
}

}  // namespace

Comparison compare(std::span<const JudgedRow> rows, Pairing pairing, Tolerance tolerance) {
  Comparison comparison;
  if (rows.empty()) return comparison;
  comparison.kind = rows.front().kept.kind;
  Numbers numbers;
  ClassCodes code_of;
  std::vector<std::uint32_t> first_codes;
  std::vector<std::uint32_t> second_codes;
  for (const JudgedRow& row : alike(rows)) {
    const auto pair = pair_of(row.kept, pairing);
    if (!pair || !is_there(*pair->first)) {
      ++comparison.incomplete;
      continue;
    }
    ++comparison.rows;
    const bool same = agree(*pair->first, *pair->second, tolerance.absolute, tolerance.relative);
    comparison.disagreed += same ? 0U : 1U;
    const auto* a = std::get_if<double>(pair->first);
    const auto* b = std::get_if<double>(pair->second);
    if (a != nullptr && b != nullptr) {
      numbers.first.push_back(*a);
      numbers.second.push_back(*b);
    } else if (comparison.kind == AnswerKind::kClass) {
      first_codes.push_back(code_of(*pair->first));
      second_codes.push_back(code_of(*pair->second));
    }
  }
  if (comparison.rows > 0) {
    comparison.disagreement = performance::wilson_interval(comparison.disagreed, comparison.rows);
  }
  if (comparison.kind != AnswerKind::kClass) {
    compare_numbers(std::move(numbers), comparison);
  } else if (const auto kappa = performance::cohen_kappa(first_codes, second_codes)) {
    comparison.kappa = *kappa;
  }
  return comparison;
}

Performance perform(std::span<const JudgedRow> rows, Pairing pairing,
                    const std::optional<std::string>& positive) {
  Performance out;
  if (rows.empty()) return out;
  out.kind = rows.front().kept.kind;
  const std::vector<JudgedRow> kept = alike(rows);
  if (out.kind == AnswerKind::kClass) {
    judge_classes(kept, pairing, out);
  } else {
    judge_numbers(kept, pairing, positive, out);
  }
  return out;
}

}  // namespace leeway::endpoint
