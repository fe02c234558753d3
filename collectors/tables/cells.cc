#include "collectors/tables/cells.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <unordered_set>
#include <utility>

#include "collectors/tables/column_reader.h"
#include "collectors/tables/row_reader.h"

namespace leeway::tables {
namespace {

constexpr std::uint64_t kForDuckDb = 60;  // percent of limits.memory_bytes

std::string shortest(double number) {
  std::array<char, 32> buffer{};
  const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number);
  return {buffer.data(), end};
}

struct PlainText {
  std::string operator()(std::monostate) const { return ""; }
  std::string operator()(const std::string& text) const { return text; }
  std::string operator()(bool flag) const { return flag ? "true" : "false"; }
  std::string operator()(std::int64_t number) const { return std::to_string(number); }
  std::string operator()(double number) const {
    constexpr double kAllWhole = 0x1.0p53;  // beyond it not every whole number is a double
    const bool whole = std::abs(number) < kAllWhole && std::trunc(number) == number;
    return whole ? std::to_string(static_cast<std::int64_t>(number)) : shortest(number);
  }
};

/// What "true" and "false" say, in any case of letters.
std::optional<bool> read_flag(std::string_view text) {
  const auto is = [text](std::string_view word) {
    return std::ranges::equal(text, word, [](char a, char b) { return (a | 0x20) == b; });
  };
  if (is("true")) return true;
  if (is("false")) return false;
  return std::nullopt;
}

/// How one wanted column is read from one file.
struct CellReader {
  const CellColumn* column = nullptr;
  Kind kind = Kind::kNone;  // kNone: the file lacks it
  std::size_t item = 0;

  void add_to(std::vector<std::string>& items, const std::string& type_name) {
    if (kind == Kind::kNone) return;
    item = items.size();
    const std::string name = quoted_name(column->name);
    const auto cast = [&name](const char* type) { return "CAST(" + name + " AS " + type + ")"; };
    switch (kind) {
      case Kind::kBoolean:
        return items.push_back(name);
      case Kind::kInteger:
        return items.push_back(cast("BIGINT"));
      case Kind::kWideInteger:
      case Kind::kReal:
        return items.push_back(cast("DOUBLE"));
      default:
        return items.push_back(type_name == "VARCHAR" ? name : cast("VARCHAR"));
    }
  }

  Cell read(const Rows& rows, std::size_t row, const MissingValues& missing) const {
    if (kind == Kind::kNone) return {};
    const Vector values = rows.column(item);
    if (!values.valid(row)) return {};
    switch (kind) {
      case Kind::kBoolean:
        return values.values<bool>()[row];
      case Kind::kInteger: {
        const std::int64_t number = values.values<std::int64_t>()[row];
        const bool none = missing.has_numbers() && missing.contains(static_cast<double>(number));
        return none ? Cell() : Cell(number);
      }
      case Kind::kWideInteger:
      case Kind::kReal:
        return of_number(values.values<double>()[row], missing);
      default:
        return of_text(values.values<Text>()[row].view(), missing);
    }
  }

 private:
  static Cell of_number(double number, const MissingValues& missing) {
    if (!std::isfinite(number) || missing.contains(number)) return {};
    return number;
  }

  Cell of_text(std::string_view text, const MissingValues& missing) const {
    if (missing.contains(text)) return {};
    if (column->type == ColumnType::kNumeric) {
      double number = 0.0;
      // Text that is no number goes as it is: the model says what it makes of it.
      if (read_number(text, number)) return of_number(number, missing);
    }
    if (column->type == ColumnType::kBoolean) {
      if (const auto flag = read_flag(text)) return *flag;
    }
    return std::string(text);
  }
};

std::uint64_t bytes_of(const CellRow& row) {
  std::uint64_t bytes = 0;
  for (const Cell& cell : row.cells) bytes += size_of(cell);
  return bytes;
}

/// One attempt at the files of a plan.
class Search final : private RowSink {
 public:
  Search(const RowsPlan& plan, const PaneClock& clock, bool as_texts)
      : plan_(plan),
        clock_(clock),
        as_texts_(as_texts),
        missing_(plan.missing_values),
        keys_(plan.keys.begin(), plan.keys.end()) {}

  Result<RowsAnswer> run() {
    auto database = Database::create(plan_.limits.memory_bytes / 100 * kForDuckDb);
    if (!database) return fail(std::move(database.error()));
    for (const auto& path : plan_.files) {
      auto file = SourceFile::open(path);
      if (!file) return fail(std::move(file.error()));
      if (auto read = read_file(*database, *file); !read) {
        text_file_failed_ = file->is_text() && read.error().code == ErrorCode::kCorrupt;
        return fail(std::move(read.error()).in(file->context()));
      }
    }
    return finish();
  }

  /// The types that were found in a text file may be at fault, not the file.
  bool may_succeed_as_texts() const { return text_file_failed_ && !as_texts_; }

 private:
  Result<> read_file(Database& database, const SourceFile& file) {
    auto columns = describe(database, file, missing_);
    if (!columns) return fail(std::move(columns.error()));
    std::vector<std::string> texts;
    for (ColumnInfo& column : *columns) {
      const auto wanted = std::ranges::find(plan_.columns, column.name, &CellColumn::name);
      const bool by_name = wanted != plan_.columns.end() && wanted->written_as_text;
      // A key is compared as it is written, and so are the keys that are looked for.
      const bool as_text = by_name && file.takes_types() && column.kind != Kind::kText;
      if (!as_text && !as_texts_) continue;
      texts.push_back(column.name);
      column.kind = Kind::kText;
      column.type_name = "VARCHAR";
    }
    std::vector<std::string> items;
    if (auto made = make_readers(*columns, items); !made) return made;
    const std::string table = as_texts_ && file.is_text()
                                  ? file.table_of_texts(missing_.texts(), *columns)
                                  : file.table(missing_.texts(), texts);
    return database.read(items, table, *this);
  }

  Result<> make_readers(const std::vector<ColumnInfo>& columns, std::vector<std::string>& items) {
    time_.reset();
    if (!plan_.timestamp.empty()) {
      const auto info = std::ranges::find(columns, plan_.timestamp, &ColumnInfo::name);
      if (info != columns.end()) {
        time_.emplace(wanted_time_, *info, false, missing_, clock_);
        time_->add_to(items);
      }
    }
    readers_.clear();
    for (const CellColumn& column : plan_.columns) {
      CellReader reader{.column = &column};
      const auto info = std::ranges::find(columns, column.name, &ColumnInfo::name);
      if (info != columns.end()) {
        seen_.insert(column.name);
        reader.kind = info->kind;
        if (info->kind == Kind::kList || info->kind == Kind::kOther) {
          return fail(ErrorCode::kInvalidArgument,
                      "column '" + column.name + "' holds lists or structures, not single values");
        }
        reader.add_to(items, info->type_name);
      }
      readers_.push_back(reader);
    }
    key_ = std::ranges::find(plan_.columns, plan_.key, &CellColumn::name) - plan_.columns.begin();
    return {};
  }

  /// When, and where in the source: the order in which rows are new.
  using Order = std::pair<std::int64_t, std::uint64_t>;

  Result<> take(const Rows& rows) override {
    candidates_.clear();
    const ColumnChunk times = time_ ? time_->read(rows) : ColumnChunk{};
    for (std::size_t row = 0; row < rows.size(); ++row) {
      const std::uint64_t position = rows_seen_ + row;
      const bool timed = time_ && times.present(row);
      const std::int64_t at = timed ? times.micros[row] : std::numeric_limits<std::int64_t>::min();
      if (timed && plan_.not_after && from_micros(at) > *plan_.not_after) continue;
      if (!plan_.key.empty() && !is_asked_for(rows, row)) continue;
      candidates_.emplace_back(at, position);
    }
    keep_newest(rows);
    rows_seen_ += rows.size();
    return {};
  }

  bool is_asked_for(const Rows& rows, std::size_t row) const {
    return keys_.contains(
        plain_text(readers_[static_cast<std::size_t>(key_)].read(rows, row, missing_)));
  }

  /// A chunk gives at most the plan's rows, so that ascending times do not make a cell of each.
  void keep_newest(const Rows& rows) {
    const std::size_t most = std::min<std::size_t>(plan_.rows, candidates_.size());
    const auto end = candidates_.begin() + static_cast<std::ptrdiff_t>(most);
    std::ranges::partial_sort(candidates_, end, std::greater());
    for (auto each = candidates_.begin(); each != end; ++each) {
      if (kept_.size() == plan_.rows) {
        if (kept_.begin()->first > *each) break;
        kept_.erase(kept_.begin());
      }
      kept_.emplace(*each, row_at(rows, *each));
    }
  }

  CellRow row_at(const Rows& rows, const Order& order) const {
    const auto row = static_cast<std::size_t>(order.second - rows_seen_);
    CellRow out;
    if (order.first != std::numeric_limits<std::int64_t>::min()) {
      out.time = from_micros(order.first);
    }
    for (const CellReader& reader : readers_) {
      out.cells.push_back(reader.read(rows, row, missing_));
    }
    return out;
  }

  RowsAnswer finish() {
    RowsAnswer answer;
    std::uint64_t bytes = 0;
    for (auto each = kept_.rbegin(); each != kept_.rend(); ++each) {
      bytes += bytes_of(each->second);
      if (bytes > plan_.bytes) break;
      answer.rows.push_back(std::move(each->second));
    }
    std::ranges::reverse(answer.rows);
    for (const CellColumn& column : plan_.columns) {
      if (!seen_.contains(column.name)) answer.absent.push_back(column.name);
    }
    return answer;
  }

  const RowsPlan& plan_;
  const PaneClock& clock_;
  bool as_texts_;
  bool text_file_failed_ = false;
  MissingValues missing_;
  std::unordered_set<std::string> keys_;
  const WantedColumn wanted_time_{.name = plan_.timestamp, .type = ColumnType::kDatetime};
  std::optional<ColumnReader> time_;
  std::vector<CellReader> readers_;
  std::ptrdiff_t key_ = 0;
  std::set<std::string> seen_;
  std::uint64_t rows_seen_ = 0;
  std::vector<Order> candidates_;
  std::map<Order, CellRow> kept_;
};

}  // namespace

std::string plain_text(const Cell& cell) { return std::visit(PlainText{}, cell); }

std::uint64_t size_of(const Cell& cell) {
  const auto* text = std::get_if<std::string>(&cell);
  return sizeof(double) + (text == nullptr ? 0 : text->size());
}

Result<RowsAnswer> read_rows(const RowsPlan& plan) {
  if (plan.rows == 0) return RowsAnswer{};
  const auto named = std::ranges::find(plan.columns, plan.key, &CellColumn::name);
  if (!plan.key.empty() && named == plan.columns.end()) {
    return fail(ErrorCode::kInvalidArgument, "the key is none of the wanted columns");
  }
  const auto clock = PaneClock::create({.size = {}, .time_zone = plan.time_zone});
  if (!clock) return fail(clock.error());
  Search search(plan, *clock, false);
  auto answer = search.run();
  if (answer || !search.may_succeed_as_texts()) return answer;
  return Search(plan, *clock, true).run();
}

}  // namespace leeway::tables
