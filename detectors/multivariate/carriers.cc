#include "detectors/multivariate/carriers.h"

#include <algorithm>
#include <cmath>

namespace leeway::multivariate {
namespace {

constexpr std::size_t kMostNamed = 3;
constexpr double kEnough = 2.0 / 3.0;
constexpr double kLittle = 0.1;

}  // namespace

std::vector<Carrier> carriers_of(const std::vector<std::string>& names,
                                 const std::vector<double>& parts) {
  double sum = 0.0;
  for (const double part : parts) sum += std::max(part, 0.0);
  std::vector<Carrier> carriers;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (parts[i] > 0.0) carriers.push_back({.column = names[i], .share = parts[i] / sum});
  }
  std::sort(carriers.begin(), carriers.end(), [](const Carrier& a, const Carrier& b) {
    return a.share != b.share ? a.share > b.share : a.column < b.column;
  });
  return carriers;
}

std::string named(const std::vector<Carrier>& carriers) {
  std::string text;
  double sum = 0.0;
  for (std::size_t i = 0; i < std::min(carriers.size(), kMostNamed); ++i) {
    if (i > 0 && (sum >= kEnough || carriers[i].share < kLittle)) break;
    const long percent = std::lround(100.0 * carriers[i].share);
    text += (i == 0 ? "" : ", ") + carriers[i].column + " (" + std::to_string(percent) + " %)";
    sum += carriers[i].share;
  }
  return text;
}

}  // namespace leeway::multivariate
