#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "daemon/config/compute.h"
#include "daemon/config/model_endpoint.h"
#include "daemon/config/model_registry.h"
#include "daemon/config/values.h"
#include "detectors/base/columns.h"
#include "detectors/base/season.h"
#include "detectors/base/time.h"

/// What the daemon runs on: plain values, complete (every default is filled in) and immutable once
/// loaded. Paths are absolute. daemon/config/load.h makes it; the keys are described there, once.
namespace leeway::config {

enum class LogLevel { kDebug, kInfo, kWarn, kError };
enum class Severity { kWarning, kCritical };
enum class Environment { kDevelopment, kStaging, kProduction };
enum class Notify {
  kLeeway,      ///< incidents are sent to the targets
  kPrometheus,  ///< incidents are only exported; Alertmanager tells people
};
enum class Approval { kNone, kRequired };

std::string_view to_string(LogLevel level);
std::string_view to_string(Severity severity);
std::string_view to_string(Environment environment);  ///< "development", "staging", "production"
std::string_view to_string(Notify notify);
std::string_view to_string(Approval approval);

/// Limits of one measure; a missing one is never crossed.
struct Limits {
  std::optional<double> warning;
  std::optional<double> critical;

  bool operator==(const Limits&) const = default;
};

using LimitsByMeasure = std::map<std::string, Limits, std::less<>>;

// --- the daemon ----------------------------------------------------------------------------------

struct Server {
  Endpoint listen;
};

struct Retention {
  Duration history{0};     ///< findings
  Duration deliveries{0};  ///< sent and dead letters
  ByteSize size;           ///< of the whole state directory
};

struct Exporter {
  std::uint64_t max_series = 0;
};

/// A Standard Webhook.
struct Webhook {
  Secret url;
  std::optional<Secret> secret;  ///< "whsec_..."; without it requests are not signed
  Duration timeout{0};           ///< of one attempt
  std::map<std::string, Secret, std::less<>> headers;
};

/// Where deliveries go. New kinds are new alternatives.
struct Target {
  std::string name;
  std::variant<Webhook> kind;
};

/// The first route that matches an incident names its targets. A missing field matches everything.
struct Route {
  std::optional<Severity> severity;
  std::optional<Environment> environment;
  std::optional<std::string> team;   ///< a name or a glob
  std::optional<std::string> model;  ///< a name or a glob
  std::vector<std::string> to;       ///< names of targets; may be empty: tell nobody
};

/// A dead-man switch: somebody else notices when the pings end.
struct Heartbeat {
  Secret url;
  Duration every{0};
};

// --- a model -------------------------------------------------------------------------------------

struct Label {
  std::string name;
  std::optional<std::string> positive;  ///< the value that means "yes"
};

/// Names or globs (* and ?) of columns. With `only`, the others are ignored.
struct Features {
  std::vector<std::string> only;
  std::vector<std::string> except;
};

/// Exceptions for one column.
struct ColumnOverride {
  std::optional<TimePoint> mute_until;  ///< shown, not judged, until then
  std::string reason;
  LimitsByMeasure thresholds;  ///< fixed, instead of the model's
};

struct Columns {
  std::optional<std::string> id;
  std::optional<std::string> timestamp;  ///< event time; without it a window is a batch
  std::optional<Label> label;
  std::optional<std::string> prediction;
  std::optional<std::string> score;
  std::optional<std::string> weight;
  std::optional<std::string> version;
  Features features;
  std::map<std::string, ColumnType, std::less<>> types;
  std::vector<std::string> missing_values;  ///< texts read as missing
  std::vector<std::string> segments;
  std::optional<std::vector<std::string>>
      private_columns;  ///< globs; nothing: ids, text, > 1,000 distinct
  std::map<std::string, ColumnOverride, std::less<>> overrides;
};

/// Exactly one of the two: files, or learned from the first windows.
/// The windows that one is compared with: `windows` of them, `gap` before it.
struct Rolling {
  std::uint32_t windows = 0;
  std::uint32_t gap = 0;
};

struct Reference {
  std::vector<std::string> files;    ///< paths or globs
  std::string profile{};             ///< a file that `leeway profile` made, in place of files
  std::uint32_t learn_windows = 0;   ///< > 0: the first so many windows become the reference
  Season season = Season::kNone;     ///< windows are compared with those of the same phase
  std::optional<Rolling> rolling{};  ///< those learned first are the anchor then
};

struct Batches {
  std::vector<std::string> files;  ///< paths or globs; none: the model has no batches
  Duration every{0};               ///< between polls; without files, between looks at the rules
};

struct Window {
  Duration size{0};
  Duration slide{0};  ///< divides size
  Duration grace{0};  ///< the watermark passes end + grace: the window closes
  Duration late{0};   ///< rows further behind the watermark are counted and dropped
  std::string time_zone;
  std::uint64_t min_rows = 0;
  Duration extend{0};  ///< a window below min_rows takes in its predecessors up to this far back
};

struct Drift {
  std::string dialect;
  std::vector<std::string> numeric;  ///< measures; the first decides; none: the dialect chooses
  std::vector<std::string> categorical;
  std::vector<std::string> multivariate{};  ///< measures of several columns at once; each decides
  LimitsByMeasure thresholds;               ///< fixed ones; measures that are not here are learned
  Rate false_alarms;                        ///< expected falsely critical windows of the model
};

/// What the values of one column have to be.
struct ValueRules {
  std::optional<double> min{};
  std::optional<double> max{};
  std::vector<std::string> one_of{};  ///< none: no rule
  std::string pattern{};              ///< a regular expression, checked; empty: no rule
};

/// Limits of shares are increases over the reference but those of violations and of rows.
struct Quality {
  Limits missing;
  Limits unseen;
  Limits type_errors;
  Limits non_finite;
  Limits range;  ///< beyond that of the reference
  std::map<std::string, ValueRules, std::less<>> columns;
  Limits violations;  ///< of these rules
  Limits duplicate_ids;
  Limits duplicate_rows;             ///< none: rows are not compared
  std::optional<Severity> constant;  ///< nothing: not judged
  Limits volume;                     ///< factors
  Duration freshness{0};             ///< longest clock time without an arrival
};

/// A rule of the user, or a change to a default rule of that name: what is missing is the
/// default's.
struct Rule {
  std::string name;
  bool enabled = true;
  std::optional<std::string> condition;  ///< `if`, text in the rule language, syntax checked
  std::optional<Hold> hold;              ///< `for`
  std::optional<Hold> keep_firing;
  std::optional<Severity> severity;
  std::optional<std::vector<std::string>> then;  ///< alert targets, or "retraining"
};

struct Schedule {
  std::string cron;
  std::string time_zone;
};

struct Retraining {
  std::string target;
  std::optional<Schedule> schedule;
  std::vector<std::string> requires_all;  ///< "quality_ok", "source_fresh", or conditions
  Duration cooldown{0};                   ///< from the end of the last run
  Rate at_most;                           ///< rolling
  Approval approval = Approval::kRequired;
  Duration timeout{0};
};

/// One deployed model in one environment.
struct Model {
  std::string name;
  Environment environment = Environment::kProduction;
  std::string owner;
  std::string team;
  std::string runbook;
  std::string version;
  Columns columns;
  Reference reference;
  Batches batches;
  std::optional<ModelEndpoint> endpoint;
  std::optional<ModelRegistry> registry = {};
  Window window;
  Drift drift;
  Quality quality;
  std::vector<Rule> rules;
  std::optional<Retraining> retraining;
  std::optional<Compute> compute;

  /// Of everything above: equal hashes, equal configuration. A reload leaves such a model alone.
  std::uint64_t hash = 0;

  bool has_batches() const { return !batches.files.empty(); }
  std::string key() const;  ///< "production/flight-delay": what the store and the API call it
};

struct Config {
  LogLevel log_level = LogLevel::kInfo;
  Server server;
  std::string state;  ///< folder
  Retention retention;
  Exporter exporter;
  Notify notify = Notify::kLeeway;
  std::map<std::string, Target, std::less<>> targets;
  std::vector<Route> routes;
  std::optional<Heartbeat> heartbeat;
  std::vector<Model> models;  ///< ordered by key()

  /// Of every effective value: a reload with the same hash has nothing to do. Comments, order of
  /// keys and the files that the values are written in do not count.
  std::uint64_t hash = 0;

  const Model* find(std::string_view key) const;
};

}  // namespace leeway::config
