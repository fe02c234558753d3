#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace leeway::config {

/// A small table with named columns: the rows of a `for_each: { file: models.csv }`.
struct Table {
  std::vector<std::string> header;
  std::vector<std::vector<std::string>> rows;  ///< each as long as the header
};

struct TableProblem {
  std::uint32_t line = 1;
  std::string sentence;
};

/// RFC 4180: commas, quotes doubled inside quotes, LF or CRLF. Blank lines are skipped. Names of
/// columns must be unique, and every row complete.
std::optional<TableProblem> parse_csv(std::string_view text, Table& table);

}  // namespace leeway::config
