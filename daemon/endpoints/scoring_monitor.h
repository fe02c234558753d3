#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "collectors/endpoints/prober.h"
#include "daemon/endpoints/rounds.h"
#include "daemon/endpoints/row_wish.h"
#include "daemon/endpoints/scoring_report.h"
#include "daemon/monitor/intake.h"
#include "daemon/monitor/live_board.h"
#include "daemon/store/ledger.h"
#include "daemon/store/scored_rows.h"

namespace leeway::endpoint {

/// The reference in force; null before there is one.
using ReferenceOf = std::function<std::shared_ptr<const monitor::ActiveReference>()>;

/// Canary or shadow of one model: in each round the newest rows of the batch that was taken last,
/// those that it has not answers for, go to the endpoint, or to the endpoint and its challenger, in
/// one request each. Rows with all answers are kept in the state directory with the totals, in one
/// commit, and only then shown: what was told survives a crash, and a row whose answers are kept is
/// never sent again. Rows that were not answered are tried in the next round.
///
/// Rows are read by a worker when a round is due, not with every batch: batches that no round asks
/// about cost nothing.
class ScoringMonitor : public monitor::LiveSource {
 public:
  /// @param prober  outlives it, as board and services do
  ScoringMonitor(monitor::Services services, endpoints::Prober& prober, monitor::LiveBoard& board,
                 const config::Model& model, const ScoringKind& kind, ReferenceOf reference,
                 std::uint64_t seed);
  ~ScoringMonitor() override;

  Task<> run() override;
  bool busy() const override { return busy_; }

 private:
  /// What one round found: rows to be sent, or why there are none.
  struct Batch {
    store::Source source;
    RowWish wish;
    std::vector<SentRow> rows;
  };

  Async<> restore();
  Async<> open();
  Async<> round();
  Async<std::optional<Batch>> next_batch();
  Async<> ask(Batch batch);
  Async<> keep(const Batch& batch, const std::vector<Picked>& picked);
  Async<> fail_round(const Batch& batch, std::array<std::string, 2> reasons);
  Async<> evaluate();
  void trouble(std::string sentence, bool unknown);
  std::uint64_t identity(const RowWish& wish) const;

  monitor::Services services_;
  endpoints::Prober& prober_;
  monitor::LiveBoard& board_;
  config::Model model_;
  const ScoringKind& kind_;
  const config::Scoring& scoring_;  // of model_
  ReferenceOf reference_;
  std::string key_;
  std::string source_;  // as board and store call it
  Rounds rounds_;
  std::vector<std::unique_ptr<endpoints::Endpoint>> servers_;
  std::optional<store::Source> done_;  // whose newest rows are all answered
  ScoringState state_;
  bool restored_ = false;
  bool busy_ = false;
};

}  // namespace leeway::endpoint
