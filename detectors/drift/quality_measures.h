#pragma once

#include <span>
#include <string_view>

namespace leeway::drift {

/// A measure of quality, for people; its sentence says how exact it is where it is not.
struct QualityMeasure {
  std::string_view name;
  std::string_view sentence;
};
std::span<const QualityMeasure> quality_measures();
bool is_quality_measure(std::string_view measure);

}  // namespace leeway::drift
