#include "daemon/rules/paths.h"

#include <algorithm>
#include <array>
#include <deque>
#include <string>

#include "detectors/drift/measures.h"
#include "detectors/multivariate/measures.h"

namespace leeway::rules {
namespace {

constexpr std::array<std::string_view, 0> kNoLabels{};
constexpr std::array<std::string_view, 3> kOfColumn{"column", "role", "segment"};
constexpr std::array<std::string_view, 4> kStateOfColumn{"column", "role", "segment", "measure"};
constexpr std::array<std::string_view, 1> kOfMeasure{"measure"};
constexpr std::array<std::string_view, 1> kOfPart{"part"};
constexpr std::array<std::string_view, 1> kOfTarget{"target"};
constexpr std::array<std::string_view, 1> kOfSource{"source"};

/// Besides a path drift.MEASURE for every measure of drift, multivariate.MEASURE for one of several
/// columns and embedding.MEASURE for one of an embedding.
constexpr auto kPaths = std::to_array<Path>({
    {"drift.share", Unit::kRatio, false, kNoLabels, "share of drifted columns",
     "drifted columns over judged ones, features only; unknown when fewer than half are judged"},
    {"drift.drifted_columns", Unit::kCount, false, kNoLabels, "number of drifted columns",
     "feature columns whose deciding measure is critical"},
    {"drift.judged_columns", Unit::kCount, false, kNoLabels, "number of judged columns",
     "feature columns whose deciding measure could be judged"},
    {"drift.state", Unit::kState, true, kStateOfColumn, "drift",
     "verdict of a column's deciding drift measure: 0 ok, 1 warning, 2 critical"},
    {"drift.anchor", Unit::kStatistic, true, kOfColumn, "distance from the anchor",
     "deciding measure of a column against the first windows, where the reference rolls"},
    {"multivariate.state", Unit::kState, true, kOfMeasure, "drift of several columns",
     "verdict of a measure of all columns at once: 0 ok, 1 warning, 2 critical"},
    {"quality.missing", Unit::kRatio, true, kOfColumn, "missing share",
     "share of missing values in a column"},
    {"quality.unseen", Unit::kRatio, true, kOfColumn, "unseen share",
     "share of values that the reference does not have"},
    {"quality.type_errors", Unit::kRatio, true, kOfColumn, "share of type errors",
     "share of values that are not of the column's type"},
    {"quality.non_finite", Unit::kRatio, true, kOfColumn, "share of infinities",
     "share of infinite numbers in a column; only where there are some"},
    {"quality.range", Unit::kRatio, true, kOfColumn, "share out of range",
     "share of numbers outside of the configured range, or beyond the reference's where none is"},
    {"quality.set", Unit::kRatio, true, kOfColumn, "share out of the set",
     "share of values that are none of the configured ones"},
    {"quality.pattern", Unit::kRatio, true, kOfColumn, "share that does not match",
     "share of values that do not match the configured regular expression"},
    {"quality.duplicates", Unit::kRatio, true, kOfColumn, "share of repeated ids",
     "share of rows whose id another row of the window has, estimated"},
    {"quality.duplicate_rows", Unit::kRatio, true, kNoLabels, "share of repeated rows",
     "share of rows that repeat another one of the window, estimated; where it is configured"},
    {"quality.constant", Unit::kFlag, true, kOfColumn, "constant column",
     "1 for a column that has become constant; nothing for the others"},
    {"quality.schema", Unit::kState, true, kOfColumn, "schema",
     "1 for a new column, 2 for one that vanished or changed its type, else 0; from the first "
     "file"},
    {"quality.state", Unit::kState, true, kStateOfColumn, "quality",
     "worst quality verdict of a column, also for new, vanished, retyped and constant ones; "
     "without "
     "a column that on repeated rows"},
    {"volume.rows", Unit::kCount, false, kNoLabels, "number of rows",
     "rows of the newest closed window"},
    {"volume.ratio", Unit::kRatio, true, kNoLabels, "rows over expected ones",
     "rows of the newest closed window over what the reference's windows have"},
    {"volume.state", Unit::kState, true, kNoLabels, "volume",
     "verdict on the number of rows: 0 ok, 1 warning, 2 critical"},
    {"freshness.age", Unit::kSeconds, true, kNoLabels, "age of the data",
     "clock time since data last arrived"},
    {"freshness.state", Unit::kState, true, kNoLabels, "freshness",
     "verdict on the age of the data: 0 ok, 1 warning, 2 critical"},
    {"window.no_data", Unit::kFlag, false, kNoLabels, "window without rows",
     "1 if the newest closed window has no rows, else 0"},
    {"delivery.dead", Unit::kCount, false, kOfTarget, "number of dead letters",
     "messages of this model that could not be delivered and wait among the dead letters"},
    {"source.errors", Unit::kCount, false, kOfSource, "number of files in quarantine",
     "files of this model in quarantine that no later version has replaced"},
    {"endpoint.up", Unit::kFlag, false, kOfPart, "endpoint",
     "1 if the newest probe of the endpoint was answered as it should be, else 0"},
    {"endpoint.ready", Unit::kFlag, false, kOfPart, "readiness of the endpoint",
     "1 if the endpoint says that the model is ready, else 0"},
    {"endpoint.latency", Unit::kSeconds, true, kOfPart, "latency of the endpoint",
     "quantile of the time that probes took, over the window of endpoint.latency"},
    {"endpoint.availability", Unit::kRatio, true, kOfPart, "availability of the endpoint",
     "share of successful probes over the window of endpoint.availability"},
    {"endpoint.golden", Unit::kRatio, true, kOfPart, "share of wrong golden rows",
     "share of golden rows whose answer is not the stored one"},
    {"endpoint.certificate", Unit::kSeconds, true, kOfPart, "life of the endpoint's certificate",
     "time until the first certificate of the endpoint's chain expires"},
    {"endpoint.version", Unit::kFlag, false, kOfPart, "version served",
     "1 for an hour after the endpoint began to serve another version, else 0"},
    {"endpoint.schema", Unit::kFlag, false, kOfPart, "schema served",
     "1 for an hour after inputs or outputs of the endpoint changed, else 0"},
    {"canary.answered", Unit::kFlag, false, kOfPart, "answer to the newest rows",
     "1 if the endpoint answered the newest rows when it was asked last, else 0"},
    {"canary.disagreement", Unit::kRatio, true, kOfPart, "disagreement with recorded answers",
     "share of newest rows that get another answer from the endpoint than was recorded"},
    {"canary.difference", Unit::kStatistic, true, kOfPart, "difference from recorded answers",
     "mean absolute difference of the endpoint's numbers and the recorded ones"},
    {"canary.score_drift", Unit::kRatio, true, kOfPart, "drift from recorded answers",
     "Kolmogorov-Smirnov distance of the endpoint's numbers and the recorded ones"},
    {"canary.kappa", Unit::kStatistic, true, kOfPart, "agreement with recorded classes",
     "Cohen's kappa of the endpoint's classes and the recorded ones"},
    {"canary.accuracy", Unit::kRatio, true, kOfPart, "accuracy on kept rows",
     "share of right answers among rows with labels; part: recorded, answered"},
    {"canary.error", Unit::kStatistic, true, kOfPart, "error on kept rows",
     "mean absolute error, of scores mean squared error; part: recorded, answered"},
    {"canary.gain", Unit::kStatistic, true, kOfPart, "gain over recorded answers",
     "by how much the endpoint's answers are better than the recorded ones, on rows with labels"},
    {"shadow.answered", Unit::kFlag, false, kOfPart, "answer to the newest rows",
     "1 if it answered the newest rows when it was asked last, else 0; part: champion, challenger"},
    {"shadow.disagreement", Unit::kRatio, true, kOfPart, "disagreement with the challenger",
     "share of newest rows that champion and challenger answer differently"},
    {"shadow.difference", Unit::kStatistic, true, kOfPart, "difference of the challenger",
     "mean of the challenger's numbers minus the champion's"},
    {"shadow.score_drift", Unit::kRatio, true, kOfPart, "distance of the challenger's answers",
     "Kolmogorov-Smirnov distance of the numbers of champion and challenger"},
    {"shadow.kappa", Unit::kStatistic, true, kOfPart, "agreement with the challenger",
     "Cohen's kappa of the classes of champion and challenger"},
    {"shadow.accuracy", Unit::kRatio, true, kOfPart, "accuracy on kept rows",
     "share of right answers among rows with labels; part: champion, challenger"},
    {"shadow.error", Unit::kStatistic, true, kOfPart, "error on kept rows",
     "mean absolute error, of scores mean squared error; part: champion, challenger"},
    {"shadow.gain", Unit::kStatistic, true, kOfPart, "gain of the challenger",
     "by how much the challenger is better than the champion, on rows with labels"},
    {"compute.source", Unit::kFlag, false, kOfPart, "source of usage",
     "1 if the source of usage (part: cgroup, process, ...) could be read, else 0"},
    {"compute.cpu", Unit::kRatio, true, kNoLabels, "use of the CPUs",
     "CPUs in use over those that may be used"},
    {"compute.memory", Unit::kRatio, true, kNoLabels, "use of the memory",
     "memory that cannot be taken back over what may be used"},
    {"compute.throttling", Unit::kRatio, true, kNoLabels, "throttling",
     "share of scheduling periods in which the CPU limit stopped the model"},
    {"compute.stalled", Unit::kRatio, true, kOfPart, "waiting for compute",
     "share of the time in which something waited for CPU, memory or I/O (part: cpu, memory, io)"},
    {"compute.oom_kills", Unit::kCount, false, kNoLabels, "number of OOM kills",
     "processes of the model ended for lack of memory in the last hour"},
    {"compute.gpu", Unit::kRatio, false, kNoLabels, "use of the GPUs",
     "share of the time in which the model's GPUs ran something, their mean"},
    {"compute.gpu_memory", Unit::kRatio, true, kNoLabels, "use of the GPU memory",
     "memory in use of the fullest GPU"},
    {"compute.drift", Unit::kFlag, false, kOfPart, "usage drift",
     "1 for a day after usage, latency or cost left for good what is usual at that hour of the "
     "week "
     "(part: cpu, memory, gpu, latency, cost), else 0"},
    {"cost.budget", Unit::kRatio, true, kNoLabels, "use of the day's budget",
     "cost of the day (UTC) over the budget of a day"},
    {"cost.forecast", Unit::kRatio, true, kNoLabels, "forecast of the month's cost",
     "what the month will have cost over the budgets of its days"},
    {"cost.idle", Unit::kRatio, false, kNoLabels, "idle cost",
     "share of all cost that was for time in which nothing was done"},
    {"cost.saving", Unit::kStatistic, false, kOfPart, "possible saving",
     "what a day would cost less (part: over_provisioned, idle), in the price's currency"},
    {"registry.up", Unit::kFlag, false, kOfPart, "model registry",
     "1 if the model registry answered when it was last asked, else 0"},
    {"registry.alias", Unit::kFlag, false, kOfPart, "alias in the registry",
     "1 if the alias names a version of the model, else 0"},
    {"registry.version", Unit::kFlag, false, kOfPart, "version in the registry",
     "1 for an hour after the alias began to name another version, else 0"},
    {"registry.write_back", Unit::kFlag, false, kOfPart, "results in the registry",
     "1 if the registry took what was last written to it, else 0"},
});

/// The table with the measures after the other paths of their kind.
class AllPaths {
 public:
  AllPaths() {
    for (const drift::Measure& measure : drift::measures())
      names_.push_back("drift." + std::string(measure.name));
    for (const auto& measure : multivariate::measures())
      names_.push_back("multivariate." + std::string(measure.name));
    for (const auto& measure : multivariate::embedding_measures())
      names_.push_back("embedding." + std::string(measure.name));
    const auto first = std::ranges::find(kPaths, "multivariate.state", &Path::name);
    paths_.assign(kPaths.begin(), first);
    auto name = names_.begin();
    for (const drift::Measure& measure : drift::measures()) add(*name++, kOfColumn, measure);
    paths_.push_back(*first);
    for (const auto& measure : multivariate::measures()) add(*name++, kNoLabels, measure);
    for (const auto& measure : multivariate::embedding_measures()) add(*name++, kOfColumn, measure);
    paths_.insert(paths_.end(), first + 1, kPaths.end());
  }

  std::span<const Path> paths() const { return paths_; }

 private:
  template <class Measure>
  void add(std::string_view name, std::span<const std::string_view> labels,
           const Measure& measure) {
    paths_.push_back({name, Unit::kStatistic, true, labels, measure.name, measure.sentence});
  }

  std::deque<std::string> names_;  // which paths_ look at
  std::vector<Path> paths_;
};

}  // namespace

std::string_view to_string(Unit unit) {
  switch (unit) {
    case Unit::kStatistic:
      return "statistic";
    case Unit::kRatio:
      return "ratio";
    case Unit::kCount:
      return "count";
    case Unit::kSeconds:
      return "seconds";
    case Unit::kState:
      return "state";
    case Unit::kFlag:
      return "flag";
  }
  return "statistic";
}

std::span<const Path> paths() {
  static const AllPaths all;
  return all.paths();
}

const Path* find_path(std::string_view name) {
  const auto found = std::ranges::find(paths(), name, &Path::name);
  return found == paths().end() ? nullptr : &*found;
}

std::vector<std::string_view> path_names() {
  std::vector<std::string_view> names;
  names.reserve(paths().size());
  for (const Path& path : paths()) names.push_back(path.name);
  return names;
}

}  // namespace leeway::rules
