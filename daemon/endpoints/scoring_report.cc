#include "daemon/endpoints/scoring_report.h"

#include <algorithm>
#include <array>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <cmath>
#include <cstdio>
#include <utility>

namespace leeway::endpoint {
namespace {

namespace json = boost::json;

using exporter::Family;
using exporter::Series;

constexpr ScoringKind kCanary{.name = "canary",
                              .pairing = Pairing::kRecordedAndAnswered,
                              .parts = {"recorded", "answered"},
                              .servers = {"endpoint", ""}};
constexpr ScoringKind kShadow{.name = "shadow",
                              .pairing = Pairing::kChampionAndChallenger,
                              .parts = {"champion", "challenger"},
                              .servers = {"champion", "challenger"}};

/// A difference of distributions below it is of no account, however many rows show it.
constexpr double kPracticalKs = 0.1;
/// Of the two-sided test at 0.001 with as many rows on both sides: D > 1.949 sqrt(2 / n).
constexpr double kKsFactor = 1.949;

template <class... Numbers>
std::string formatted(const char* format, Numbers... numbers) {
  std::array<char, 240> text{};
  std::snprintf(text.data(), text.size(), format, numbers...);
  return text.data();
}

std::string percent(double share) { return formatted("%.1f %%", 100.0 * share); }

std::string interval_text(const performance::Interval& interval) {
  return percent(interval.lower) + " to " + percent(interval.upper);
}

std::string p_text(double p) { return p < 0.0001 ? "p < 0.0001" : formatted("p = %.4f", p); }

/// Makes the findings of one report.
class Findings {
 public:
  Findings(const ScoringState& state, const ScoringKind& kind, const config::Scoring& scoring)
      : state_(state), kind_(kind), scoring_(scoring) {}

  std::vector<monitor::LiveFinding> make() && {
    add_answered();
    add_disagreement();
    add_differences();
    add_performance();
    return std::move(list_);
  }

 private:
  bool is_canary() const { return kind_.pairing == Pairing::kRecordedAndAnswered; }

  Finding finding(std::string_view what) const {
    Finding made;
    made.measure = std::string(kind_.name) + "." + std::string(what);
    return made;
  }

  /// Rows come with batches, so what was seen holds until those judged together have passed.
  void add(Finding made, TimePoint at, std::string_view part = {}) {
    list_.push_back({.finding = std::move(made),
                     .part = std::string(part),
                     .observed_at = at,
                     .good_until = at + scoring_.over + 3 * scoring_.every});
  }

  void add_answered() {
    const bool in_trouble = state_.round && !state_.round->trouble.empty();
    if (in_trouble && !state_.round->unknown) {
      Finding made = finding("answered");
      made.verdict = Verdict::kError;
      made.note = state_.round->trouble;
      return add(std::move(made), state_.round->at);
    }
    if (!state_.asked) return;
    for (std::size_t i = 0; i < kind_.servers.size(); ++i) {
      if (kind_.servers[i].empty()) continue;
      Finding made = finding("answered");
      const std::string& failed = state_.asked->failed[i];
      made.value = failed.empty() ? 1.0 : 0.0;
      made.verdict = failed.empty() ? Verdict::kOk : Verdict::kWarning;
      if (!failed.empty()) {
        made.note = "the " + std::string(kind_.servers[i]) + " does not answer rows: " + failed;
      }
      add(std::move(made), state_.asked->at, is_canary() ? "" : kind_.servers[i]);
    }
  }

  void add_disagreement() {
    const Comparison& comparison = state_.comparison;
    Finding made = finding("disagreement");
    if (comparison.rows == 0) {
      made.verdict = Verdict::kNoData;
      made.note = state_.round ? state_.round->trouble : "";
      if (comparison.incomplete > 0) {
        made.note = "none of " + std::to_string(comparison.incomplete) +
                    " rows has an answer to compare with";
      }
      if (!state_.round && !state_.answered) return;
      if (made.note.empty()) made.note = "no row has been answered yet";
      return add(std::move(made), state_.answered ? *state_.answered : state_.round->at);
    }
    made.value = comparison.share();
    made.note = disagreement_note();
    set_limits(made);
    if (comparison.rows < scoring_.min_rows) {
      made.verdict = Verdict::kTooFew;
      made.note =
          std::to_string(comparison.rows) + " of " + std::to_string(scoring_.min_rows) + " rows";
    } else if (made.critical && *made.value > *made.critical) {
      made.verdict = Verdict::kCritical;
    } else if (made.warning && *made.value > *made.warning) {
      made.verdict = Verdict::kWarning;
    }
    add(std::move(made), *state_.answered);
  }

  /// The limit, with what chance explains at so many rows.
  void set_limits(Finding& made) const {
    const auto limit = [this](const std::optional<double>& share) -> std::optional<double> {
      if (!share) return std::nullopt;
      const std::uint64_t rows = state_.comparison.rows;
      return static_cast<double>(performance::most_within(*share, rows)) /
             static_cast<double>(rows);
    };
    made.warning = limit(scoring_.warning);
    made.critical = limit(scoring_.critical);
    if (made.warning || made.critical) made.basis = ThresholdBasis::kFixed;
  }

  std::string disagreement_note() const {
    const Comparison& comparison = state_.comparison;
    const std::string count =
        std::to_string(comparison.disagreed) + " of " + std::to_string(comparison.rows);
    std::string note =
        is_canary() ? count + " newest rows get another answer from the endpoint than was recorded"
                    : "champion and challenger answer " + count + " rows differently";
    note += " (" + percent(comparison.share()) + ", 95 % interval " +
            interval_text(comparison.disagreement) + ")";
    if (comparison.differences && comparison.disagreed > 0) {
      note += formatted("; they differ by %.4g on average and %.4g at most",
                        comparison.differences->mean, comparison.differences->largest);
    }
    return note;
  }

  Verdict enough() const {
    return state_.comparison.rows < scoring_.min_rows ? Verdict::kTooFew : Verdict::kOk;
  }

  void add_differences() {
    const Comparison& comparison = state_.comparison;
    if (comparison.differences) {
      Finding made = finding("difference");
      made.verdict = enough();
      made.value = comparison.differences->mean;
      if (!is_canary()) add_change(made);
      add(std::move(made), *state_.answered);
    }
    if (comparison.ks) {
      Finding made = finding("score_drift");
      made.value = comparison.ks;
      made.p_value = comparison.ks_p_value;
      made.verdict = enough();
      if (is_canary()) {
        const double chance = kKsFactor * std::sqrt(2.0 / static_cast<double>(comparison.rows));
        made.warning = std::max(kPracticalKs, chance);
        made.basis = ThresholdBasis::kIid;
        if (made.verdict == Verdict::kOk && *made.value > *made.warning) {
          made.verdict = Verdict::kWarning;
          made.note = formatted(
              "the endpoint's answers are distributed otherwise than the recorded ones "
              "(Kolmogorov-Smirnov %.3f, limit %.3f)",
              *made.value, *made.warning);
        }
      }
      add(std::move(made), *state_.answered);
    }
    if (comparison.kappa) {
      Finding made = finding("kappa");
      made.value = comparison.kappa;
      made.verdict = enough();
      add(std::move(made), *state_.answered);
    }
  }

  void add_change(Finding& made) const {
    if (!state_.comparison.change) return;
    const performance::PairedDifference& change = *state_.comparison.change;
    made.value = change.mean;
    made.p_value = change.p_value;
    made.note = formatted(
        "the challenger's answers lie %.4g %s the champion's on average (95 %% "
        "interval %.4g to %.4g)",
        std::abs(change.mean), change.mean < 0.0 ? "below" : "above", change.interval.lower,
        change.interval.upper);
  }

  void add_performance() {
    if (!state_.has_labels || !state_.answered) return;
    const Performance& seen = state_.performance;
    const bool classes = seen.kind == AnswerKind::kClass;
    Verdict verdict = Verdict::kOk;
    std::string note;
    if (seen.rows == 0) {
      verdict = Verdict::kImmature;
      note = "no label of these rows is in yet";
    } else if (seen.rows < scoring_.min_rows) {
      verdict = Verdict::kTooFew;
      note = std::to_string(seen.rows) + " of " + std::to_string(scoring_.min_rows) +
             " rows with labels";
    }
    const std::array values{seen.first, seen.second};
    for (std::size_t i = 0; i < values.size(); ++i) {
      Finding made = finding(classes ? "accuracy" : "error");
      made.verdict = verdict;
      made.note = note;
      if (seen.rows > 0) made.value = values[i];
      add(std::move(made), *state_.answered, kind_.parts[i]);
    }
    Finding gain = finding("gain");
    gain.verdict = verdict;
    gain.note = note.empty() ? gain_note() : note;
    if (seen.rows > 0) {
      gain.value = seen.gain;
      gain.p_value = seen.p_value;
    }
    add(std::move(gain), *state_.answered);
  }

  std::string gain_note() const {
    const Performance& seen = state_.performance;
    const std::string first(is_canary() ? "what was recorded" : "the champion");
    const std::string second(is_canary() ? "the endpoint" : "the challenger");
    std::string note = "of " + std::to_string(seen.rows) + " rows with labels ";
    if (seen.kind == AnswerKind::kClass) {
      return note + second + " has " + percent(seen.second) + " right, " + first + " " +
             percent(seen.first) + " (McNemar, " + p_text(seen.p_value) + ")";
    }
    const char* measure =
        seen.kind == AnswerKind::kScore ? "mean squared error" : "mean absolute error";
    return note + second + formatted(" has a %s of %.4g, ", measure, seen.second) + first +
           formatted(" %.4g (", seen.first) + p_text(seen.p_value) + ")";
  }

  const ScoringState& state_;
  const ScoringKind& kind_;
  const config::Scoring& scoring_;
  std::vector<monitor::LiveFinding> list_;
};

// --- series --------------------------------------------------------------------------------------

struct Families {
  Family accuracy;
  Family disagreement;
  Family disagreement_lower;
  Family disagreement_upper;
  Family error;
  Family failures;
  Family rows;
  Family difference;
};
constexpr Families kCanaryFamilies{.accuracy = Family::kCanaryAccuracy,
                                   .disagreement = Family::kCanaryDisagreement,
                                   .disagreement_lower = Family::kCanaryDisagreementLower,
                                   .disagreement_upper = Family::kCanaryDisagreementUpper,
                                   .error = Family::kCanaryError,
                                   .failures = Family::kCanaryFailures,
                                   .rows = Family::kCanaryRows,
                                   .difference = Family::kCanaryDifference};
constexpr Families kShadowFamilies{.accuracy = Family::kShadowAccuracy,
                                   .disagreement = Family::kShadowDisagreement,
                                   .disagreement_lower = Family::kShadowDisagreementLower,
                                   .disagreement_upper = Family::kShadowDisagreementUpper,
                                   .error = Family::kShadowError,
                                   .failures = Family::kShadowFailures,
                                   .rows = Family::kShadowRows,
                                   .difference = Family::kShadowDifference};

Series series(Family family, double value, std::string_view label = {},
              std::string_view text = {}) {
  Series out{.family = family, .labels = {}, .value = value};
  if (!label.empty()) out.labels.emplace_back(label, std::string(text));
  return out;
}

double number(std::uint64_t count) { return static_cast<double>(count); }

std::vector<Series> series_of(const ScoringState& state, const ScoringKind& kind) {
  const bool canary = kind.pairing == Pairing::kRecordedAndAnswered;
  const Families& family = canary ? kCanaryFamilies : kShadowFamilies;
  std::vector<Series> out;
  const Comparison& comparison = state.comparison;
  if (comparison.rows > 0) {
    out.push_back(series(family.disagreement, comparison.share()));
    out.push_back(series(family.disagreement_lower, comparison.disagreement.lower));
    out.push_back(series(family.disagreement_upper, comparison.disagreement.upper));
  }
  if (canary && comparison.differences) {
    out.push_back(series(family.difference, comparison.differences->mean));
  } else if (!canary && comparison.change) {
    out.push_back(series(family.difference, comparison.change->mean));
  }
  const Performance& seen = state.performance;
  if (seen.rows > 0) {
    const Family measure = seen.kind == AnswerKind::kClass ? family.accuracy : family.error;
    out.push_back(series(measure, seen.first, "part", kind.parts[0]));
    out.push_back(series(measure, seen.second, "part", kind.parts[1]));
  }
  const ScoringTotals& totals = state.totals;
  out.push_back(series(family.rows, number(totals.agreed), "outcome", "agreed"));
  out.push_back(series(family.rows, number(totals.disagreed), "outcome", "disagreed"));
  out.push_back(series(family.rows, number(totals.incomplete), "outcome", "incomplete"));
  for (std::size_t i = 0; i < kind.servers.size(); ++i) {
    if (kind.servers[i].empty()) continue;
    out.push_back(
        canary ? series(family.failures, number(totals.failures[i]))
               : series(family.failures, number(totals.failures[i]), "part", kind.servers[i]));
  }
  return out;
}

// --- details -------------------------------------------------------------------------------------

json::array interval_json(const performance::Interval& interval) {
  return {interval.lower, interval.upper};
}

json::object comparison_json(const Comparison& comparison) {
  json::object out{{"answers", to_string(comparison.kind)},
                   {"rows", comparison.rows},
                   {"disagreed", comparison.disagreed},
                   {"incomplete", comparison.incomplete}};
  if (comparison.rows > 0) out["interval"] = interval_json(comparison.disagreement);
  if (comparison.differences) {
    out["difference"] = json::object{{"mean", comparison.differences->mean},
                                     {"median", comparison.differences->median},
                                     {"p95", comparison.differences->p95},
                                     {"largest", comparison.differences->largest}};
  }
  if (comparison.change) {
    out["change"] = json::object{{"mean", comparison.change->mean},
                                 {"interval", interval_json(comparison.change->interval)},
                                 {"p_value", comparison.change->p_value}};
  }
  if (comparison.ks) {
    out["kolmogorov_smirnov"] =
        json::object{{"statistic", *comparison.ks}, {"p_value", *comparison.ks_p_value}};
  }
  if (comparison.kappa) out["kappa"] = *comparison.kappa;
  return out;
}

json::object performance_json(const Performance& seen, const ScoringKind& kind) {
  const bool classes = seen.kind == AnswerKind::kClass;
  json::object out{{"measure", classes                           ? "accuracy"
                               : seen.kind == AnswerKind::kScore ? "brier_score"
                                                                 : "mean_absolute_error"},
                   {"rows", seen.rows},
                   {kind.parts[0], seen.first},
                   {kind.parts[1], seen.second},
                   {"gain", seen.gain},
                   {"p_value", seen.p_value}};
  if (classes) {
    out["intervals"] = json::object{{kind.parts[0], interval_json(seen.first_interval)},
                                    {kind.parts[1], interval_json(seen.second_interval)}};
  }
  if (seen.gain_interval) out["gain_interval"] = interval_json(*seen.gain_interval);
  return out;
}

json::object details_of(const ScoringState& state, const ScoringKind& kind) {
  json::object details;
  if (state.round) {
    details["at"] = to_rfc3339(state.round->at);
    if (!state.round->trouble.empty()) details["trouble"] = state.round->trouble;
  }
  if (state.answered) details["answered_at"] = to_rfc3339(*state.answered);
  details["comparison"] = comparison_json(state.comparison);
  if (state.performance.rows > 0) {
    details["performance"] = performance_json(state.performance, kind);
  }
  return details;
}

}  // namespace

const ScoringKind& canary_kind() { return kCanary; }
const ScoringKind& shadow_kind() { return kShadow; }

std::string ScoringTotals::serialize() const {
  return json::serialize(json::object{{"version", 1},
                                      {"agreed", agreed},
                                      {"disagreed", disagreed},
                                      {"incomplete", incomplete},
                                      {"failures", json::array{failures[0], failures[1]}}});
}

Result<ScoringTotals> ScoringTotals::parse(std::string_view text) {
  try {
    const json::object object = json::parse(text).as_object();
    if (object.at("version").to_number<int>() != 1) {
      return fail(ErrorCode::kCorrupt, "totals of an unknown version");
    }
    ScoringTotals totals;
    totals.agreed = object.at("agreed").to_number<std::uint64_t>();
    totals.disagreed = object.at("disagreed").to_number<std::uint64_t>();
    totals.incomplete = object.at("incomplete").to_number<std::uint64_t>();
    for (std::size_t i = 0; i < totals.failures.size(); ++i) {
      totals.failures[i] = object.at("failures").as_array().at(i).to_number<std::uint64_t>();
    }
    return totals;
  } catch (const std::exception&) {  // whatever Boost.JSON throws
    return fail(ErrorCode::kCorrupt, "totals that are not well formed");
  }
}

monitor::LiveReport report_of(const ScoringState& state, const ScoringKind& kind,
                              const config::Scoring& scoring) {
  monitor::LiveReport report;
  report.findings = Findings(state, kind, scoring).make();
  report.series = series_of(state, kind);
  report.details = details_of(state, kind);
  return report;
}

}  // namespace leeway::endpoint
