#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "collectors/tables/column_reader.h"
#include "collectors/tables/panes.h"
#include "collectors/tables/row_fold.h"

namespace leeway::tables {

/// Sends the rows of a chunk to their panes, and counts those that have none.
class Router {
 public:
  Router(const PaneClock& clock, std::optional<TimePoint> not_after)
      : clock_(&clock), not_after_(not_after.value_or(TimePoint::max())) {}

  struct Group {
    TimePoint pane;
    RowSelection rows;
  };

  /// The panes of a chunk in the order in which it shows them; views that end with the next call.
  /// @param times  null: the rows have no times
  const std::vector<Group>& route(const ColumnChunk* times, std::size_t rows);

  std::uint64_t future_rows() const { return future_rows_; }
  std::uint64_t timeless_rows() const { return timeless_rows_; }
  std::optional<TimePoint> first_time() const { return first_; }
  std::optional<TimePoint> last_time() const { return last_; }

 private:
  bool lies_in_one_pane(const ColumnChunk& times, std::size_t rows);
  void route_each(const ColumnChunk& times, std::size_t rows);
  std::vector<std::uint16_t>& rows_of(TimePoint time);
  void see(TimePoint first, TimePoint last);

  const PaneClock* clock_;
  TimePoint not_after_;
  Pane pane_{};  // of the last row; empty before the first
  std::vector<std::uint16_t>* pane_rows_ = nullptr;
  std::map<TimePoint, std::vector<std::uint16_t>> rows_;
  std::vector<TimePoint> touched_;
  std::vector<Group> groups_;
  std::uint64_t future_rows_ = 0;
  std::uint64_t timeless_rows_ = 0;
  std::optional<TimePoint> first_;
  std::optional<TimePoint> last_;
};

}  // namespace leeway::tables
