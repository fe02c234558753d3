#include "collectors/tables/column_reader.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace leeway::tables {
namespace {

constexpr std::int64_t kNoTime = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kMicrosPerDay = 86'400'000'000;
constexpr std::int64_t kFirstTime = -719'162 * kMicrosPerDay;   // 0001-01-01
constexpr std::int64_t kEndOfTime = 2'932'897 * kMicrosPerDay;  // 10000-01-01

bool is_number(Kind kind) {
  return kind == Kind::kInteger || kind == Kind::kWideInteger || kind == Kind::kReal;
}

bool is_time(Kind kind) { return kind == Kind::kDate || kind == Kind::kTimestamp; }

/// Kinds between which a column may change without being another.
bool alike(Kind a, Kind b) {
  return a == b || a == Kind::kNone || b == Kind::kNone || (is_number(a) && is_number(b)) ||
         (is_time(a) && is_time(b));
}

std::int64_t checked(double micros) {
  const bool fits =
      micros >= static_cast<double>(kFirstTime) && micros < static_cast<double>(kEndOfTime);
  return fits ? static_cast<std::int64_t>(micros) : kNoTime;
}

/// Seconds, milli-, micro- or nanoseconds since 1970, told by their size; right for all times from
/// 1973 to 5138.
std::int64_t epoch_micros(double value) {
  const double size = std::abs(value);
  if (size < 1e11) return checked(value * 1e6);
  if (size < 1e14) return checked(value * 1e3);
  if (size < 1e17) return checked(value);
  return checked(value / 1e3);
}

/// The same for integers, of which microseconds and nanoseconds are not all doubles.
std::int64_t epoch_micros(std::int64_t value) {
  constexpr std::int64_t kMicros = 100'000'000'000'000;
  constexpr std::int64_t kNanos = 100'000'000'000'000'000;
  if (value >= kNanos || value <= -kNanos) return value / 1000;
  if (value >= kMicros || value <= -kMicros) return value;
  return epoch_micros(static_cast<double>(value));
}

}  // namespace

ColumnReader::ColumnReader(const WantedColumn& wanted) : wanted_(&wanted) {}

ColumnReader::ColumnReader(const WantedColumn& wanted, const ColumnInfo& in_file,
                           bool by_dictionary, const MissingValues& missing, const PaneClock& clock)
    : wanted_(&wanted),
      name_(quoted_name(in_file.name)),
      type_name_(in_file.type_name),
      kind_(in_file.kind),
      missing_(&missing),
      clock_(&clock),
      way_(way_of(by_dictionary)) {}

ColumnReader::Way ColumnReader::way_of(bool by_dictionary) const {
  if (kind_ == Kind::kNone) return Way::kAbsent;
  if (wanted_->type == ColumnType::kEmbedding) {
    return kind_ == Kind::kText || kind_ == Kind::kList ? Way::kLists : Way::kUnreadable;
  }
  if (kind_ == Kind::kList || kind_ == Kind::kOther) return Way::kUnreadable;
  switch (wanted_->type) {
    case ColumnType::kNumeric:
      if (kind_ == Kind::kText) return Way::kNumberTexts;
      return is_time(kind_) ? Way::kUnreadable : number_way(by_dictionary);
    case ColumnType::kBoolean:
      return is_time(kind_) ? Way::kUnreadable : Way::kCodes;
    case ColumnType::kCategorical:
      return Way::kCodes;
    case ColumnType::kDatetime:
      return datetime_way();
    default:
      return Way::kTexts;
  }
}

ColumnReader::Way ColumnReader::number_way(bool by_dictionary) const {
  if (!NumberCoder::reads(type_name_)) return Way::kCastNumbers;
  return by_dictionary && wanted_->numbers != nullptr ? Way::kNumberCodes : Way::kNumbers;
}

ColumnReader::Way ColumnReader::datetime_way() const {
  switch (kind_) {
    case Kind::kDate:
      return Way::kDays;
    case Kind::kTimestamp:
      return Way::kMicros;
    case Kind::kText:
      return Way::kTimeTexts;
    case Kind::kInteger:
      return Way::kEpochIntegers;
    case Kind::kWideInteger:
    case Kind::kReal:
      return Way::kEpochReals;
    default:
      return Way::kUnreadable;
  }
}

ColumnReader::Function ColumnReader::function(std::size_t position) {
  if (way_ != Way::kCodes && way_ != Way::kNumberCodes) return {};
  Function function;
  if (way_ == Way::kNumberCodes) {
    function.type_name = type_name_;
    function.code = &wanted_->numbers->code_for(type_name_);
  } else {
    Kind input = Kind::kText;
    if (kind_ == Kind::kBoolean || kind_ == Kind::kInteger || kind_ == Kind::kReal) input = kind_;
    function.type_name = input == Kind::kBoolean   ? "BOOLEAN"
                         : input == Kind::kInteger ? "BIGINT"
                         : input == Kind::kReal    ? "DOUBLE"
                                                   : "VARCHAR";
    function.code = &wanted_->coder->code_for(input);
  }
  function_ = "leeway_code_" + std::to_string(position) + "_" + std::string(function.type_name);
  function.name = function_;
  return function;
}

std::string ColumnReader::code_expression() const {
  std::string value = name_;
  if (kind_ == Kind::kInteger) value = "CAST(" + name_ + " AS BIGINT)";
  if (kind_ == Kind::kReal) value = "CAST(" + name_ + " AS DOUBLE)";
  if (kind_ == Kind::kWideInteger || is_time(kind_) || type_name_ != "VARCHAR") {
    if (value == name_ && kind_ != Kind::kBoolean) value = "CAST(" + name_ + " AS VARCHAR)";
  }
  // The reference had numbers, so that "007" has to be the 7 that it was there.
  if (kind_ == Kind::kText && is_number(wanted_->expected)) {
    value = "coalesce(CAST(TRY_CAST(" + name_ + " AS BIGINT) AS VARCHAR), " + value + ")";
  }
  return function_ + "(" + value + ")";
}

std::string ColumnReader::time_expression() const {
  if (way_ == Way::kTimeTexts) return "TRY_CAST(" + name_ + " AS TIMESTAMPTZ)";
  if (way_ == Way::kMicros && type_name_ != "TIMESTAMP" &&
      type_name_ != "TIMESTAMP WITH TIME ZONE") {
    return "TRY_CAST(" + name_ + " AS TIMESTAMP)";
  }
  if (way_ == Way::kEpochIntegers) return "CAST(" + name_ + " AS BIGINT)";
  if (way_ == Way::kEpochReals) return "CAST(" + name_ + " AS DOUBLE)";
  return name_;
}

void ColumnReader::add_to(std::vector<std::string>& items) {
  item_ = items.size();
  switch (way_) {
    case Way::kAbsent:
      return;
    case Way::kNumbers:
      items.push_back(name_);
      return;
    case Way::kNumberCodes:
      items.push_back(function_ + "(" + name_ + ")");
      return;
    case Way::kCastNumbers:
      items.push_back("CAST(" + name_ + " AS DOUBLE)");
      return;
    case Way::kCodes:
      items.push_back(code_expression());
      return;
    case Way::kNumberTexts:
    case Way::kTexts:
      items.push_back(type_name_ == "VARCHAR" ? name_ : "CAST(" + name_ + " AS VARCHAR)");
      return;
    case Way::kUnreadable:
      items.push_back(name_ + " IS NOT NULL");
      return;
    case Way::kLists:
      items.push_back("TRY_CAST(" +
                      (kind_ == Kind::kText ? "CAST(" + name_ + " AS VARCHAR)" : name_) +
                      " AS FLOAT[])");
      items.push_back(name_ + " IS NOT NULL");
      return;
    default:
      items.push_back(time_expression());
      // What does not read as a time is null there, too: the text tells whether it was one before.
      if (way_ == Way::kTimeTexts) items.push_back("CAST(" + name_ + " AS VARCHAR)");
  }
}

ColumnChunk ColumnReader::read(const Rows& rows) {
  ColumnChunk chunk;
  chunk.rows = rows.size();
  if (way_ == Way::kAbsent) {
    valid_.fill(0);
    chunk.valid = valid_;
    return chunk;
  }
  const Vector values = rows.column(item_);
  switch (way_) {
    case Way::kNumbers:
    case Way::kCastNumbers:
      read_numbers(values, chunk);
      break;
    case Way::kNumberCodes:
      chunk.form = ColumnChunk::Form::kNumberCodes;
      chunk.codes = values.values<std::uint32_t>();
      chunk.numbers = wanted_->numbers->numbers();
      break;
    case Way::kNumberTexts:
      read_number_texts(values, chunk);
      break;
    case Way::kCodes:
      chunk.form = ColumnChunk::Form::kCodes;
      chunk.codes = values.values<std::uint32_t>();
      break;
    case Way::kTexts:
      read_texts(values, chunk);
      break;
    case Way::kLists:
      read_lists(rows, chunk);
      break;
    case Way::kUnreadable:
      read_unreadable(values, chunk);
      break;
    default:
      read_times(rows, chunk);
  }
  return chunk;
}

void ColumnReader::begin_marks(Validity valid) {
  valid_.fill(~std::uint64_t{0});
  std::copy(valid.begin(), valid.end(), valid_.begin());
  for (std::size_t kind = 0; kind < marks_.size(); ++kind) {
    if (any_mark_[kind]) marks_[kind].fill(0);
  }
  any_mark_.fill(false);
  any_absent_ = !valid.empty();
}

void ColumnReader::mark(std::size_t row, Absence absence) {
  const std::uint64_t bit = std::uint64_t{1} << (row % 64);
  valid_[row / 64] &= ~bit;
  any_absent_ = true;
  const auto kind = static_cast<std::size_t>(absence);
  marks_[kind][row / 64] |= bit;
  any_mark_[kind] = true;
}

void ColumnReader::end_marks(ColumnChunk& chunk) const {
  if (any_absent_) chunk.valid = valid_;
  const auto marked = [this](Absence absence) -> Validity {
    const auto kind = static_cast<std::size_t>(absence);
    return any_mark_[kind] ? Validity(marks_[kind]) : Validity();
  };
  chunk.type_errors = marked(Absence::kTypeError);
  chunk.empty_texts = marked(Absence::kEmpty);
  chunk.configured = marked(Absence::kConfigured);
}

/// Numbers of the file as they lie there if they are doubles, else converted.
void ColumnReader::read_numbers(const Vector& values, ColumnChunk& chunk) {
  chunk.form = ColumnChunk::Form::kNumbers;
  chunk.valid = values.validity();
  if (way_ == Way::kCastNumbers || type_name_ == "DOUBLE") {
    chunk.numbers = values.values<double>();
  } else {
    convert_numbers(values);
    chunk.numbers = numbers_;
  }
  if (!missing_->has_numbers()) return;
  begin_marks(values.validity());
  for (std::size_t row = 0; row < values.size(); ++row) {
    if (values.valid(row) && missing_->contains(chunk.numbers[row])) {
      mark(row, Absence::kConfigured);
    }
  }
  end_marks(chunk);
}

void ColumnReader::convert_numbers(const Vector& values) {
  numbers_.resize(values.size());
  const bool known = NumberCoder::with_type(type_name_, [this, &values]<class T>(T) {
    const std::span<const T> given = values.values<T>();
    std::copy(given.begin(), given.end(), numbers_.begin());
    return true;
  });
  LEEWAY_ASSERT(known, "other types are cast");
}

void ColumnReader::read_number_texts(const Vector& values, ColumnChunk& chunk) {
  const auto texts = values.values<Text>();
  numbers_.assign(values.size(), 0.0);
  begin_marks(values.validity());
  for (std::size_t row = 0; row < values.size(); ++row) {
    if (!values.valid(row)) continue;
    if (missing_->contains(texts[row].view())) {
      mark(row, absence_of(texts[row].view()));
    } else if (!read_number(texts[row].view(), numbers_[row])) {
      mark(row, Absence::kTypeError);
    } else if (missing_->contains(numbers_[row])) {
      mark(row, Absence::kConfigured);
    }
  }
  end_marks(chunk);
  chunk.form = ColumnChunk::Form::kNumbers;
  chunk.numbers = numbers_;
}

void ColumnReader::read_texts(const Vector& values, ColumnChunk& chunk) {
  chunk.form = ColumnChunk::Form::kTexts;
  chunk.texts = values.values<Text>();
  begin_marks(values.validity());
  for (std::size_t row = 0; row < values.size(); ++row) {
    if (values.valid(row) && missing_->contains(chunk.texts[row].view())) {
      mark(row, absence_of(chunk.texts[row].view()));
    }
  }
  end_marks(chunk);
}

void ColumnReader::read_lists(const Rows& rows, ColumnChunk& chunk) {
  const Vector lists = rows.column(item_);
  const Vector there = rows.column(item_ + 1);
  const Vector elements = rows.elements(item_);
  chunk.form = ColumnChunk::Form::kLists;
  chunk.lists = lists.values<ListEntry>();
  chunk.elements = elements.values<float>();
  const auto is_number = [&](std::size_t at) {
    return elements.valid(at) && std::isfinite(chunk.elements[at]);
  };
  begin_marks(lists.validity());
  for (std::size_t row = 0; row < lists.size(); ++row) {
    bool readable = lists.valid(row) && chunk.lists[row].length > 0;
    for (std::size_t i = 0; readable && i < chunk.lists[row].length; ++i)
      readable = is_number(static_cast<std::size_t>(chunk.lists[row].offset) + i);
    if (readable) continue;
    mark(row, there.values<bool>()[row] ? Absence::kTypeError : Absence::kNull);
  }
  end_marks(chunk);
}

/// What is there is known, and nothing else.
void ColumnReader::read_unreadable(const Vector& values, ColumnChunk& chunk) {
  begin_marks({});
  for (std::size_t row = 0; row < values.size(); ++row) {
    mark(row, values.values<bool>()[row] ? Absence::kTypeError : Absence::kNull);
  }
  end_marks(chunk);
}

/// kNoTime if it is none, or beyond the years that are possible.
std::int64_t ColumnReader::micros_at(const Vector& values, std::size_t row) {
  if (way_ == Way::kEpochReals) return epoch_micros(values.values<double>()[row]);
  if (way_ == Way::kDays) {
    const std::int32_t day = values.values<std::int32_t>()[row];
    if (!has_last_day_ || day != last_day_) {
      const bool possible = day >= kFirstTime / kMicrosPerDay && day < kEndOfTime / kMicrosPerDay;
      last_day_ = day;
      last_midnight_ =
          possible ? to_micros(clock_->midnight(std::chrono::sys_days{std::chrono::days{day}}))
                   : kNoTime;
      has_last_day_ = true;
    }
    return last_midnight_;
  }
  const std::int64_t value = values.values<std::int64_t>()[row];
  return way_ == Way::kEpochIntegers ? epoch_micros(value) : value;
}

/// Microseconds of the file as they lie there, if all of them are possible.
bool ColumnReader::read_plain_times(const Vector& values, ColumnChunk& chunk) {
  if (way_ != Way::kMicros || !values.all_valid()) return false;
  const auto micros = values.values<std::int64_t>();
  bool possible = true;
  for (const std::int64_t value : micros) {
    possible = possible && value >= kFirstTime && value < kEndOfTime;
  }
  chunk.micros = micros;
  return possible;
}

void ColumnReader::read_times(const Rows& rows, ColumnChunk& chunk) {
  const Vector values = rows.column(item_);
  chunk.form = ColumnChunk::Form::kMicros;
  if (read_plain_times(values, chunk)) return;
  micros_.assign(values.size(), kFirstTime);
  begin_marks(values.validity());
  for (std::size_t row = 0; row < values.size(); ++row) {
    if (!values.valid(row)) continue;
    const std::int64_t micros = micros_at(values, row);
    if (micros >= kFirstTime && micros < kEndOfTime) {
      micros_[row] = micros;
    } else {
      mark(row, Absence::kTypeError);
    }
  }
  if (way_ == Way::kTimeTexts && any_absent_) {
    const Vector texts = rows.column(item_ + 1);
    for (std::size_t row = 0; row < values.size(); ++row) {
      const bool there = !values.valid(row) && texts.valid(row) &&
                         !missing_->contains(texts.values<Text>()[row].view());
      if (there) mark(row, Absence::kTypeError);
    }
  }
  end_marks(chunk);
  chunk.micros = micros_;
}

bool is_retyped(const WantedColumn& wanted, const ColumnInfo& in_file, bool text_file) {
  if (in_file.kind == Kind::kNone) return false;
  // In a text file numbers and texts are told by the values that happen to be there.
  const bool names = wanted.type == ColumnType::kCategorical || wanted.type == ColumnType::kText;
  if (text_file && names) return false;
  if (wanted.expected != Kind::kNone) return !alike(in_file.kind, wanted.expected);
  switch (wanted.type) {
    case ColumnType::kNumeric:
      return !is_number(in_file.kind);
    case ColumnType::kBoolean:
      return in_file.kind != Kind::kBoolean;
    case ColumnType::kDatetime:
      return !is_time(in_file.kind);
    case ColumnType::kEmbedding:
      return in_file.kind != Kind::kList && in_file.kind != Kind::kText;
    default:
      return in_file.kind == Kind::kList || in_file.kind == Kind::kOther;
  }
}

}  // namespace leeway::tables
