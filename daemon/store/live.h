#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/store/sqlite.h"
#include "detectors/base/finding.h"

namespace leeway::store {

/// A finding of the clock at one moment: its history has each change of a verdict and a sample a
/// period.
struct LiveSample {
  std::string model;
  std::string path;  ///< as rules name it: "endpoint.up"
  std::string part;  ///< which of several; mostly empty
  TimePoint at;
  std::optional<double> value;
  std::optional<double> threshold;
  Verdict verdict = Verdict::kOk;
  std::string note;

  bool operator==(const LiveSample&) const = default;
};

/// A second sample of the same path, part and time replaces the first.
Result<> save_live_sample(Connection& connection, const LiveSample& sample);

/// Something that happened to a model, once, for people and as an annotation of its windows.
struct Event {
  std::string model;
  TimePoint at;
  std::string kind;  ///< "endpoint.version", "endpoint.schema", "registry.version"
  std::string note;  ///< one sentence
  std::string before;
  std::string after;
  /// When it had not happened yet: it was seen at `at` and happened in (since, at]. Nothing: at
  /// `at`.
  std::optional<TimePoint> since = {};

  bool operator==(const Event&) const = default;
};

/// Twice the same model, time and kind is one event.
Result<> add_event(Connection& connection, const Event& event);

struct LiveFilter {
  std::optional<std::string> model = {};  ///< nothing: all models
  std::optional<TimePoint> from = {};     ///< at or after it
  std::optional<TimePoint> to = {};       ///< before it
  std::size_t limit = 1000;               ///< the newest so many
};

/// Newest first.
Result<std::vector<LiveSample>> live_samples(Connection& connection, const LiveFilter& filter);
Result<std::vector<Event>> events(Connection& connection, const LiveFilter& filter);

/// Changes of the model's version, whoever saw them (kinds that end in ".version"), that may have
/// happened inside of [from, end); the oldest first.
Result<std::vector<Event>> version_changes(Connection& connection, std::string_view model,
                                           TimePoint from, TimePoint end);

/// What the version was before the first event of this kind at or after `time`; nothing: there is
/// none, so the version is the present one.
Result<std::optional<std::string>> version_before(Connection& connection, std::string_view model,
                                                  std::string_view kind, TimePoint time);

/// What a source keeps over a restart (totals, the version that it saw last), in a form of its own
/// that says its version. Nothing: it never kept anything.
Result<> save_source_state(Connection& connection, std::string_view model, std::string_view source,
                           std::string_view state);
Result<std::optional<std::string>> source_state(Connection& connection, std::string_view model,
                                                std::string_view source);

/// Every source of a model that is watched no more forgets what it kept.
Result<> forget_source_states(Connection& connection, std::string_view model);
/// The models of which a source keeps something.
Result<std::vector<std::string>> models_with_source_states(Connection& connection);

/// Deletes at most `limit` samples, events and scored rows (whose owner deletes them earlier as
/// long as it is configured) each from before `before`; gives how many went.
Result<std::uint64_t> prune_live(Connection& connection, TimePoint before, std::size_t limit);

}  // namespace leeway::store
