#include "detectors/drift/explanation.h"

#include <algorithm>
#include <numeric>

#include "detectors/drift/numbers.h"

namespace leeway::drift {
namespace {

constexpr std::size_t kMost = 3;

double total(std::span<const std::uint64_t> counts) {
  return static_cast<double>(std::accumulate(counts.begin(), counts.end(), std::uint64_t{0}));
}

double share(std::uint64_t part, double whole) {
  return whole > 0.0 ? static_cast<double>(part) / whole : 0.0;
}

}  // namespace

std::string sentence_of(const Shift& shift, const char* of_what) {
  return shift.what + rose_or_fell(shift.reference, shift.current) + " of " + of_what;
}

Explanation explain_bins(std::span<const double> contributions,
                         std::span<const std::uint64_t> reference,
                         std::span<const std::uint64_t> current,
                         const std::function<std::string(std::size_t)>& name) {
  std::vector<std::size_t> order(contributions.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto shown = order.begin() + static_cast<std::ptrdiff_t>(std::min(kMost, order.size()));
  std::partial_sort(order.begin(), shown, order.end(), [&](std::size_t a, std::size_t b) {
    return contributions[a] != contributions[b] ? contributions[a] > contributions[b] : a < b;
  });
  const double reference_rows = total(reference);
  const double current_rows = total(current);
  Explanation explanation;
  for (auto bin = order.begin(); bin != shown && contributions[*bin] > 0.0; ++bin) {
    explanation.shifts.push_back({.what = name(*bin),
                                  .reference = share(reference[*bin], reference_rows),
                                  .current = share(current[*bin], current_rows)});
  }
  if (!explanation.shifts.empty()) explanation.sentence = sentence_of(explanation.shifts.front());
  return explanation;
}

}  // namespace leeway::drift
