#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "collectors/tables/panes.h"
#include "collectors/tables/value_rules.h"
#include "detectors/base/columns.h"
#include "detectors/base/result.h"
#include "detectors/base/time.h"
#include "detectors/multivariate/measured.h"
#include "detectors/profile/schema.h"

namespace leeway::tables {

/// What a request may cost.
struct Limits {
  std::uint64_t memory_bytes = std::uint64_t{512} << 20U;  ///< DuckDB's and ours together
  Duration deadline = std::chrono::minutes(10);            ///< kept by the WorkerPool, by killing
  bool operator==(const Limits&) const = default;
};

/// Where a request may write, and how much of the rows it keeps there: sorted for exact statistics,
/// drawn at random, seeded by the stem, for measures of several columns.
struct Scratch {
  std::filesystem::path directory;  ///< exists; the caller syncs, moves and deletes what is in it
  std::string stem;                 ///< every file's name begins with it: unique among requests
  std::uint64_t extract_rows = 0;  ///< the most rows (of a pane) that are extracted; 0: no extracts
  std::uint64_t sample_rows = 0;   ///< the most rows that are drawn of a pane; 0: no samples
  bool operator==(const Scratch&) const = default;
};

/// `columns:` of the configuration. Names and globs that nothing matches have no effect.
struct ColumnRules {
  std::string id, timestamp, label, score, prediction, weight, version;  ///< empty: not named
  std::vector<std::string> scores;  ///< one per class, beside `score`
  std::vector<std::string> only;    ///< globs of features; empty: every other column
  std::vector<std::string> except;  ///< globs
  std::map<std::string, ColumnType> types;
  std::vector<std::string> missing_values;   ///< as written; those that are numbers mean both
  std::vector<std::string> segments;         ///< columns; they stay features
  std::vector<std::string> private_columns;  ///< globs
  bool operator==(const ColumnRules&) const = default;
};

/// A column whose values cut the rows into segments: its known values, and all others together.
struct Segments {
  static constexpr std::size_t kMaxValues = 20;
  std::string column;
  std::vector<std::string> values;
  bool operator==(const Segments&) const = default;
};

/// The name of a segment: "origin=ATL"; without a value the rest, "origin=(rest)".
std::string segment_name(std::string_view column, std::optional<std::string_view> value);

/// A column as a file has it.
struct ObservedColumn {
  std::string name;
  std::string file_type;  ///< DuckDB's name: "BIGINT", "VARCHAR", "TIMESTAMP WITH TIME ZONE", ...
  bool operator==(const ObservedColumn&) const = default;
};

/// Makes a reference of files: columns inferred by the rules, cells, profile, windows.
struct LearnPlan {
  std::vector<std::filesystem::path> files;
  std::string source;  ///< for people, see profile::Reference
  ColumnRules rules;
  PaneRule panes;          ///< the reference's windows; none without a timestamp column
  std::uint64_t seed = 0;  ///< of the sample that edges come from where rows exceed extract_rows
  Scratch scratch;
  Limits limits;

  std::string encode() const;  ///< framed; decode takes the bytes for foreign
  static Result<LearnPlan> decode(std::string_view bytes);
};

struct LearnAnswer {
  std::string reference;               ///< profile::Reference, serialized
  std::optional<std::string> extract;  ///< file in the scratch directory: every numeric column
  std::optional<std::string>
      sample{};  ///< file of drawn rows, one sample a window (sampled_rows.h)
  std::vector<ObservedColumn> columns;
  std::vector<Segments> segments;  ///< the most frequent values of the columns in rules.segments
  std::vector<std::string> notes;  ///< sentences for `check-config --explain`, without values

  std::string encode() const;
  static Result<LearnAnswer> decode(std::string_view bytes);
};

/// Folds one source, which is one file or several.
struct FoldPlan {
  std::vector<std::filesystem::path> files;
  profile::Schema schema;
  /// LearnAnswer::columns: the file types that the schema was made from. Without them a column
  /// counts as retyped only if its type in the file can hardly be read as that of the schema.
  std::vector<ObservedColumn> reference_columns;
  std::string timestamp;  ///< column; empty: panes must have no size
  PaneRule panes;
  std::optional<TimePoint> not_after;  ///< rows of a later time are counted as future, not folded
  std::vector<Segments> segments;
  std::vector<std::string> missing_values;
  std::map<std::string, ValueRules> value_rules{};  ///< by column
  bool count_row_keys = false;  ///< sample whole rows, for the rate of those that repeat another
  Scratch scratch;
  Limits limits;

  std::string encode() const;
  static Result<FoldPlan> decode(std::string_view bytes);
};

/// The rows of one pane in one segment.
struct FoldedPane {
  TimePoint start;      ///< the epoch if panes have no size
  std::string segment;  ///< empty: all rows
  std::uint64_t rows = 0;
  std::string profile;                  ///< profile::Profile, serialized
  std::optional<std::string> extract;   ///< file in the scratch directory; of all rows only
  std::optional<std::string> sample{};  ///< file of drawn rows (sampled_rows.h); of all rows only
  bool operator==(const FoldedPane&) const = default;
};

/// Every row of the source is in a pane, or counted in future_rows or in timeless_rows.
struct FoldAnswer {
  std::uint64_t rows = 0;
  std::uint64_t future_rows = 0;
  std::uint64_t timeless_rows =
      0;  ///< no time, or none that can be read, or beyond years 1 to 9999
  std::optional<TimePoint> first_time;  ///< of the rows that were folded
  std::optional<TimePoint> last_time;
  std::vector<FoldedPane> panes;  ///< by start, then segment
  std::vector<ObservedColumn> columns;
  std::vector<std::string> new_columns;       ///< in the files, not in the schema
  std::vector<std::string> vanished_columns;  ///< the other way round, without ignored ones
  std::vector<ObservedColumn>
      retyped_columns;  ///< of a kind that the schema's type is not read from

  std::string encode() const;
  static Result<FoldAnswer> decode(std::string_view bytes);
};

/// A column that is compared by measures of several columns or, an embedding, by its own.
struct ComparedColumn {
  std::uint64_t index = 0;  ///< of the schema
  std::string name;
  ColumnType type = ColumnType::kNumeric;
  bool operator==(const ComparedColumn&) const = default;
};

/// The columns of a schema that are sampled and judged.
std::vector<ComparedColumn> compared_columns(const profile::Schema& schema);

/// Compares drawn rows: those of a window with those of the reference; without `current` each
/// window of the reference with all the others.
struct MeasurePlan {
  std::vector<ComparedColumn> columns;
  std::filesystem::path reference;             ///< file of samples, one a window
  std::vector<std::filesystem::path> current;  ///< files of samples, one a source of the window
  std::vector<std::string> measures;           ///< multivariate::measures()
  std::vector<std::string> embedding;          ///< multivariate::embedding_measures()
  std::uint64_t rows = 1000;  ///< the most of a window; twice that of the reference
  std::uint64_t seed = 0;
  Limits limits;

  std::string encode() const;
  static Result<MeasurePlan> decode(std::string_view bytes);
};

/// One measure of a window.
struct MeasuredDrift {
  std::string column;  ///< of an embedding; empty: of all columns
  std::string measure;
  std::optional<multivariate::Measured> measured;
  std::string trouble{};  ///< why there is no value
  bool too_few = false;   ///< rows or columns were lacking: no failure

  /// As the measure itself gave it.
  Result<multivariate::Measured> result() const;
};

struct MeasureAnswer {
  /// The window's; of a plan without `current`, those of the reference's windows.
  std::vector<std::vector<MeasuredDrift>> windows;
  /// Of a plan without `current`: columns left out, since each by itself tells the windows apart.
  std::vector<std::string> clocks;

  std::string encode() const;
  static Result<MeasureAnswer> decode(std::string_view bytes);
};

/// One value of a row, whatever its column's type; std::monostate: missing.
using Cell = std::variant<std::monostate, double, std::int64_t, bool, std::string>;

/// A column whose values are wanted as they are.
struct CellColumn {
  std::string name;
  ColumnType type = ColumnType::kNumeric;
  bool written_as_text = false;  ///< in the reference's files: then "007" is not 7 in a CSV file
  bool operator==(const CellColumn&) const = default;
};

/// Asks for rows of a source with their values, which a profile does not have: the newest, for a
/// model's endpoint, or those with certain keys, to find labels.
struct RowsPlan {
  std::vector<std::filesystem::path> files;
  std::vector<CellColumn> columns;
  std::string timestamp;  ///< column that tells the newest rows; empty: the last of the files are
  std::string time_zone = "UTC";
  std::optional<TimePoint> not_after;  ///< rows of a later time are left out
  std::string key;                     ///< column; empty: the newest rows are wanted
  std::vector<std::string> keys;       ///< plain_text() of the cells of the rows that are wanted
  std::uint64_t rows = 32;             ///< the most; older ones are left out
  std::uint64_t bytes = std::uint64_t{1} << 20U;  ///< the most, of all cells, likewise
  std::vector<std::string> missing_values;
  Limits limits;

  std::string encode() const;
  static Result<RowsPlan> decode(std::string_view bytes);
};

struct CellRow {
  std::optional<TimePoint> time;  ///< if the plan names a timestamp
  std::vector<Cell> cells;        ///< in the order of the plan's columns
  bool operator==(const CellRow&) const = default;
};

struct RowsAnswer {
  std::vector<CellRow> rows;        ///< the newest last
  std::vector<std::string> absent;  ///< wanted columns that no file has; their cells are missing

  std::string encode() const;
  static Result<RowsAnswer> decode(std::string_view bytes);
};

/// What an answer from elsewhere must keep to: every profile is well formed and fits the schema,
/// rows add up, files are named as the plan says. kCorrupt otherwise.
Result<> check(const FoldAnswer& answer, const FoldPlan& plan);
Result<> check(const LearnAnswer& answer, const LearnPlan& plan);
Result<> check(const MeasureAnswer& answer, const MeasurePlan& plan);
Result<> check(const RowsAnswer& answer, const RowsPlan& plan);

}  // namespace leeway::tables
