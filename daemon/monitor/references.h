#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/monitor/intake.h"

namespace leeway::monitor {

/// The reference that these rows are, in the columns and cells of `provisional`: each pane a window
/// of it, each segment a part. Contributions of other columns or cells are passed over. Pure.
Result<profile::Reference> reference_of(const profile::Reference& provisional,
                                        const std::vector<store::Contribution>& contributions);

/// Gets a model the reference that its configuration asks for, and keeps it in the store:
/// `references/ID.reference` (columns, cells, profiles), `references/ID.rows` (sorted values) and,
/// where several columns are judged at once, `references/ID.sample` (drawn rows).
class References {
 public:
  References(Services services, std::shared_ptr<const config::Config> config,
             const config::Model& model);

  /// The same model in another configuration.
  void set_config(std::shared_ptr<const config::Config> config, const config::Model& model);

  /// What the store has, if it was made from the same files and rules; else learned anew from the
  /// files, or read from the profile. kNotFound if the model learns from its first windows and none
  /// is stored yet. Everything else is an error for a person: the model is not watched until it is
  /// solved.
  Async<std::shared_ptr<const ActiveReference>> load();

  /// A provisional one, from the first file that arrived: it has columns and cells, and nothing is
  /// judged against it.
  Async<std::shared_ptr<const ActiveReference>> begin_learning(files::SeenFile file);

  /// The reference of the windows that were folded with the provisional one. Where they change
  /// inside (threshold::change_inside), which a mixture of both states would hide from then on, it
  /// is the provisional one once more, to be learned from the windows behind the change; what
  /// changed is said in `learned_anew`. After three such changes the windows are taken as they are,
  /// and the reference's source says so.
  Async<std::shared_ptr<const ActiveReference>> finish_learning(
      std::shared_ptr<const ActiveReference> provisional, std::vector<TimePoint> windows);

 private:
  struct Made {
    profile::Reference reference;
    std::optional<std::string> extract;  ///< below the worker's scratch
    Origin origin;
  };

  Async<Made> learn(std::vector<std::filesystem::path> paths, std::string source);
  Async<Made> read_profile(std::filesystem::path path);
  Async<std::shared_ptr<const ActiveReference>> keep(Made made, std::string key, bool provisional);
  Async<std::shared_ptr<const ActiveReference>> stored(std::string key);
  Async<> save_state(std::string state);
  std::string key_of(const std::vector<files::SeenFile>& files) const;

  Services services_;
  std::shared_ptr<const config::Config> config_;
  const config::Model* model_;
};

}  // namespace leeway::monitor
