#include "daemon/config/keys.h"

namespace leeway::config {
namespace {

constexpr std::string_view kConstants[] = {"ignore", "warning", "critical"};

constexpr Key kShareKeys[] = {
    {.name = "warning",
     .type = Type::kNumber,
     .low = "0",
     .high = "1",
     .sentence = "An increase of the share from which on the verdict is 'warning'."},
    {.name = "critical",
     .type = Type::kNumber,
     .low = "0",
     .high = "1",
     .sentence = "An increase of the share from which on the verdict is 'critical'."},
};
constexpr Section kShare = {
    .name = "quality.share",
    .sentence = "Limits of an increase over the reference; one that is left out is never crossed.",
    .keys = kShareKeys};

constexpr Key kPartKeys[] = {
    {.name = "warning",
     .type = Type::kNumber,
     .low = "0",
     .high = "1",
     .sentence = "The share from which on the verdict is 'warning'."},
    {.name = "critical",
     .type = Type::kNumber,
     .low = "0",
     .high = "1",
     .sentence = "The share from which on the verdict is 'critical'."},
};
constexpr Section kPart = {
    .name = "quality.limit",
    .sentence =
        "Limits of a share, whatever the reference has; one that is left out is never "
        "crossed.",
    .keys = kPartKeys};

constexpr Key kDuplicatesKeys[] = {
    {.name = "ids",
     .type = Type::kSection,
     .fallback = "{ warning: 0.01, critical: 0.1 }",
     .section = &kShare,
     .sentence = "Increase of the share of rows that repeat an id, over the reference's windows."},
    {.name = "rows",
     .type = Type::kSection,
     .fallback = "{}",
     .section = &kPart,
     .sentence = "Share of rows that repeat another one in every column. Rows are only compared "
                 "where a limit is given: it takes a third longer to read them."},
};
constexpr Section kDuplicates = {
    .name = "quality.duplicates",
    .sentence =
        "Rows that come twice within a window, estimated from a sample of up to 4,096 ids "
        "or rows: at 1 % within 0.5 points.",
    .keys = kDuplicatesKeys};

constexpr Key kVolumeKeys[] = {
    {.name = "warning",
     .type = Type::kNumber,
     .low = "1",
     .high = "1000000",
     .sentence = "From so many times as many rows as expected, or as few, on the verdict is "
                 "'warning'."},
    {.name = "critical",
     .type = Type::kNumber,
     .low = "1",
     .high = "1000000",
     .sentence = "The same for 'critical'; without any row it is critical in any case."},
};
constexpr Section kVolume = {
    .name = "quality.volume",
    .sentence =
        "Factors between the rows of a window and what the reference's windows have, their "
        "median. What the windows themselves vary by, six times over, is no finding.",
    .keys = kVolumeKeys};

constexpr Key kValueRulesKeys[] = {
    {.name = "min",
     .type = Type::kNumber,
     .low = "-1e300",
     .high = "1e300",
     .sentence = "The least number that is right."},
    {.name = "max",
     .type = Type::kNumber,
     .low = "-1e300",
     .high = "1e300",
     .sentence = "The largest number that is right."},
    {.name = "one_of",
     .shape = Shape::kList,
     .nonempty = true,
     .sentence = "All values that are right."},
    {.name = "pattern",
     .type = Type::kPattern,
     .sentence = "A regular expression in RE2's syntax that right values match somewhere; ^ and $ "
                 "tie it to the ends."},
};
constexpr Section kValueRules = {
    .name = "quality.columns",
    .sentence =
        "What the values of one column have to be; missing values, infinities and values "
        "of the wrong type are counted by themselves.",
    .keys = kValueRulesKeys};

constexpr Key kQualityKeys[] = {
    {.name = "missing",
     .type = Type::kSection,
     .fallback = "{ critical: 0.05 }",
     .section = &kShare,
     .sentence = "Increase of the share of missing values."},
    {.name = "unseen",
     .type = Type::kSection,
     .fallback = "{ warning: 0.01 }",
     .section = &kShare,
     .sentence = "Share of values that the reference never showed."},
    {.name = "type_errors",
     .type = Type::kSection,
     .fallback = "{ critical: 0.01 }",
     .section = &kShare,
     .sentence = "Share of values that are not of the column's type."},
    {.name = "non_finite",
     .type = Type::kSection,
     .fallback = "{ warning: 0.01 }",
     .section = &kShare,
     .sentence = "Increase of the share of infinite numbers."},
    {.name = "range",
     .type = Type::kSection,
     .fallback = "{ warning: 0.01 }",
     .section = &kShare,
     .sentence = "Share of numbers beyond the least and the largest of the reference, above what "
                 "its number of rows explains. For columns without 'min' and 'max'."},
    {.name = "columns",
     .type = Type::kSection,
     .shape = Shape::kNamed,
     .section = &kValueRules,
     .sentence = "What values have to be, by column. Rows are checked when they are read; a change "
                 "is for those that come."},
    {.name = "violations",
     .type = Type::kSection,
     .fallback = "{ critical: 0.01 }",
     .section = &kPart,
     .sentence = "Share of values that are not what 'columns' says."},
    {.name = "duplicates",
     .type = Type::kSection,
     .fallback = "{}",
     .section = &kDuplicates,
     .sentence = "Ids and rows that come twice."},
    {.name = "constant",
     .type = Type::kChoice,
     .fallback = "critical",
     .choices = kConstants,
     .sentence = "The verdict on a column with one value in a whole window, where the reference "
                 "says that this does not happen."},
    {.name = "volume",
     .type = Type::kSection,
     .fallback = "{ warning: 2 }",
     .section = &kVolume,
     .sentence = "Rows of a window, against what is expected."},
    {.name = "freshness",
     .type = Type::kDuration,
     .derived = "2 x window.size + window.grace, at least 3 x batches.every",
     .low = "1s",
     .high = "366d",
     .sentence = "The longest time without an arrival."},
};
}  // namespace

constexpr Section kQuality = {
    .name = "quality",
    .sentence =
        "When the data itself is bad. Give {} to switch a limit off. These limits are fixed "
        "and outside of 'drift.false_alarms'.",
    .keys = kQualityKeys};

}  // namespace leeway::config
