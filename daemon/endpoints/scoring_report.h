#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/config/model_endpoint.h"
#include "daemon/endpoints/comparison.h"
#include "daemon/monitor/live_board.h"

namespace leeway::endpoint {

/// Canary or shadow: what they are called, and what differs in what is said of them.
struct ScoringKind {
  std::string_view name;  ///< "canary", "shadow"
  Pairing pairing;
  std::array<std::string_view, 2> parts;    ///< the two answers of a row
  std::array<std::string_view, 2> servers;  ///< who is asked; the second is empty for canary
};
const ScoringKind& canary_kind();
const ScoringKind& shadow_kind();

/// What is counted since the first row ever; survives a restart.
struct ScoringTotals {
  std::uint64_t agreed = 0;
  std::uint64_t disagreed = 0;
  std::uint64_t incomplete = 0;             ///< no recorded answer, nothing to compare with
  std::array<std::uint64_t, 2> failures{};  ///< requests without answers, by server

  std::string serialize() const;
  /// kCorrupt for anything else.
  static Result<ScoringTotals> parse(std::string_view text);
  bool operator==(const ScoringTotals&) const = default;
};

/// How the newest round went.
struct ScoringRound {
  TimePoint at;
  std::array<std::string, 2> failed{};  ///< by server: why it did not answer; empty: it did
  bool asked = false;                   ///< a request was sent
  std::string trouble{};                ///< why nothing could be asked; empty: it could
  bool unknown = false;                 ///< the trouble is that there is nothing yet
};

/// Everything that is known.
struct ScoringState {
  ScoringTotals totals;
  std::optional<ScoringRound> round;
  std::optional<ScoringRound> asked;  ///< the newest round in which somebody was asked
  Comparison comparison;              ///< of the rows answered within `over`
  std::optional<TimePoint> answered;  ///< when the newest of them was
  Performance performance;            ///< of the rows with labels
  bool has_labels = false;            ///< some are configured, or there are some
};

/// Findings, series and details of it. Pure.
monitor::LiveReport report_of(const ScoringState& state, const ScoringKind& kind,
                              const config::Scoring& scoring);

}  // namespace leeway::endpoint
