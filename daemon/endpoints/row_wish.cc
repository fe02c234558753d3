#include "daemon/endpoints/row_wish.h"

#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "collectors/endpoints/json.h"
#include "collectors/tables/cells.h"
#include "detectors/base/bytes.h"

namespace leeway::endpoint {
namespace {

constexpr std::uint64_t kMostBytes = std::uint64_t{1} << 20U;
constexpr Duration kFuture = std::chrono::minutes(5);  // as batches are read

bool is_input(const profile::Column& column) {
  // A calendar column is a feature that is not judged.
  return column.role == ColumnRole::kFeature || column.role == ColumnRole::kCalendar;
}

/// Whether a CSV file's column is taken as it is written: what the reference's files have as text
/// ("007"), or what was read as a truth value, which "yes" and "no" are, too: the model knows what
/// was written. The same where nobody knows the column.
bool is_written_as_text(const monitor::ActiveReference* reference, const std::string& name) {
  if (reference == nullptr) return true;
  const auto& columns = reference->origin.columns;
  const auto found = std::ranges::find(columns, name, &tables::ObservedColumn::name);
  return found == columns.end() || found->file_type == "VARCHAR" || found->file_type == "BOOLEAN";
}

Result<std::vector<std::string>> input_names(const profile::Schema& schema,
                                             const config::Scoring& scoring) {
  std::vector<std::string> names = scoring.inputs;
  if (names.empty()) {
    for (const profile::Column& column : schema.columns) {
      if (is_input(column)) names.push_back(column.name);
    }
  }
  if (names.empty()) {
    return fail(ErrorCode::kInvalidConfig,
                "no column of the reference is a feature; name what the model takes in 'inputs'");
  }
  for (const std::string& name : names) {
    const profile::Column* column = schema.find(name);
    if (column == nullptr) {
      return fail(ErrorCode::kInvalidConfig, "the reference has no column '" + name +
                                                 "'; 'inputs' names what the model takes");
    }
    if (column->type == ColumnType::kEmbedding) {
      return fail(ErrorCode::kInvalidConfig,
                  "column '" + name + "' is an embedding, which cannot be sent as one value");
    }
    if (column->is_private && !scoring.send_private) {
      return fail(ErrorCode::kInvalidConfig,
                  "column '" + name +
                      "' is private; 'send_private: true' lets it be sent to the model's servers, "
                      "'inputs' leaves it out");
    }
  }
  return names;
}

std::optional<AnswerKind> kind_of_column(const profile::Schema& schema,
                                         const config::Columns& columns,
                                         const std::string& column) {
  if (column.empty()) return std::nullopt;
  if (columns.score == column) return AnswerKind::kScore;
  const profile::Column* known = schema.find(column);
  if (known == nullptr) return std::nullopt;
  return known->type == ColumnType::kNumeric ? AnswerKind::kNumber : AnswerKind::kClass;
}

}  // namespace

std::string compared_column(const config::Columns& columns, config::Compared compare) {
  const bool score = compare == config::Compared::kScore ||
                     (compare == config::Compared::kAuto && !columns.prediction);
  return (score ? columns.score : columns.prediction).value_or("");
}

tables::CellColumn cell_column(const monitor::ActiveReference* reference, const std::string& name) {
  // Of a type that nobody knows a value is taken as it is.
  tables::CellColumn column{.name = name,
                            .type = ColumnType::kText,
                            .written_as_text = is_written_as_text(reference, name)};
  const profile::Column* known =
      reference == nullptr ? nullptr : reference->reference.schema.find(name);
  if (known != nullptr) column.type = known->type;
  return column;
}

Result<RowWish> wish_of(const monitor::ActiveReference& reference, const config::Model& model,
                        const config::Scoring& scoring, const std::optional<std::string>& id,
                        TimePoint now) {
  const profile::Schema& schema = reference.reference.schema;
  auto names = input_names(schema, scoring);
  if (!names) return fail(std::move(names.error()));
  RowWish wish;
  const auto want = [&](const std::string& name) {
    wish.plan.columns.push_back(cell_column(&reference, name));
    return wish.plan.columns.size() - 1;
  };
  for (const std::string& name : *names) {
    want(name);
    wish.sends_private = wish.sends_private || schema.find(name)->is_private;
  }
  wish.inputs = names->size();
  wish.column = compared_column(model.columns, scoring.compare);
  if (!wish.column.empty()) wish.recorded = want(wish.column);
  if (id) wish.id = want(*id);
  wish.kind = kind_of_column(schema, model.columns, wish.column);
  wish.plan.timestamp = reference.timestamp().value_or("");
  wish.plan.time_zone = model.window.time_zone;
  wish.plan.not_after = now + kFuture;
  wish.plan.rows = scoring.rows;
  wish.plan.bytes = kMostBytes;
  wish.plan.missing_values = model.columns.missing_values;
  return wish;
}

std::vector<SentRow> rows_of(const RowWish& wish, tables::RowsAnswer answer, std::uint64_t asked) {
  std::vector<SentRow> rows;
  for (tables::CellRow& row : answer.rows) {
    SentRow& sent = rows.emplace_back();
    ByteWriter identity;
    identity.u64(asked);
    identity.i64(row.time ? to_micros(*row.time) : 0);
    for (const tables::Cell& cell : row.cells) {
      identity.u8(std::holds_alternative<std::monostate>(cell) ? 0 : 1);
      identity.text(tables::plain_text(cell));
    }
    sent.key = hash64(identity.bytes());
    sent.time = row.time;
    if (wish.id) sent.id = tables::plain_text(row.cells[*wish.id]);
    if (wish.recorded) sent.recorded = row.cells[*wish.recorded];
    row.cells.resize(wish.inputs);
    sent.inputs = std::move(row.cells);
  }
  return rows;
}

endpoints::Rows request_of(const RowWish& wish, const std::vector<SentRow>& rows) {
  endpoints::Rows request;
  for (std::size_t i = 0; i < wish.inputs; ++i) {
    request.names.push_back(wish.plan.columns[i].name);
  }
  for (const SentRow& row : rows) request.cells.push_back(row.inputs);
  return request;
}

std::string inputs_text(const RowWish& wish, const SentRow& row) {
  boost::json::object inputs;
  for (std::size_t i = 0; i < wish.inputs; ++i) {
    inputs[wish.plan.columns[i].name] = endpoints::from_value(row.inputs[i]);
  }
  return boost::json::serialize(inputs);
}

}  // namespace leeway::endpoint
