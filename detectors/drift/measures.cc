#include "detectors/drift/measures.h"

#include "detectors/drift/measure_table.h"

namespace leeway::drift {

bool Sides::has_rows() const {
  return column.grid != nullptr && reference_sorted.size() == reference.cells.total() &&
         current_sorted.size() == current.cells.total();
}

bool is_beyond(Line line, double x, double limit) {
  switch (line) {
    case Line::kAtLeast:
      return x >= limit;
    case Line::kAbove:
      return x > limit;
    case Line::kPBelow:
      return x < limit;
    case Line::kPAtMost:
      return x <= limit;
  }
  return false;
}

std::span<const Measure> measures() { return kMeasures; }

const Measure* find_measure(std::string_view name) {
  for (const Measure& measure : kMeasures) {
    if (measure.name == name) return &measure;
  }
  return nullptr;
}

bool applies(const Measure& measure, ColumnType type) {
  if (type == ColumnType::kNumeric) return measure.numeric;
  return (type == ColumnType::kCategorical || type == ColumnType::kBoolean) && measure.categorical;
}

}  // namespace leeway::drift
