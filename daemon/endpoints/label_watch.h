#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "collectors/files/file_watch.h"
#include "daemon/endpoints/rounds.h"
#include "daemon/endpoints/scoring_monitor.h"
#include "daemon/monitor/intake.h"
#include "daemon/monitor/live_board.h"

namespace leeway::endpoint {

/// Brings labels to the rows that canary and shadow of a model have kept: files of
/// `endpoint.labels` that are new or have changed are searched, by a worker, for the ids of rows
/// without a label. The first label that is found stays. Files that were there before a row was
/// kept: the newest 8 are searched once more when rows were kept since; files older than rows are
/// kept are not opened.
class LabelWatch : public monitor::LiveSource {
 public:
  /// As ScoringMonitor.
  LabelWatch(monitor::Services services, monitor::LiveBoard& board, const config::Model& model,
             ReferenceOf reference, std::uint64_t seed);
  ~LabelWatch() override;

  Task<> run() override;
  bool busy() const override { return busy_; }

 private:
  Async<> round();
  Async<std::vector<files::SeenFile>> files_to_search(bool rows_were_kept);
  Async<std::uint64_t> search(const files::SeenFile& file, const std::vector<std::string>& ids);

  monitor::Services services_;
  monitor::LiveBoard& board_;
  config::Model model_;
  ReferenceOf reference_;
  std::string key_;
  std::string id_;  // columns of the files
  std::string label_;
  Duration keep_{0};  // rows, the longest
  Rounds rounds_;
  std::vector<std::shared_ptr<files::FileWatch>> watches_;
  std::map<std::string, std::string> searched_;  // path -> version
  std::set<std::string> waiting_;                // ids, when files were searched last
  std::uint64_t found_ = 0;                      // in this life
  std::string trouble_;
  bool busy_ = false;
};

}  // namespace leeway::endpoint
