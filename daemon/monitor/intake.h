#pragma once

#include <boost/asio/thread_pool.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "collectors/async/async.h"
#include "collectors/async/clock.h"
#include "collectors/files/file_watch.h"
#include "collectors/tables/worker_pool.h"
#include "daemon/config/config.h"
#include "daemon/monitor/judge.h"
#include "daemon/monitor/timeline.h"
#include "daemon/store/ledger.h"
#include "daemon/store/store.h"

namespace leeway::monitor {

/// What everything that watches a model works with. Lives on the io_context's thread and outlives
/// its users.
struct Services {
  Clock& clock;
  store::Store& store;
  tables::WorkerPool& workers;
  asio::thread_pool& pool;
};

/// What became of one file.
struct Taken {
  enum class Outcome { kFolded, kUnchanged, kQuarantined };
  Outcome outcome = Outcome::kFolded;
  std::uint64_t rows = 0;
  std::uint64_t late_rows = 0;
  std::uint64_t future_rows = 0;
  std::uint64_t timeless_rows = 0;
  std::optional<TimePoint> last_time;
  std::vector<store::Pane> panes;  ///< rows now in every pane that changed
  std::vector<TimePoint> judged;   ///< windows that were judged without this change, once each
  std::vector<Finding> schema;     ///< new, vanished and retyped columns
  std::string reason;              ///< why it was not taken
  std::string refused;             ///< what of it came too late to change anything; mostly empty
};

/// Takes the files of one model in: fold in a worker, sync the extracts, commit the contributions.
/// A file at a version that the ledger has is not opened again.
class Intake {
 public:
  Intake(Services services, std::string model);

  /// Reads the ledger. Call once before the rest.
  Async<> restore();

  bool is_known(const files::SeenFile& file) const;

  /// What the ledger says of this version of a file if it was not, or not wholly, taken.
  const store::Source* problem(const files::SeenFile& file) const;

  /// One file, to its commit. Errors of the world that will pass (kUnavailable) and kCancelled are
  /// errors; a file that cannot be decoded is an outcome: quarantined, recorded, out of the way.
  Async<Taken> take(files::SeenFile file, std::shared_ptr<const ActiveReference> reference,
                    const Timeline& timeline, config::Model model);

  /// Records a file as quarantined that could not even be tried.
  Async<Taken> quarantine(files::SeenFile file, std::string reason);

 private:
  tables::FoldPlan plan(const files::SeenFile& file, const ActiveReference& reference,
                        const config::Model& model) const;
  Async<Taken> commit(files::SeenFile file, tables::FoldAnswer answer,
                      std::shared_ptr<const ActiveReference> reference, const Timeline& timeline,
                      config::Columns columns, bool by_batch);
  Async<> adopt_extracts(std::vector<std::string> names);
  void remember(store::Source source);

  Services services_;
  std::string model_;
  std::unordered_map<std::uint64_t, std::uint64_t> known_;  // hash of path -> hash of version
  std::unordered_map<std::string, store::Source> problems_;
};

/// The folder below the store's scratch in which workers write.
std::filesystem::path worker_scratch(const store::Store& store);

}  // namespace leeway::monitor
