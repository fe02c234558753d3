#include "collectors/tables/router.h"

#include <algorithm>

namespace leeway::tables {

const std::vector<Router::Group>& Router::route(const ColumnChunk* times, std::size_t rows) {
  groups_.clear();
  const bool has_times = times != nullptr && times->form == ColumnChunk::Form::kMicros;
  if (!has_times && clock_->whole_source()) {
    groups_.push_back({.pane = TimePoint{}, .rows = RowSelection::of_all(rows)});
  } else if (!has_times) {
    timeless_rows_ += rows;
  } else if (lies_in_one_pane(*times, rows)) {
    groups_.push_back({.pane = pane_.start, .rows = RowSelection::of_all(rows)});
  } else {
    route_each(*times, rows);
  }
  return groups_;
}

/// True for most chunks of most files: then nothing has to be taken apart.
bool Router::lies_in_one_pane(const ColumnChunk& times, std::size_t rows) {
  if (!times.valid.empty() || rows == 0) return false;
  std::int64_t first = times.micros[0];
  std::int64_t last = times.micros[0];
  for (const std::int64_t time : times.micros.first(rows)) {
    first = std::min(first, time);
    last = std::max(last, time);
  }
  const TimePoint first_time = from_micros(first);
  const TimePoint last_time = from_micros(last);
  if (last_time > not_after_) return false;
  if (!pane_.contains(first_time)) pane_ = clock_->pane_of(first_time);
  pane_rows_ = nullptr;
  if (!pane_.contains(last_time)) return false;
  see(first_time, last_time);
  return true;
}

void Router::see(TimePoint first, TimePoint last) {
  first_ = std::min(first_.value_or(first), first);
  last_ = std::max(last_.value_or(last), last);
}

std::vector<std::uint16_t>& Router::rows_of(TimePoint time) {
  if (pane_rows_ == nullptr || !pane_.contains(time)) {
    pane_ = clock_->pane_of(time);
    pane_rows_ = &rows_[pane_.start];
    if (pane_rows_->empty()) touched_.push_back(pane_.start);
  }
  return *pane_rows_;
}

void Router::route_each(const ColumnChunk& times, std::size_t rows) {
  for (const TimePoint start : touched_) rows_[start].clear();
  touched_.clear();
  pane_rows_ = nullptr;
  for (std::size_t row = 0; row < rows; ++row) {
    const TimePoint time = from_micros(times.micros[row]);
    const bool timeless = !times.present(row);
    if (timeless && !clock_->whole_source()) {
      ++timeless_rows_;
    } else if (!timeless && time > not_after_) {
      ++future_rows_;
    } else {
      if (!timeless) see(time, time);
      rows_of(timeless ? TimePoint{} : time).push_back(static_cast<std::uint16_t>(row));
    }
  }
  for (const TimePoint start : touched_) {
    groups_.push_back({.pane = start, .rows = RowSelection::of(rows_[start])});
  }
}

}  // namespace leeway::tables
