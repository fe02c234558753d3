#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "collectors/async/notifier.h"
#include "daemon/monitor/decisions.h"
#include "daemon/monitor/intake.h"
#include "daemon/monitor/live_board.h"
#include "daemon/monitor/live_history.h"
#include "daemon/monitor/references.h"
#include "daemon/monitor/rolling.h"
#include "daemon/monitor/stored_state.h"
#include "daemon/monitor/view.h"

namespace leeway::monitor {

/// What a monitor asks of the daemon around it. Called on the io_context's thread, but for
/// `retrain`.
struct Hooks {
  std::function<void()> decided;  ///< after a commit: there may be deliveries
  std::function<void(const exporter::ModelMetrics&)> publish;
  std::function<std::uint64_t()> dead_deliveries;
  /// Which of `retraining.requires` do not hold now; called when that changes, at first before
  /// anything could ask.
  std::function<void(const std::vector<std::string>&)> unmet;
  std::function<void()> progressed;  ///< once a round: for the watchdog
};

/// Watches one model: takes its files in, closes and judges its windows, steps its rules, commits
/// what follows. Everything it knows is in the store, so it can be stopped at any point and made
/// anew, by a reload or after a crash. Lives on the io_context's thread.
class ModelMonitor {
 public:
  ModelMonitor(Services services, std::shared_ptr<const config::Config> config,
               const config::Model& model, Hooks hooks, std::uint64_t seed);

  /// Until the coroutine is told to stop. Spawn it in a TaskGroup.
  Task<> run();

  /// Another configuration in which this model is the same (targets and routes may differ).
  void set_config(std::shared_ptr<const config::Config> config);

  const config::Model& model() const { return *model_; }
  const View& view() const { return view_; }
  LiveBoard& board() { return board_; }  ///< for the sources of this model
  std::shared_ptr<const ActiveReference> reference() const { return reference_; }

  /// Which of `retraining.requires` do not hold, as far as is known: at first none does.
  std::vector<std::string> unmet() const;

  /// A retraining of this model came into another state.
  void note(const store::Retraining& retraining);

  /// True when there is nothing to take in and no window is due: tests and the demo wait for it.
  bool idle() const { return idle_; }

 private:
  Async<> start();
  Async<> restore();
  Async<StoredState> stored();
  Async<> restore_rules();
  Async<> restore_view();
  Async<> restore_panes();
  Async<> round();
  Async<> take_all(std::vector<files::SeenFile> ready);
  void count_problems(const std::vector<files::SeenFile>& present);
  Async<> take_one(files::SeenFile file);
  void note(const Taken& taken, const files::SeenFile& file);
  Async<> withdraw_mixed();
  Async<> correct_changed();
  Async<> correct_window(TimePoint start);
  Async<Closing> window_to_correct(TimePoint start);
  Async<> close_due_windows();
  Async<> close_window(Closing window);
  Async<> compact_settled();
  Async<> read_open_schema();
  Async<> finish_learning_if_complete();
  Async<std::vector<TimePoint>> windows_to_learn_from();
  struct Judged {
    Judgement judgement;
    std::string reference_id;  ///< empty while it is learned
  };
  Async<Judged> judge_window(Closing window);
  Async<> step_rules();
  struct Step {
    Decisions decisions;
    rules::States states;
    std::vector<std::string> unmet;  ///< requirements of a retraining
  };
  Step step(const View& view);
  void require(std::vector<std::string> unmet);
  bool held_to_reconsider() const;
  void show(const Judgement& judgement, const store::Window& window);
  void publish();
  Duration pause() const;
  Task<bool> rest(Duration wait);
  Async<> look();

  Services services_;
  std::shared_ptr<const config::Config> config_;
  const config::Model* model_;
  Hooks hooks_;
  Random random_;
  std::string key_;

  Intake intake_;
  References references_;
  std::shared_ptr<const ActiveReference> reference_;  ///< the anchor, where it rolls
  RollingReference rolling_;
  std::unique_ptr<Timeline> timeline_;
  std::vector<std::shared_ptr<files::FileWatch>> watches_;
  rules::RuleSet rules_;
  std::vector<rules::Route> routes_;
  rules::States states_;
  std::set<TimePoint> changed_;  ///< windows to judge again
  std::map<std::string, std::optional<TimePoint>, std::less<>> version_changes_;  // looked for
  std::optional<std::vector<std::string>> unmet_;       // nothing: not looked yet
  std::optional<std::vector<std::string>> considered_;  // when a held request was decided last
  std::optional<TimePoint> held_;                       // since when a request is held
  View view_;
  std::optional<TimePoint> compacted_before_;
  LiveBoard board_;
  LiveHistory live_history_;
  Duration last_look_{0};
  bool heard_ = false;     // since the last look
  bool urgent_ = false;    // of what was heard
  bool restored_ = false;  // the states of the rules are known
  Notifier wake_;
  bool idle_ = false;
};

}  // namespace leeway::monitor
