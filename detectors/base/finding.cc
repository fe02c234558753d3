#include "detectors/base/finding.h"

#include <array>

namespace leeway {
namespace {

constexpr std::array<std::string_view, 10> kVerdicts = {
    "ok",      "warning",  "critical", "uncertain", "too_few",
    "no_data", "learning", "immature", "error",     "mixed"};
constexpr std::array<std::string_view, 5> kBases = {"none", "fixed", "windows", "extrapolated",
                                                    "iid"};

}  // namespace

std::string_view to_string(Verdict verdict) {
  return kVerdicts.at(static_cast<std::size_t>(verdict));
}
std::string_view to_string(ThresholdBasis basis) {
  return kBases.at(static_cast<std::size_t>(basis));
}

std::optional<Verdict> verdict(std::string_view name) {
  for (std::size_t i = 0; i < kVerdicts.size(); ++i) {
    if (kVerdicts[i] == name) return static_cast<Verdict>(i);
  }
  return std::nullopt;
}

}  // namespace leeway
