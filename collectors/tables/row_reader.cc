#include "collectors/tables/row_reader.h"

#include <algorithm>

namespace leeway::tables {
namespace {

const ColumnInfo* find(const std::vector<ColumnInfo>& columns, const std::string& name) {
  const auto found =
      std::find_if(columns.begin(), columns.end(),
                   [&name](const ColumnInfo& column) { return column.name == name; });
  return found == columns.end() ? nullptr : &*found;
}

std::string select(const std::vector<std::string>& items, const std::string& table) {
  std::string sql = "SELECT ";
  for (const std::string& item : items) sql += (sql.size() == 7 ? "" : ", ") + item;
  // Without a column the rows still count.
  if (items.empty()) sql += "true";
  return sql + " FROM " + table;
}

}  // namespace

Result<std::vector<ColumnInfo>> describe(Database& database, const SourceFile& file,
                                         const MissingValues& missing) {
  return database.describe("SELECT * FROM " + file.table(missing.texts()));
}

Result<> RowReader::make_readers(const std::vector<ColumnInfo>& columns) {
  stream_.reset();
  readers_.clear();
  for (std::size_t i = 0; i < wanted_->size(); ++i) {
    const WantedColumn& wanted = (*wanted_)[i];
    const ColumnInfo* in_file = find(columns, wanted.name);
    readers_.push_back(in_file == nullptr ? ColumnReader(wanted)
                                          : ColumnReader(wanted, *in_file, *missing_, *clock_));
    const ColumnReader::Function function = readers_.back().function(i);
    if (function.code == nullptr || !functions_.insert(function.name).second) continue;
    auto added = database_->add_function(function.name, function.input, *function.code);
    if (!added) return added;
  }
  return {};
}

Result<> RowReader::open(const SourceFile& file, std::vector<ColumnInfo> columns, bool as_texts) {
  as_texts = as_texts && file.is_text();
  std::vector<std::string> texts;
  for (ColumnInfo& column : columns) {
    const auto wanted =
        std::find_if(wanted_->begin(), wanted_->end(),
                     [&column](const WantedColumn& each) { return each.name == column.name; });
    // Names stay as they are written: "007" is not 7.
    const bool names =
        wanted != wanted_->end() && wanted->expected == Kind::kText &&
        (wanted->type == ColumnType::kCategorical || wanted->type == ColumnType::kText);
    const bool changes = as_texts || (file.takes_types() && names && column.kind != Kind::kText);
    if (!changes) continue;
    texts.push_back(column.name);
    column.kind = Kind::kText;
    column.type_name = "VARCHAR";
  }
  if (auto made = make_readers(columns); !made) return made;
  std::vector<std::string> items;
  for (ColumnReader& reader : readers_) reader.add_to(items);
  const std::string table = as_texts ? file.table_of_texts(missing_->texts(), columns)
                                     : file.table(missing_->texts(), texts);
  auto stream = database_->stream(select(items, table));
  if (!stream) return fail(std::move(stream.error()));
  stream_ = std::move(*stream);
  return {};
}

Result<bool> RowReader::next() {
  auto more = stream_->next();
  if (!more || !*more) return more;
  chunks_.clear();
  for (ColumnReader& reader : readers_) chunks_.push_back(reader.read(*stream_));
  return true;
}

}  // namespace leeway::tables
