#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/registry/mlflow.h"
#include "daemon/config/model_registry.h"
#include "daemon/store/live.h"

namespace leeway::registry {

/// Everything that is known of one alias, from what the registry said. Pure: no clock, no I/O. What
/// must survive a restart (the version that the alias named last, and when) is in serialize().
class RegistryState {
 public:
  /// @param model  its key, for events
  RegistryState(const config::ModelRegistry& registry, std::string model);

  /// What the registry answered at `at` to what it was asked at `asked_at`. Gives at most one
  /// event: the first version that is ever seen is none, neither is an alias that is missing for a
  /// while and comes back as it was. kNotFound: the alias, or the model, does not exist; any other
  /// error: it is not known.
  std::vector<store::Event> take(const Result<ModelVersion>& answer, TimePoint asked_at,
                                 TimePoint at);

  std::string serialize() const;
  /// Of an earlier life; nothing of another server, model or alias. kCorrupt leaves the state as
  /// new.
  Result<> restore(std::string_view text);

  std::optional<ModelVersion> current;  ///< what the alias named when it was seen last
  std::optional<TimePoint> seen;        ///< since when it may have changed: the asking
  std::optional<TimePoint> changed;     ///< when another version was seen last
  std::string change;                   ///< which became which, in words
  std::optional<TimePoint> answered;    ///< when the newest answer came, or none did
  std::string trouble;                  ///< why none did; empty if one did
  std::string missing;                  ///< why the alias names nothing; empty if it does

 private:
  std::string model_;
  std::string place_;  // server, model and alias
  std::string alias_;  // in words
};

}  // namespace leeway::registry
