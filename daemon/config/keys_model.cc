#include <algorithm>
#include <array>

#include "daemon/config/keys.h"
#include "daemon/config/keys_compute.h"
#include "detectors/base/season.h"
#include "detectors/drift/dialects.h"
#include "detectors/drift/measure_table.h"
#include "detectors/multivariate/measures.h"

namespace leeway::config {
namespace {

constexpr std::string_view kColumnTypes[] = {"numeric",  "categorical", "boolean",
                                             "datetime", "text",        "embedding"};
constexpr auto kDialects = drift::dialect_names();
constexpr auto kNumericMeasures = drift::measure_names<&drift::Measure::numeric>();
constexpr auto kCategoricalMeasures = drift::measure_names<&drift::Measure::categorical>();
constexpr auto kMeasures = [] {
  constexpr auto kOfColumns = drift::all_measure_names();
  std::array<std::string_view, kOfColumns.size() + multivariate::kMeasureNames.size()> all{};
  std::ranges::copy(multivariate::kMeasureNames, std::ranges::copy(kOfColumns, all.begin()).out);
  return all;
}();
constexpr std::string_view kEnvironments[] = {"development", "staging", "production"};
constexpr std::string_view kSeverities[] = {"warning", "critical"};
constexpr std::string_view kRequirements[] = {"quality_ok", "source_fresh"};
constexpr std::string_view kApprovals[] = {"required", "none"};

constexpr Key kLimitsKeys[] = {
    {.name = "warning",
     .type = Type::kNumber,
     .low = "0",
     .high = "1000000",
     .sentence = "From here on the verdict is 'warning'; a significance level where the dialect "
                 "decides by p-value."},
    {.name = "critical",
     .type = Type::kNumber,
     .low = "0",
     .high = "1000000",
     .sentence = "From here on the verdict is 'critical': the column has drifted; a significance "
                 "level where the dialect decides by p-value."},
};
constexpr Section kLimits = {
    .name = "drift.thresholds",
    .sentence = "Fixed limits of one measure; one that is left out is never crossed.",
    .keys = kLimitsKeys};

constexpr Key kLabelKeys[] = {
    {.name = "name", .required = true, .sentence = "The column with what really happened."},
    {.name = "positive", .sentence = "The value that means yes, of a label with two values."},
};
constexpr Section kLabel = {.name = "columns.label",
                            .sentence = "What really happened; a bare text is its name.",
                            .keys = kLabelKeys,
                            .short_form = "name"};

constexpr Key kFeaturesKeys[] = {
    {.name = "only",
     .shape = Shape::kList,
     .alternative = true,
     .nonempty = true,
     .sentence = "Names or globs of the features; every other column without a role is ignored."},
    {.name = "except",
     .shape = Shape::kList,
     .alternative = true,
     .sentence = "Names or globs of columns that are ignored; every other column without a role is "
                 "a feature."},
};
constexpr Section kFeatures = {
    .name = "columns.features",
    .sentence = "Which columns are features; without it every column that has no other role.",
    .keys = kFeaturesKeys};

constexpr Key kOverrideKeys[] = {
    {.name = "mute_until",
     .type = Type::kTime,
     .sentence = "The column is shown and not judged until then."},
    {.name = "reason", .sentence = "Why; it is shown beside the column."},
    {.name = "thresholds",
     .type = Type::kSection,
     .shape = Shape::kNamed,
     .choices = kMeasures,
     .section = &kLimits,
     .sentence = "Fixed limits by measure, instead of the model's."},
};
constexpr Section kOverride = {
    .name = "columns.override", .sentence = "Exceptions for one column.", .keys = kOverrideKeys};

constexpr Key kColumnsKeys[] = {
    {.name = "id", .sentence = "The column that names a row."},
    {.name = "timestamp",
     .sentence = "The column with the event time. Without it a window is a batch."},
    {.name = "label",
     .type = Type::kSection,
     .section = &kLabel,
     .sentence = "The column with what really happened."},
    {.name = "prediction", .sentence = "The column with what the model said."},
    {.name = "score", .sentence = "The column with the model's probability or raw output."},
    {.name = "weight", .sentence = "The column with how much a row counts."},
    {.name = "version",
     .sentence = "The column with the version of the model that scored the row."},
    {.name = "features",
     .type = Type::kSection,
     .section = &kFeatures,
     .sentence = "Which columns are features."},
    {.name = "types",
     .type = Type::kChoice,
     .shape = Shape::kNamed,
     .choices = kColumnTypes,
     .sentence = "Types by column, where the inferred one is wrong: codes that look like numbers."},
    {.name = "missing_values",
     .shape = Shape::kList,
     .fallback = "['']",
     .sentence = "Texts and numbers that stand for a missing value."},
    {.name = "segments",
     .shape = Shape::kList,
     .sentence = "Columns by whose values the rows are judged apart as well: the 20 most frequent "
                 "and the rest."},
    {.name = "private",
     .shape = Shape::kList,
     .derived = "ids, texts, and columns with more than 1,000 distinct values",
     .sentence = "Names or globs of columns whose values never leave the state directory."},
    {.name = "override",
     .type = Type::kSection,
     .shape = Shape::kNamed,
     .section = &kOverride,
     .sentence = "Exceptions by column."},
};
constexpr Section kColumns = {.name = "columns",
                              .sentence =
                                  "What the columns are for. What is not said is inferred, and "
                                  "'leeway check-config --explain' says why.",
                              .keys = kColumnsKeys};

constexpr Key kFromBatchesKeys[] = {
    {.name = "windows",
     .type = Type::kInteger,
     .fallback = "14",
     .low = "2",
     .high = "400",
     .sentence = "How many windows are learned from before anything is judged."},
};
constexpr Section kFromBatches = {.name = "reference.from_batches",
                                  .sentence = "The first windows become the reference.",
                                  .keys = kFromBatchesKeys};

constexpr Key kRollingKeys[] = {
    {.name = "windows",
     .type = Type::kInteger,
     .fallback = "28",
     .low = "4",
     .high = "400",
     .sentence = "How many windows each window is compared with; the first so many are learned "
                 "from before anything is judged, and stay the anchor."},
    {.name = "gap",
     .type = Type::kInteger,
     .fallback = "7",
     .low = "0",
     .high = "400",
     .sentence = "How many windows with rows lie between, so that what is wrong for days is not "
                 "compared with itself."},
};
constexpr Section kRolling = {.name = "reference.rolling",
                              .sentence =
                                  "Each window is compared with those some time before it; "
                                  "how far it is from the first is shown beside it.",
                              .keys = kRollingKeys};

constexpr Key kReferenceKeys[] = {
    {.name = "season",
     .type = Type::kChoice,
     .fallback = "none",
     .choices = kSeasonNames,
     .sentence = "Windows are compared with those of the same phase, in the time zone of the "
                 "windows, and as many rows are expected; with a coarser one where the reference "
                 "has less than 500 rows or 4 windows of a phase."},
    {.name = "files",
     .type = Type::kPath,
     .shape = Shape::kList,
     .alternative = true,
     .nonempty = true,
     .sentence = "Paths or globs of Parquet, CSV (.gz) or NDJSON files: the training data, or a "
                 "good past."},
    {.name = "profile",
     .type = Type::kPath,
     .alternative = true,
     .nonempty = true,
     .sentence =
         "A file that 'leeway profile' made of the training data, where the rows themselves "
         "do not go; judged on cells, not exactly."},
    {.name = "from_batches",
     .type = Type::kSection,
     .alternative = true,
     .section = &kFromBatches,
     .sentence = "The first windows become the reference."},
    {.name = "rolling",
     .type = Type::kSection,
     .alternative = true,
     .section = &kRolling,
     .sentence = "Each window is compared with those some time before it; how far it is from the "
                 "first is shown beside it."},
};
constexpr Section kReference = {.name = "reference",
                                .sentence =
                                    "What current data is compared with; a bare text is its files. "
                                    "Without it the first 14 windows are learned.",
                                .keys = kReferenceKeys,
                                .short_form = "files",
                                .one_alternative = true};

constexpr Key kBatchesKeys[] = {
    {.name = "files",
     .type = Type::kPath,
     .shape = Shape::kList,
     .required = true,
     .nonempty = true,
     .sentence =
         "Paths or globs of Parquet, CSV (.gz) or NDJSON files, which arrive while Leeway runs."},
    {.name = "every",
     .type = Type::kDuration,
     .fallback = "1m",
     .low = "1s",
     .high = "24h",
     .sentence = "How often to look for new and changed files."},
};
constexpr Section kBatches = {
    .name = "batches",
    .sentence = "Where current data comes from; a bare text is its files.",
    .keys = kBatchesKeys,
    .short_form = "files"};

constexpr Key kWindowKeys[] = {
    {.name = "size",
     .type = Type::kDuration,
     .fallback = "1d",
     .low = "1m",
     .high = "366d",
     .sentence = "The span of event time that is judged at once. Below a day it divides a day; "
                 "from a day on it is whole days."},
    {.name = "slide",
     .type = Type::kDuration,
     .derived = "size",
     .low = "1m",
     .high = "366d",
     .sentence = "A window begins this often; it divides the size."},
    {.name = "grace",
     .type = Type::kDuration,
     .derived = "a twelfth of the size",
     .low = "0s",
     .high = "30d",
     .sentence = "How long after its end a window waits for late rows before it is judged."},
    {.name = "late",
     .type = Type::kDuration,
     .fallback = "7d",
     .low = "0s",
     .high = "366d",
     .sentence = "Rows up to so late correct the history; later ones are counted and dropped."},
    {.name = "time_zone",
     .type = Type::kTimeZone,
     .fallback = "UTC",
     .sentence = "The zone whose days and hours windows begin with, as 'Europe/Berlin'; also that "
                 "of the hours of the week of usage drift."},
    {.name = "min_rows",
     .type = Type::kInteger,
     .fallback = "200",
     .low = "1",
     .high = "10000000",
     .sentence = "A window with fewer rows is judged together with its predecessors."},
    {.name = "extend",
     .type = Type::kDuration,
     .derived = "7 x size",
     .low = "0s",
     .high = "366d",
     .sentence = "How far back such a window may reach."},
};
constexpr Section kWindow = {.name = "window",
                             .sentence = "How rows are gathered before they are judged.",
                             .keys = kWindowKeys};

constexpr Key kDriftKeys[] = {
    {.name = "dialect",
     .type = Type::kChoice,
     .fallback = "leeway-1",
     .choices = kDialects,
     .sentence = "The exact definitions of the measures; see Dialects below."},
    {.name = "numeric",
     .type = Type::kChoice,
     .shape = Shape::kList,
     .nonempty = true,
     .derived = "the dialect's; psi, ks in leeway-1",
     .choices = kNumericMeasures,
     .sentence = "Measures of numeric columns; the first decides, the others inform."},
    {.name = "categorical",
     .type = Type::kChoice,
     .shape = Shape::kList,
     .nonempty = true,
     .derived = "the dialect's; psi in leeway-1",
     .choices = kCategoricalMeasures,
     .sentence = "Measures of categorical and boolean columns; the first decides."},
    {.name = "multivariate",
     .type = Type::kChoice,
     .shape = Shape::kList,
     .fallback = "[]",
     .choices = multivariate::kMeasureNames,
     .sentence = "Measures of all features, predictions and scores at once, of drawn rows; each is "
                 "judged, and takes its share of `false_alarms`."},
    {.name = "thresholds",
     .type = Type::kSection,
     .shape = Shape::kNamed,
     .fallback = "learned",
     .choices = kMeasures,
     .section = &kLimits,
     .word = "learned",
     .sentence = "Learned from the reference's own windows, or fixed by measure; measures left out "
                 "stay learned."},
    {.name = "false_alarms",
     .type = Type::kRate,
     .fallback = "1 per month",
     .low = "0.001 per year",
     .high = "100 per hour",
     .sentence = "How many falsely critical windows of this model are acceptable; learned "
                 "thresholds keep to it."},
};
constexpr Section kDrift = {.name = "drift",
                            .sentence = "How the current data is compared with the reference.",
                            .keys = kDriftKeys};

constexpr Key kRuleKeys[] = {
    {.name = "name",
     .type = Type::kName,
     .required = true,
     .sentence = "Unique in the model. The name of a default rule changes that rule."},
    {.name = "enabled",
     .type = Type::kBoolean,
     .fallback = "true",
     .sentence = "Whether it is looked at."},
    {.name = "if",
     .type = Type::kRule,
     .derived = "that of the default rule of this name",
     .sentence = "The condition, as 'drift.share >= 0.3'."},
    {.name = "for",
     .type = Type::kHold,
     .derived = "that of the default rule, else at once",
     .low = "0s",
     .high = "30d",
     .sentence = "How long it must hold: closed windows or clock time."},
    {.name = "keep_firing",
     .type = Type::kHold,
     .derived = "that of the default rule, else not at all",
     .low = "0s",
     .high = "30d",
     .sentence = "How long it must no longer hold before the incident is resolved."},
    {.name = "severity",
     .type = Type::kChoice,
     .derived = "that of the default rule, else warning",
     .choices = kSeverities,
     .sentence = "How bad it is; routes look at it."},
    {.name = "then",
     .shape = Shape::kList,
     .derived = "the routes decide",
     .sentence = "Targets to alert, and the word 'retraining' to ask for one; [] tells nobody."},
};
constexpr Section kRule = {.name = "rules",
                           .sentence =
                               "A condition that opens an incident. 'leeway explain rule "
                               "--defaults' lists the rules that every model has.",
                           .keys = kRuleKeys};

constexpr Key kScheduleKeys[] = {
    {.name = "cron",
     .type = Type::kCron,
     .required = true,
     .sentence = "Minute, hour, day of month, month and day of week."},
    {.name = "time_zone",
     .type = Type::kTimeZone,
     .fallback = "UTC",
     .sentence = "The zone of these hours and days."},
};
constexpr Section kSchedule = {.name = "retraining.schedule",
                               .sentence = "Retrain by the clock; a bare text is its cron line.",
                               .keys = kScheduleKeys,
                               .short_form = "cron"};

constexpr Key kRetrainingKeys[] = {
    {.name = "target", .required = true, .sentence = "The target that starts the pipeline."},
    {.name = "schedule",
     .type = Type::kSection,
     .section = &kSchedule,
     .sentence = "Retrain by the clock, beside what the rules ask for."},
    {.name = "requires",
     .type = Type::kRule,
     .shape = Shape::kList,
     .choices = kRequirements,
     .sentence = "All must hold or the request waits: 'quality_ok', 'source_fresh', or conditions "
                 "as in rules."},
    {.name = "cooldown",
     .type = Type::kDuration,
     .fallback = "24h",
     .low = "0s",
     .high = "366d",
     .sentence = "Time between the end of a run and the next request."},
    {.name = "at_most",
     .type = Type::kRate,
     .fallback = "3 per week",
     .low = "1 per year",
     .high = "100 per hour",
     .sentence = "Counted back from each request."},
    {.name = "approval",
     .type = Type::kChoice,
     .derived = "required in production, else none",
     .choices = kApprovals,
     .sentence = "Whether somebody must say yes."},
    {.name = "timeout",
     .type = Type::kDuration,
     .fallback = "6h",
     .low = "1m",
     .high = "30d",
     .sentence = "A run that takes longer has failed."},
};
constexpr Section kRetraining = {
    .name = "retraining",
    .sentence = "How the model is trained again. Without it nothing starts a retraining.",
    .keys = kRetrainingKeys};

constexpr Key kModelKeys[] = {
    {.name = "name",
     .type = Type::kName,
     .required = true,
     .own = true,
     .sentence = "Unique in its environment."},
    {.name = "for_each",
     .type = Type::kForEach,
     .own = true,
     .sentence = "One model for each row of a list or of a CSV file; ${each.KEY} in any text is "
                 "the row's value."},
    {.name = "extends",
     .shape = Shape::kList,
     .own = true,
     .sentence = "Names under 'profiles_of_models' whose keys it takes over; the later win."},
    {.name = "environment",
     .type = Type::kChoice,
     .fallback = "production",
     .choices = kEnvironments,
     .sentence = "Where it is deployed."},
    {.name = "owner",
     .fallback = "''",
     .sentence = "Who answers for it; a metric label and part of every message."},
    {.name = "team", .fallback = "''", .sentence = "Which team; routes look at it."},
    {.name = "runbook",
     .type = Type::kLink,
     .sentence = "What to do about an incident; part of every message."},
    {.name = "version", .fallback = "''", .sentence = "The version that is deployed."},
    {.name = "columns",
     .type = Type::kSection,
     .fallback = "{}",
     .section = &kColumns,
     .sentence = "What the columns are for."},
    {.name = "reference",
     .type = Type::kSection,
     .fallback = "{ from_batches: {} }",
     .section = &kReference,
     .sentence = "What current data is compared with."},
    {.name = "batches",
     .type = Type::kSection,
     .section = &kBatches,
     .sentence = "Where current data comes from. A model has batches, an endpoint or compute."},
    {.name = "endpoint",
     .type = Type::kSection,
     .section = &kEndpoint,
     .sentence = "The server that answers for the model."},
    {.name = "registry",
     .type = Type::kSection,
     .section = &kRegistry,
     .sentence = "The registry that says which version of the model is deployed."},
    {.name = "window",
     .type = Type::kSection,
     .fallback = "{}",
     .section = &kWindow,
     .sentence = "How rows are gathered before they are judged."},
    {.name = "drift",
     .type = Type::kSection,
     .fallback = "{}",
     .section = &kDrift,
     .sentence = "How the current data is compared with the reference."},
    {.name = "quality",
     .type = Type::kSection,
     .fallback = "{}",
     .section = &kQuality,
     .sentence = "When the data itself is bad."},
    {.name = "compute",
     .type = Type::kSection,
     .section = &kCompute,
     .sentence = "The compute that it uses, and what that costs."},
    {.name = "rules",
     .type = Type::kSection,
     .shape = Shape::kList,
     .section = &kRule,
     .merge_by = "name",
     .sentence = "What opens an incident, beside the default rules."},
    {.name = "retraining",
     .type = Type::kSection,
     .section = &kRetraining,
     .sentence = "How the model is trained again."},
};

}  // namespace

constexpr Section kModel = {.name = "models", .sentence = "A deployed model.", .keys = kModelKeys};

}  // namespace leeway::config
