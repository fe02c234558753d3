#include "daemon/store/history.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace leeway::store {
namespace {

namespace json = boost::json;

std::string to_text(const std::vector<Shift>& shifts) {
  json::array out;
  for (const Shift& shift : shifts)
    out.push_back(json::array{json::value(shift.what), shift.reference, shift.current});
  return json::serialize(out);
}

/// Nothing for a text that is not ours: what moved is an ornament of the finding.
std::vector<Shift> shifts_of(std::string_view text) {
  boost::system::error_code problem;
  const json::value parsed = json::parse(json::string_view(text.data(), text.size()), problem);
  std::vector<Shift> shifts;
  if (problem || !parsed.is_array()) return shifts;
  for (const json::value& item : parsed.get_array()) {
    if (!item.is_array() || item.get_array().size() != 3) continue;
    const json::array& parts = item.get_array();
    if (!parts[0].is_string() || !parts[1].is_number() || !parts[2].is_number()) continue;
    shifts.push_back({.what = std::string(parts[0].get_string()),
                      .reference = parts[1].to_number<double>(),
                      .current = parts[2].to_number<double>()});
  }
  return shifts;
}

Finding read_finding(Row& row) {
  Finding finding;
  std::string shifts;
  row.read(finding.segment, finding.column, finding.measure, finding.value, finding.warning,
           finding.critical, finding.error_bound, finding.noise_floor, finding.p_value,
           finding.verdict, finding.basis, finding.deciding, finding.note, finding.alpha, shifts);
  finding.shifts = shifts_of(shifts);
  return finding;
}

std::string select_finding(std::string_view before, std::string_view rest) {
  return "SELECT " + std::string(before) +
         "segment, column_name, measure, value, warning, critical, error_bound, noise_floor, "
         "p_value, verdict, basis, deciding, note, alpha, shifts FROM finding " +
         std::string(rest);
}

}  // namespace

Result<> replace_findings(Connection& connection, std::string_view model, TimePoint window_start,
                          std::span<const Finding> findings) {
  auto deleted = connection.run("DELETE FROM finding WHERE model = ? AND window_start = ?", model,
                                window_start);
  if (!deleted) return fail(std::move(deleted.error()));
  std::size_t position = 0;
  for (const auto& one : findings) {
    auto done = connection.run(
        "INSERT INTO finding (model, window_start, position, segment, column_name, measure, "
        "value, warning, critical, error_bound, noise_floor, p_value, verdict, basis, deciding, "
        "note, alpha, shifts) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        model, window_start, position++, one.segment, one.column, one.measure, one.value,
        one.warning, one.critical, one.error_bound, one.noise_floor, one.p_value, one.verdict,
        one.basis, one.deciding, one.note, one.alpha, to_text(one.shifts));
    if (!done) return fail(std::move(done.error()));
  }
  return {};
}

Result<std::vector<Finding>> findings(Connection& connection, std::string_view model,
                                      TimePoint window_start) {
  return connection.all(
      select_finding("", "WHERE model = ? AND window_start = ? ORDER BY position"), read_finding,
      model, window_start);
}

Result<std::optional<WindowFindings>> latest_findings(Connection& connection,
                                                      std::string_view model) {
  auto newest =
      connection.value<TimePoint>("SELECT max(window_start) FROM finding WHERE model = ?", model);
  if (!newest) return fail(std::move(newest.error()));
  if (!*newest) return std::nullopt;
  auto rows = findings(connection, model, **newest);
  if (!rows) return fail(std::move(rows.error()));
  return WindowFindings{**newest, std::move(*rows)};
}

Result<std::vector<SeriesPoint>> series(Connection& connection, const SeriesKey& key,
                                        TimePoint from, TimePoint to, std::size_t limit) {
  const auto read = [](Row& row) {
    SeriesPoint point;
    row.read(point.window_start);
    point.finding = read_finding(row);
    return point;
  };
  auto points = connection.all(
      select_finding("window_start, ",
                     "WHERE model = ? AND segment = ? AND column_name = ? AND measure = ? "
                     "AND window_start >= ? AND window_start < ? "
                     "ORDER BY window_start DESC LIMIT ?"),
      read, key.model, key.segment, key.column, key.measure, from, to, limit);
  if (points) std::reverse(points->begin(), points->end());
  return points;
}

}  // namespace leeway::store
