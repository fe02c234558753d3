#include "daemon/config/csv.h"

#include <algorithm>
#include <set>
#include <utility>

namespace leeway::config {
namespace {

/// Cuts a text into records; a field may be quoted and then hold anything.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  bool at_end() const { return at_ >= text_.size(); }
  std::uint32_t line() const { return line_; }

  /// The fields up to the end of the line; nothing if a quoted one does not end.
  std::optional<std::vector<std::string>> record() {
    std::vector<std::string> fields;
    while (true) {
      auto field = this->field();
      if (!field) return std::nullopt;
      fields.push_back(std::move(*field));
      if (at_end()) return fields;
      if (text_[at_++] == ',') continue;
      ++line_;
      return fields;
    }
  }

 private:
  /// Leaves `at_` on the comma or line end behind it.
  std::optional<std::string> field() {
    if (!at_end() && text_[at_] == '"') return quoted();
    const std::size_t end = std::min(text_.find_first_of(",\n", at_), text_.size());
    std::string_view field = text_.substr(at_, end - at_);
    at_ = end;
    if (field.ends_with('\r')) field.remove_suffix(1);
    return std::string(field);
  }

  std::optional<std::string> quoted() {
    std::string field;
    for (++at_; !at_end(); ++at_) {
      const char c = text_[at_];
      if (c != '"') {
        if (c == '\n') ++line_;
        field += c;
      } else if (text_.substr(at_ + 1).starts_with('"')) {
        field += text_[++at_];
      } else {
        ++at_;
        if (text_.substr(at_).starts_with('\r')) ++at_;
        const bool ends = at_end() || text_[at_] == ',' || text_[at_] == '\n';
        return ends ? std::optional(std::move(field)) : std::nullopt;
      }
    }
    return std::nullopt;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::uint32_t line_ = 1;
};

}  // namespace

std::optional<TableProblem> parse_csv(std::string_view text, Table& table) {
  Reader reader(text);
  while (!reader.at_end()) {
    const std::uint32_t line = reader.line();
    auto record = reader.record();
    if (!record)
      return TableProblem{line, "a quoted field does not end, or goes on behind its quote"};
    if (record->size() == 1 && record->front().empty()) continue;
    if (table.header.empty()) {
      table.header = std::move(*record);
      const std::set<std::string_view> unique(table.header.begin(), table.header.end());
      if (unique.size() != table.header.size())
        return TableProblem{line, "two columns have the same name"};
      continue;
    }
    if (record->size() != table.header.size()) {
      return TableProblem{line, "the row has " + std::to_string(record->size()) +
                                    " fields, the header " + std::to_string(table.header.size())};
    }
    table.rows.push_back(std::move(*record));
  }
  if (table.header.empty()) return TableProblem{1, "the file has no header"};
  return std::nullopt;
}

}  // namespace leeway::config
