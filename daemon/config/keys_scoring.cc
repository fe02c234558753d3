#include "daemon/config/keys.h"

/// `endpoint.canary`, `endpoint.shadow` and `endpoint.labels`.
namespace leeway::config {
namespace {

constexpr std::string_view kCompared[] = {"auto", "prediction", "score"};

constexpr Key kToleranceKeys[] = {
    {.name = "absolute",
     .type = Type::kNumber,
     .fallback = "0.001",
     .low = "0",
     .high = "1e300",
     .sentence = "Two numbers agree if they differ by at most so much ..."},
    {.name = "relative",
     .type = Type::kNumber,
     .fallback = "0.001",
     .low = "0",
     .high = "1",
     .sentence = "... plus this share of the first one."},
};
constexpr Section kTolerance = {.name = "endpoint.canary.tolerance",
                                .sentence = "When two numbers agree; classes must be equal.",
                                .keys = kToleranceKeys};

constexpr Key kCanaryLimitsKeys[] = {
    {.name = "warning",
     .type = Type::kNumber,
     .fallback = "0.01",
     .low = "0",
     .high = "1",
     .sentence = "Share of rows with another answer that is still well."},
    {.name = "critical",
     .type = Type::kNumber,
     .fallback = "0.1",
     .low = "0",
     .high = "1",
     .sentence = "Share beyond which it is critical."},
};
constexpr Section kCanaryLimits = {
    .name = "endpoint.canary.disagreement",
    .sentence =
        "Limits of the share of rows that get another answer. They are exceeded when the "
        "lower end of the share's 95 % interval is beyond, so few rows do not alarm.",
    .keys = kCanaryLimitsKeys};

constexpr Key kShadowLimitsKeys[] = {
    {.name = "warning",
     .type = Type::kNumber,
     .low = "0",
     .high = "1",
     .sentence = "Share of rows with different answers that is still well."},
    {.name = "critical",
     .type = Type::kNumber,
     .low = "0",
     .high = "1",
     .sentence = "Share beyond which it is critical."},
};
constexpr Section kShadowLimits = {
    .name = "endpoint.shadow.disagreement",
    .sentence =
        "Limits of the share of rows that the two answer differently; none by default, "
        "since another model may well do so.",
    .keys = kShadowLimitsKeys};

// What canary and shadow have in common.
constexpr Key kRows = {.name = "rows",
                       .type = Type::kInteger,
                       .fallback = "32",
                       .low = "1",
                       .high = "1000",
                       .sentence =
                           "How many of the newest rows are sent at most, in one request "
                           "of at most 1 MiB of values; each row once."};
constexpr Key kEvery = {.name = "every",
                        .type = Type::kDuration,
                        .fallback = "5m",
                        .low = "10s",
                        .high = "24h",
                        .sentence = "How often new rows are looked for; one request at a time."};
constexpr Key kTimeout = {.name = "timeout",
                          .type = Type::kDuration,
                          .fallback = "10s",
                          .low = "10ms",
                          .high = "5m",
                          .sentence = "How long one request may take."};
constexpr Key kInputs = {.name = "inputs",
                         .shape = Shape::kList,
                         .nonempty = true,
                         .derived = "the feature columns of the reference, in its order",
                         .sentence = "The columns that the model takes, in this order."};
constexpr Key kCompare = {
    .name = "compare",
    .type = Type::kChoice,
    .fallback = "auto",
    .choices = kCompared,
    .sentence =
        "What an answer is: of columns.prediction (a class, or a number), or of "
        "columns.score; 'auto': the prediction if there is one."};
constexpr Key kOutput = {
    .name = "output",
    .fallback = "''",
    .sentence =
        "Which output of the model, by its name; by default the one named as the column, "
        "or the only one."};
constexpr Key kPosition = {
    .name = "position",
    .type = Type::kInteger,
    .derived = "the only value; of two for a score the second",
    .low = "0",
    .high = "100000",
    .sentence = "Which value of an output with several, from 0: the class's, of probabilities."};
constexpr Key kToleranceKey = {.name = "tolerance",
                               .type = Type::kSection,
                               .fallback = "{}",
                               .section = &kTolerance,
                               .sentence = "When two numbers agree."};
constexpr Key kSendPrivate = {
    .name = "send_private",
    .type = Type::kBoolean,
    .fallback = "false",
    .sentence =
        "Whether values of private columns may be sent to the model's servers; without it "
        "a model that takes one is not asked."};
constexpr Key kOver = {.name = "over",
                       .type = Type::kDuration,
                       .fallback = "1d",
                       .low = "10m",
                       .high = "90d",
                       .sentence =
                           "Rows answered within this time before the newest answer are "
                           "judged together."};
constexpr Key kMinRows = {.name = "min_rows",
                          .type = Type::kInteger,
                          .fallback = "30",
                          .low = "1",
                          .high = "100000",
                          .sentence = "With fewer the verdict is too_few."};
constexpr Key kKeep = {.name = "keep",
                       .type = Type::kDuration,
                       .fallback = "30d",
                       .low = "1h",
                       .high = "400d",
                       .sentence =
                           "How long rows and answers wait for labels, in the state "
                           "directory; 50,000 at most."};

constexpr Key kCanaryKeys[] = {
    kRows,
    kEvery,
    kTimeout,
    kInputs,
    kCompare,
    kOutput,
    kPosition,
    kToleranceKey,
    {.name = "disagreement",
     .type = Type::kSection,
     .fallback = "{}",
     .section = &kCanaryLimits,
     .sentence = "Limits of the share of rows that get another answer."},
    kSendPrivate,
    kOver,
    kMinRows,
    kKeep,
};

constexpr Key kShadowKeys[] = {
    {.name = "url",
     .type = Type::kHiddenLink,
     .required = true,
     .sentence = "The challenger's address, as endpoint.url is the champion's."},
    {.name = "protocol",
     .type = Type::kText,
     .derived = "the endpoint's",
     .sentence = "What it speaks; a protocol of endpoint.protocol that scores rows."},
    {.name = "model", .fallback = "''", .sentence = "As endpoint.model, of the challenger."},
    {.name = "version", .fallback = "''", .sentence = "As endpoint.version, of the challenger."},
    {.name = "signature",
     .fallback = "''",
     .sentence = "As endpoint.signature, of the challenger."},
    {.name = "headers",
     .type = Type::kHidden,
     .shape = Shape::kNamed,
     .sentence = "Further request headers; those of the endpoint are not sent to it."},
    {.name = "auth",
     .type = Type::kSection,
     .section = &kEndpointAuth,
     .sentence = "How the challenger knows us."},
    {.name = "tls", .type = Type::kSection, .section = &kEndpointTls, .sentence = "Certificates."},
    {.name = "proxy", .type = Type::kLink, .sentence = "A proxy, 'http://host:port'."},
    kRows,
    kEvery,
    kTimeout,
    kInputs,
    kCompare,
    kOutput,
    kPosition,
    kToleranceKey,
    {.name = "disagreement",
     .type = Type::kSection,
     .section = &kShadowLimits,
     .sentence = "Limits of the share of rows that the two answer differently."},
    kSendPrivate,
    kOver,
    kMinRows,
    kKeep,
};

constexpr Key kLabelsKeys[] = {
    {.name = "files",
     .type = Type::kPath,
     .shape = Shape::kList,
     .required = true,
     .nonempty = true,
     .sentence = "Paths or globs of files with an id and a label in each row; they may be the "
                 "batches themselves, if labels are filled in later."},
    {.name = "on",
     .derived = "columns.id",
     .sentence = "The column of the id, in the batches and in these files."},
    {.name = "label",
     .derived = "columns.label",
     .sentence = "The column of the label in these files."},
    {.name = "every",
     .type = Type::kDuration,
     .fallback = "1m",
     .low = "1s",
     .high = "24h",
     .sentence = "How often new files are looked for."},
};

}  // namespace

const Section kCanary = {
    .name = "endpoint.canary",
    .sentence =
        "The newest rows of the batches are scored through the endpoint once more, and the "
        "answers compared with what the batches recorded.",
    .keys = kCanaryKeys};

const Section kShadow = {
    .name = "endpoint.shadow",
    .sentence =
        "The newest rows of the batches are scored by the endpoint (the champion) and by "
        "another server (the challenger), and the answers compared. A bare text is the "
        "challenger's address.",
    .keys = kShadowKeys,
    .short_form = "url"};

const Section kEndpointLabels = {
    .name = "endpoint.labels",
    .sentence =
        "Where the labels of rows of canary and shadow come from, to judge the answers by. "
        "A bare text is the files.",
    .keys = kLabelsKeys,
    .short_form = "files"};

}  // namespace leeway::config
