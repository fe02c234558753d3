#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "collectors/endpoints/rows.h"
#include "collectors/tables/plan.h"
#include "daemon/config/config.h"
#include "daemon/endpoints/answers.h"
#include "daemon/monitor/judge.h"

namespace leeway::endpoint {

/// What of a batch is asked for: the columns that the model takes, what was recorded, the id.
struct RowWish {
  tables::RowsPlan plan;                ///< without files
  std::size_t inputs = 0;               ///< the first so many columns of the plan
  std::string column;                   ///< that records answers; empty: none
  std::optional<std::size_t> recorded;  ///< where that column is in the plan
  std::optional<std::size_t> id;
  std::optional<AnswerKind> kind;  ///< of answers; nothing: as the values show
  bool sends_private = false;      ///< what a server says of the rows may quote such values
};

/// The column that records answers: columns.prediction or columns.score; empty if there is none.
std::string compared_column(const config::Columns& columns, config::Compared compare);

/// How a column is read that a label or an id is in.
/// @param reference  may be null
tables::CellColumn cell_column(const monitor::ActiveReference* reference, const std::string& name);

/// kInvalidConfig, with what to write, if a column that the model takes is not in the reference,
/// is an embedding, or is private and must not be sent.
/// @param id  by which labels are found
Result<RowWish> wish_of(const monitor::ActiveReference& reference, const config::Model& model,
                        const config::Scoring& scoring, const std::optional<std::string>& id,
                        TimePoint now);

/// One row of a batch, ready to be sent.
struct SentRow {
  std::uint64_t key = 0;  ///< hash of its values and of whom is asked
  std::optional<TimePoint> time;
  std::string id;
  endpoints::Value recorded;
  std::vector<endpoints::Value> inputs;
};

/// Takes the rows apart. A row has the same key in every file and at every place; neither other
/// columns nor a label that is filled in later change it.
/// @param asked  hash of the servers that are asked
std::vector<SentRow> rows_of(const RowWish& wish, tables::RowsAnswer answer, std::uint64_t asked);

/// As a server is asked about them.
endpoints::Rows request_of(const RowWish& wish, const std::vector<SentRow>& rows);

/// What was sent, as it is kept: {"age": 31, "city": "Oslo"}.
std::string inputs_text(const RowWish& wish, const SentRow& row);

}  // namespace leeway::endpoint
