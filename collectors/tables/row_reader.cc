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

/// Below this a look at the file's description costs more than it saves.
constexpr std::uint64_t kLargeFile = std::uint64_t{4} << 20U;

/// The columns whose numbers all row groups hold by dictionaries that DuckDB makes use of. Sizes
/// tell it, since not all writers say where a dictionary is: one of 20,000 numbers takes 160,000
/// bytes, and its codes 15 bits a value; numbers that lie beside a dictionary take 8 bytes each.
constexpr const char* kByDictionary =
    " GROUP BY path_in_schema HAVING bool_and(encodings LIKE '%DICT%'"
    " AND total_uncompressed_size < 160000 + 1.875 * num_values)"
    " AND sum(total_uncompressed_size) < 4 * sum(num_values)";

/// Keeps a column of texts.
class NameSink final : public RowSink {
 public:
  Result<> take(const Rows& rows) override {
    const Vector names = rows.column(0);
    for (const Text& name : names.values<Text>()) names_.emplace(name.view());
    return {};
  }
  std::set<std::string> names_;
};

/// Keeps the last number.
class CountSink final : public RowSink {
 public:
  Result<> take(const Rows& rows) override {
    if (rows.size() > 0) count_ = rows.column(0).values<std::int64_t>().back();
    return {};
  }
  std::int64_t count_ = 0;
};

}  // namespace

Result<std::uint64_t> count_rows(Database& database, const SourceFile& file) {
  CountSink sink;
  const std::vector<std::string> items{"rows_in_file"};
  const std::string table = "(SELECT count(*) AS rows_in_file FROM " + file.table({}) + ")";
  if (auto done = database.read(items, table, sink); !done) return fail(std::move(done.error()));
  return static_cast<std::uint64_t>(sink.count_);
}

Result<std::vector<ColumnInfo>> describe(Database& database, const SourceFile& file,
                                         const MissingValues& missing) {
  return database.describe("SELECT * FROM " + file.table(missing.texts()));
}

Result<std::set<std::string>> RowReader::columns_by_dictionary(const SourceFile& file) {
  const bool any = std::any_of(wanted_->begin(), wanted_->end(),
                               [](const WantedColumn& each) { return each.numbers != nullptr; });
  NameSink sink;
  if (!any || file.is_text() || file.bytes() < kLargeFile) return sink.names_;
  const std::string metadata =
      "(SELECT path_in_schema FROM " + file.metadata() + kByDictionary + ")";
  const std::vector<std::string> items{"path_in_schema"};
  if (auto done = database_->read(items, metadata, sink); !done) {
    return fail(std::move(done.error()));
  }
  return std::move(sink.names_);
}

Result<> RowReader::make_readers(const std::vector<ColumnInfo>& columns,
                                 const std::set<std::string>& by_dictionary) {
  readers_.clear();
  for (std::size_t i = 0; i < wanted_->size(); ++i) {
    const WantedColumn& wanted = (*wanted_)[i];
    const ColumnInfo* in_file = find(columns, wanted.name);
    readers_.push_back(in_file == nullptr
                           ? ColumnReader(wanted)
                           : ColumnReader(wanted, *in_file, by_dictionary.contains(wanted.name),
                                          *missing_, *clock_));
    const ColumnReader::Function function = readers_.back().function(i);
    if (function.code == nullptr || !functions_.insert(function.name).second) continue;
    auto added = database_->add_function(function.name, function.type_name, *function.code);
    if (!added) return added;
  }
  return {};
}

Result<> RowReader::read(const SourceFile& file, std::vector<ColumnInfo> columns, bool as_texts,
                         ChunkSink& sink) {
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
  const auto by_dictionary = columns_by_dictionary(file);
  if (!by_dictionary) return fail(by_dictionary.error());
  if (auto made = make_readers(columns, *by_dictionary); !made) return made;
  std::vector<std::string> items;
  for (ColumnReader& reader : readers_) reader.add_to(items);
  const std::string table = as_texts ? file.table_of_texts(missing_->texts(), columns)
                                     : file.table(missing_->texts(), texts);
  sink_ = &sink;
  return database_->read(items, table, *this);
}

Result<> RowReader::take(const Rows& rows) {
  chunks_.clear();
  for (ColumnReader& reader : readers_) {
    if (!reader.is_sound()) {
      needs_no_codes_ = true;
      return fail(ErrorCode::kUnavailable, "has too many different numbers to count each");
    }
    chunks_.push_back(reader.read(rows));
  }
  return sink_->take(rows.size(), chunks_);
}

}  // namespace leeway::tables
