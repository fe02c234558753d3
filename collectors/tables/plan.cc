#include "collectors/tables/plan.h"

#include <type_traits>

#include "collectors/tables/sampled_rows.h"
#include "detectors/base/bytes.h"

namespace leeway::tables {
namespace {

constexpr std::uint32_t kVersion = 2;
constexpr std::string_view kLearnPlan = "LWPLLEAR";
constexpr std::string_view kLearnAnswer = "LWANLEAR";
constexpr std::string_view kFoldPlan = "LWPLFOLD";
constexpr std::string_view kFoldAnswer = "LWANFOLD";
constexpr std::string_view kMeasurePlan = "LWPLMEAS";
constexpr std::string_view kMeasureAnswer = "LWANMEAS";
constexpr std::string_view kRowsPlan = "LWPLROWS";
constexpr std::string_view kRowsAnswer = "LWANROWS";

// One put() and one get() for each type, and one visit() for each struct that names its fields in
// order: what is written is what is read.

void put(ByteWriter& out, const std::string& text) { out.text(text); }
void put(ByteWriter& out, const std::filesystem::path& path) { out.text(path.native()); }
void put(ByteWriter& out, std::uint64_t number) { out.varint(number); }
void put(ByteWriter& out, bool flag) { out.u8(flag ? 1 : 0); }
void put(ByteWriter& out, double number) { out.f64(number); }
void put(ByteWriter& out, Duration duration) { out.i64(duration.count()); }
void put(ByteWriter& out, TimePoint time) { out.i64(to_micros(time)); }
void put(ByteWriter& out, ColumnType type) { out.u8(static_cast<std::uint8_t>(type)); }
void put(ByteWriter& out, const profile::Schema& schema) { schema.write(out); }

void get(ByteReader& in, std::string& text) { text = in.text(); }
void get(ByteReader& in, std::filesystem::path& path) { path = in.text(); }
void get(ByteReader& in, std::uint64_t& number) { number = in.varint(); }
void get(ByteReader& in, bool& flag) { flag = in.u8() != 0; }
void get(ByteReader& in, double& number) { number = in.f64(); }
void get(ByteReader& in, Duration& duration) { duration = Duration{in.i64()}; }
void get(ByteReader& in, TimePoint& time) { time = from_micros(in.i64()); }
void get(ByteReader& in, ColumnType& type) {
  const std::uint8_t number = in.u8();
  if (number > static_cast<std::uint8_t>(ColumnType::kEmbedding)) in.refuse();
  type = static_cast<ColumnType>(number);
}
void put(ByteWriter& out, const Cell& cell) {
  out.u8(static_cast<std::uint8_t>(cell.index()));
  if (const auto* number = std::get_if<double>(&cell)) out.f64(*number);
  if (const auto* number = std::get_if<std::int64_t>(&cell)) out.i64(*number);
  if (const auto* flag = std::get_if<bool>(&cell)) out.u8(*flag ? 1 : 0);
  if (const auto* text = std::get_if<std::string>(&cell)) out.text(*text);
}
void get(ByteReader& in, Cell& cell) {
  switch (in.u8()) {
    case 0:
      cell = std::monostate{};
      break;
    case 1:
      cell = in.f64();
      break;
    case 2:
      cell = in.i64();
      break;
    case 3:
      cell = in.u8() != 0;
      break;
    case 4:
      cell = std::string(in.text());
      break;
    default:
      in.refuse();
  }
}
void put(ByteWriter& out, multivariate::Null::Shape shape) {
  out.u8(static_cast<std::uint8_t>(shape));
}
void get(ByteReader& in, multivariate::Null::Shape& shape) {
  const std::uint8_t number = in.u8();
  if (number > static_cast<std::uint8_t>(multivariate::Null::Shape::kGamma)) in.refuse();
  shape = static_cast<multivariate::Null::Shape>(number);
}
void get(ByteReader& in, profile::Schema& schema) {
  auto read = profile::Schema::read(in);
  if (read) {
    schema = std::move(*read);
  } else {
    in.refuse();
  }
}

/// For all that consists of other things: `apply` gets its fields one by one.
template <class Self, class Apply>
  requires std::is_same_v<std::remove_const_t<Self>, Limits>
void visit(Self& limits, Apply apply) {
  apply(limits.memory_bytes, limits.deadline);
}
template <class Self, class Apply>
  requires std::is_same_v<std::remove_const_t<Self>, PaneRule>
void visit(Self& rule, Apply apply) {
  apply(rule.size, rule.time_zone);
}
template <class Self, class Apply>
  requires std::is_same_v<std::remove_const_t<Self>, profile::Interval>
void visit(Self& interval, Apply apply) {
  apply(interval.min, interval.max);
}
template <class Self, class Apply>
  requires std::is_same_v<std::remove_const_t<Self>, ValueRules>
void visit(Self& rules, Apply apply) {
  apply(rules.min, rules.max, rules.one_of, rules.pattern, rules.shown);
}
template <class Self, class Apply>
  requires std::is_same_v<std::remove_const_t<Self>, Scratch>
void visit(Self& scratch, Apply apply) {
  apply(scratch.directory, scratch.stem, scratch.extract_rows, scratch.sample_rows);
}
template <class Self, class Apply>
  requires std::is_same_v<std::remove_const_t<Self>, Segments>
void visit(Self& segments, Apply apply) {
  apply(segments.column, segments.values);
}
template <class Self, class Apply>
  requires std::is_same_v<std::remove_const_t<Self>, ObservedColumn>
void visit(Self& column, Apply apply) {
  apply(column.name, column.file_type);
}
template <class Self, class Apply>
  requires std::is_same_v<std::remove_const_t<Self>, ColumnRules>
void visit(Self& rules, Apply apply) {
  apply(rules.id, rules.timestamp, rules.label, rules.score, rules.prediction, rules.weight,
        rules.version, rules.scores, rules.only, rules.except, rules.types, rules.missing_values,
        rules.segments, rules.private_columns);
}
template <class Self, class Apply>
  requires std::is_same_v<std::remove_const_t<Self>, FoldedPane>
void visit(Self& pane, Apply apply) {
  apply(pane.start, pane.segment, pane.rows, pane.profile, pane.extract, pane.sample);
}
template <class Self, class Apply>
  requires std::is_same_v<std::remove_const_t<Self>, LearnPlan>
void visit(Self& plan, Apply apply) {
  apply(plan.files, plan.source, plan.rules, plan.panes, plan.seed, plan.scratch, plan.limits);
}
template <class Self, class Apply>
  requires std::is_same_v<std::remove_const_t<Self>, LearnAnswer>
void visit(Self& answer, Apply apply) {
  apply(answer.reference, answer.extract, answer.sample, answer.columns, answer.segments,
        answer.notes);
}
template <class Self, class Apply>
  requires std::is_same_v<std::remove_const_t<Self>, FoldPlan>
void visit(Self& plan, Apply apply) {
  apply(plan.files, plan.schema, plan.reference_columns, plan.timestamp, plan.panes, plan.not_after,
        plan.segments, plan.missing_values, plan.value_rules, plan.count_row_keys, plan.scratch,
        plan.limits);
}
template <class Self, class Apply>
  requires std::is_same_v<std::remove_const_t<Self>, FoldAnswer>
void visit(Self& answer, Apply apply) {
  apply(answer.rows, answer.future_rows, answer.timeless_rows, answer.first_time, answer.last_time,
        answer.panes, answer.columns, answer.new_columns, answer.vanished_columns,
        answer.retyped_columns);
}

template <class Self, class Apply>
  requires std::is_same_v<std::remove_const_t<Self>, ComparedColumn>
void visit(Self& column, Apply apply) {
  apply(column.index, column.name, column.type);
}
template <class Self, class Apply>
  requires std::is_same_v<std::remove_const_t<Self>, MeasurePlan>
void visit(Self& plan, Apply apply) {
  apply(plan.columns, plan.reference, plan.current, plan.measures, plan.embedding, plan.rows,
        plan.seed, plan.limits);
}
template <class Self, class Apply>
  requires std::is_same_v<std::remove_const_t<Self>, multivariate::Null>
void visit(Self& null, Apply apply) {
  apply(null.shape, null.center, null.scale, null.parameter);
}
template <class Self, class Apply>
  requires std::is_same_v<std::remove_const_t<Self>, multivariate::Carrier>
void visit(Self& carrier, Apply apply) {
  apply(carrier.column, carrier.share);
}
template <class Self, class Apply>
  requires std::is_same_v<std::remove_const_t<Self>, multivariate::Measured>
void visit(Self& measured, Apply apply) {
  apply(measured.value, measured.null, measured.p_value, measured.carriers, measured.moved);
}
template <class Self, class Apply>
  requires std::is_same_v<std::remove_const_t<Self>, MeasuredDrift>
void visit(Self& drift, Apply apply) {
  apply(drift.column, drift.measure, drift.measured, drift.trouble, drift.too_few);
}
template <class Self, class Apply>
  requires std::is_same_v<std::remove_const_t<Self>, MeasureAnswer>
void visit(Self& answer, Apply apply) {
  apply(answer.windows, answer.clocks);
}

template <class Self, class Apply>
  requires std::is_same_v<std::remove_const_t<Self>, CellColumn>
void visit(Self& column, Apply apply) {
  apply(column.name, column.type, column.written_as_text);
}
template <class Self, class Apply>
  requires std::is_same_v<std::remove_const_t<Self>, RowsPlan>
void visit(Self& plan, Apply apply) {
  apply(plan.files, plan.columns, plan.timestamp, plan.time_zone, plan.not_after, plan.key,
        plan.keys, plan.rows, plan.bytes, plan.missing_values, plan.limits);
}
template <class Self, class Apply>
  requires std::is_same_v<std::remove_const_t<Self>, CellRow>
void visit(Self& row, Apply apply) {
  apply(row.time, row.cells);
}
template <class Self, class Apply>
  requires std::is_same_v<std::remove_const_t<Self>, RowsAnswer>
void visit(Self& answer, Apply apply) {
  apply(answer.rows, answer.absent);
}

// Declared before they use each other.
template <class T>
void put(ByteWriter& out, const std::optional<T>& value);
template <class T>
void put(ByteWriter& out, const std::vector<T>& values);
template <class K, class V>
void put(ByteWriter& out, const std::map<K, V>& values);
template <class T>
void get(ByteReader& in, std::optional<T>& value);
template <class T>
void get(ByteReader& in, std::vector<T>& values);
template <class K, class V>
void get(ByteReader& in, std::map<K, V>& values);

template <class Struct>
  requires std::is_class_v<Struct>
void put(ByteWriter& out, const Struct& value) {
  visit(value, [&out](const auto&... fields) { (put(out, fields), ...); });
}
template <class Struct>
  requires std::is_class_v<Struct>
void get(ByteReader& in, Struct& value) {
  visit(value, [&in](auto&... fields) { (get(in, fields), ...); });
}

template <class T>
void put(ByteWriter& out, const std::optional<T>& value) {
  out.u8(value ? 1 : 0);
  if (value) put(out, *value);
}
template <class T>
void get(ByteReader& in, std::optional<T>& value) {
  value.reset();
  if (in.u8() != 0) get(in, value.emplace());
}

template <class T>
void put(ByteWriter& out, const std::vector<T>& values) {
  out.varint(values.size());
  for (const T& value : values) put(out, value);
}
template <class T>
void get(ByteReader& in, std::vector<T>& values) {
  values.clear();
  // One by one, so that what is announced but not there costs nothing.
  for (std::size_t left = in.count(1); left > 0 && in.ok(); --left) get(in, values.emplace_back());
}

template <class K, class V>
void put(ByteWriter& out, const std::map<K, V>& values) {
  out.varint(values.size());
  for (const auto& [key, value] : values) {
    put(out, key);
    put(out, value);
  }
}
template <class K, class V>
void get(ByteReader& in, std::map<K, V>& values) {
  values.clear();
  for (std::size_t left = in.count(1); left > 0 && in.ok(); --left) {
    K key;
    get(in, key);
    get(in, values[std::move(key)]);
  }
}

template <class Struct>
std::string encode_as(std::string_view magic, const Struct& value) {
  ByteWriter body;
  put(body, value);
  return frame(magic, kVersion, body.bytes());
}

template <class Struct>
Result<Struct> decode_as(std::string_view magic, std::string_view bytes) {
  const auto opened = open_frame(magic, bytes);
  if (!opened) return fail(opened.error());
  if (opened->version != kVersion) {
    return fail(ErrorCode::kCorrupt,
                "version " + std::to_string(opened->version) + " is not known");
  }
  ByteReader in(opened->body);
  Struct value;
  get(in, value);
  if (!in.at_end()) return fail(ErrorCode::kCorrupt, "is not well formed");
  return value;
}

}  // namespace

Result<multivariate::Measured> MeasuredDrift::result() const {
  if (measured) return *measured;
  return fail(too_few ? ErrorCode::kInsufficientData : ErrorCode::kUnavailable, trouble);
}

std::vector<ComparedColumn> compared_columns(const profile::Schema& schema) {
  std::vector<ComparedColumn> columns;
  for (std::size_t i = 0; i < schema.columns.size(); ++i) {
    const profile::Column& column = schema.columns[i];
    if (is_sampled(column))
      columns.push_back({.index = i, .name = column.name, .type = column.type});
  }
  return columns;
}

std::string LearnPlan::encode() const { return encode_as(kLearnPlan, *this); }
std::string LearnAnswer::encode() const { return encode_as(kLearnAnswer, *this); }
std::string FoldPlan::encode() const { return encode_as(kFoldPlan, *this); }
std::string FoldAnswer::encode() const { return encode_as(kFoldAnswer, *this); }

std::string MeasurePlan::encode() const { return encode_as(kMeasurePlan, *this); }
std::string MeasureAnswer::encode() const { return encode_as(kMeasureAnswer, *this); }

std::string RowsPlan::encode() const { return encode_as(kRowsPlan, *this); }
std::string RowsAnswer::encode() const { return encode_as(kRowsAnswer, *this); }

Result<LearnPlan> LearnPlan::decode(std::string_view bytes) {
  return decode_as<LearnPlan>(kLearnPlan, bytes);
}
Result<LearnAnswer> LearnAnswer::decode(std::string_view bytes) {
  return decode_as<LearnAnswer>(kLearnAnswer, bytes);
}
Result<FoldPlan> FoldPlan::decode(std::string_view bytes) {
  return decode_as<FoldPlan>(kFoldPlan, bytes);
}
Result<FoldAnswer> FoldAnswer::decode(std::string_view bytes) {
  return decode_as<FoldAnswer>(kFoldAnswer, bytes);
}
Result<MeasurePlan> MeasurePlan::decode(std::string_view bytes) {
  return decode_as<MeasurePlan>(kMeasurePlan, bytes);
}
Result<MeasureAnswer> MeasureAnswer::decode(std::string_view bytes) {
  return decode_as<MeasureAnswer>(kMeasureAnswer, bytes);
}

Result<RowsPlan> RowsPlan::decode(std::string_view bytes) {
  return decode_as<RowsPlan>(kRowsPlan, bytes);
}
Result<RowsAnswer> RowsAnswer::decode(std::string_view bytes) {
  return decode_as<RowsAnswer>(kRowsAnswer, bytes);
}

std::string segment_name(std::string_view column, std::optional<std::string_view> value) {
  return std::string(column) + "=" + std::string(value.value_or("(rest)"));
}

}  // namespace leeway::tables
