#include "tests/bench/power/flights.h"

#include <chrono>
#include <fstream>
#include <map>
#include <sstream>

#include "detectors/profile/fold.h"

namespace leeway::power {
namespace {

struct Table {
  std::vector<std::string> labels;                           // of its cells
  std::map<std::string, std::vector<std::uint64_t>> counts;  // by day
};

std::vector<std::string> split(const std::string& line) {
  std::vector<std::string> fields;
  std::stringstream in(line);
  for (std::string field; std::getline(in, field, ',');) fields.push_back(field);
  return fields;
}

std::map<std::string, Table> read_tables(std::istream& in) {
  std::map<std::string, Table> tables;
  for (std::string line; std::getline(in, line);) {
    const std::vector<std::string> fields = split(line);
    if (fields.size() < 3) continue;
    Table& table = tables[fields[1]];
    const std::vector<std::string> rest(fields.begin() + 2, fields.end());
    if (fields[0] == "cells") {
      table.labels = rest;
      continue;
    }
    for (const std::string& count : rest) table.counts[fields[0]].push_back(std::stoull(count));
  }
  return tables;
}

bool is_numeric(const std::string& column) {
  return column == "delay" || column == "distance" || column == "hour";
}

std::vector<double> numbers(const std::vector<std::string>& labels) {
  std::vector<double> values;
  for (const std::string& label : labels) values.push_back(std::stod(label));
  return values;
}

/// Its grid comes from every hundredth flight.
profile::Column numeric_column(const std::string& name, const Table& table) {
  const std::vector<double> starts = numbers(table.labels);
  std::vector<double> sample;
  for (std::size_t cell = 0; cell < starts.size(); ++cell) {
    std::uint64_t flights = 0;
    for (const auto& [day, counts] : table.counts) flights += counts[cell];
    sample.insert(sample.end(), flights / 100, starts[cell]);
  }
  return {.name = name,
          .grid = std::make_shared<const profile::Grid>(profile::Grid::from_sorted(sample))};
}

profile::Column categorical_column(const std::string& name, const Table& table) {
  return {.name = name,
          .type = ColumnType::kCategorical,
          .categories = std::make_shared<const profile::Categories>(
              *profile::Categories::from_names(table.labels))};
}

profile::ColumnProfile folded(const profile::Column& column, const Table& table,
                              const std::vector<std::uint64_t>& counts) {
  profile::ColumnFold fold(column);
  if (column.grid) {
    fold.add_counted(numbers(table.labels), counts);
  } else {
    for (std::size_t i = 0; i < counts.size(); ++i) fold.add_text(table.labels[i], counts[i]);
  }
  return fold.take();
}

TimePoint start_of(const std::string& day) {
  const auto number = [&day](std::size_t at, std::size_t size) {
    return static_cast<unsigned>(std::stoul(day.substr(at, size)));
  };
  return std::chrono::sys_days(std::chrono::year(static_cast<int>(number(0, 4))) /
                               std::chrono::month(number(5, 2)) / std::chrono::day(number(8, 2)));
}

}  // namespace

Result<profile::Reference> read_flights(const std::filesystem::path& file) {
  std::ifstream in(file);
  if (!in) return fail(ErrorCode::kNotFound, "cannot read '" + file.string() + "'");
  const std::map<std::string, Table> tables = read_tables(in);
  profile::Reference reference;
  for (const auto& [name, table] : tables) {
    reference.schema.columns.push_back(is_numeric(name) ? numeric_column(name, table)
                                                        : categorical_column(name, table));
  }
  std::vector<std::size_t> windows;
  for (const auto& [day, unused] : tables.begin()->second.counts) {
    profile::Profile profile = profile::Profile::empty_for(reference.schema);
    for (std::size_t i = 0; i < profile.columns.size(); ++i) {
      const profile::Column& column = reference.schema.columns[i];
      const Table& table = tables.at(column.name);
      profile.columns[i] = folded(column, table, table.counts.at(day));
    }
    profile.rows = profile.columns.front().rows;
    windows.push_back(reference.windows.size());
    reference.windows.push_back({.start = start_of(day), .profile = std::move(profile)});
  }
  return some_windows(reference, windows);
}

profile::Reference some_windows(const profile::Reference& all,
                                const std::vector<std::size_t>& windows) {
  profile::Reference some;
  some.schema = all.schema;
  some.profile = profile::Profile::empty_for(all.schema);
  for (const std::size_t at : windows) {
    some.windows.push_back(all.windows[at]);
    const auto merged = some.profile.merge(all.windows[at].profile);
    LEEWAY_ASSERT(merged.has_value(), "the schema is the same");
  }
  return some;
}

}  // namespace leeway::power
