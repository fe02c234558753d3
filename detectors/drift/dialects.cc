#include "detectors/drift/dialects.h"

namespace leeway::drift {

std::span<const Measure> own_measures() { return {}; }

const Dialect* find_dialect(std::string_view name) {
  for (const Dialect& dialect : kDialects) {
    if (dialect.name == name) return &dialect;
  }
  return nullptr;
}

MeasureNames default_measures(const Dialect& dialect, const Sides& sides) {
  if (dialect.choose != nullptr) return dialect.choose(sides);
  return sides.column.type == ColumnType::kNumeric ? dialect.numeric : dialect.categorical;
}

const Measure* find_measure(const Dialect& dialect, std::string_view name, ColumnType type) {
  for (const Measure& measure : dialect.measures()) {
    if (measure.name == name && applies(measure, type)) return &measure;
  }
  return find_measure(name);
}

}  // namespace leeway::drift
