#include "collectors/tables/number_column.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

#include "collectors/tables/sort.h"
#include "detectors/base/wide.h"

namespace leeway::tables {
namespace {

/// Makes -0 to 0. False if there may be a NaN: of finite numbers the products are all 0.
LEEWAY_WIDE bool normalize(std::span<double> values) {
  Four products{};
  std::size_t i = 0;
  for (; i + kFour <= values.size(); i += kFour) {
    Four four;
    std::memcpy(&four, values.data() + i, sizeof(four));
    four += 0.0;
    products += four * 0.0;
    std::memcpy(values.data() + i, &four, sizeof(four));
  }
  for (; i < values.size(); ++i) {
    values[i] += 0.0;
    products[0] += values[i] * 0.0;
  }
  return (products[0] + products[1]) + (products[2] + products[3]) == 0.0;
}

}  // namespace

void NumberColumn::add_counted(std::span<const double> values,
                               std::span<const std::uint64_t> counts) {
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] > 0 && !std::isnan(values[i])) {
      runs_.push_back({.value = values[i] + 0.0, .count = counts[i]});
    }
  }
}

std::uint64_t NumberColumn::sort() {
  const std::size_t before = values_.size();
  if (!normalize(values_.numbers())) {
    const std::span<double> values = values_.numbers();
    const auto end = std::remove_if(values.begin(), values.end(),
                                    [](double value) { return std::isnan(value); });
    values_.truncate(static_cast<std::size_t>(end - values.begin()));
  }
  tables::sort(values_.numbers());
  std::sort(runs_.begin(), runs_.end(),
            [](const Run& a, const Run& b) { return a.value < b.value; });
  return before - values_.size();
}

std::uint64_t NumberColumn::count() const {
  std::uint64_t count = values_.size();
  for (const Run& run : runs_) count += run.count;
  return count;
}

template <class Out>
Result<> NumberColumn::write(Out& out) const {
  std::span<const double> values = values_.numbers();
  for (const Run& run : runs_) {
    const auto before = std::lower_bound(values.begin(), values.end(), run.value);
    const auto part = values.first(static_cast<std::size_t>(before - values.begin()));
    if (auto done = out.append(part); !done) return done;
    if (auto done = out.append(run.value, run.count); !done) return done;
    values = values.subspan(part.size());
  }
  return out.append(values);
}

Result<> NumberColumn::append_to(ExtractWriter& out) const { return write(out); }

std::span<const double> NumberColumn::expand(NumberBuffer& expanded) const {
  if (runs_.empty()) return values_.numbers();
  struct ToBuffer {
    NumberBuffer& buffer;
    Result<> append(std::span<const double> values) {
      buffer.append(values, {});
      return {};
    }
    Result<> append(double value, std::uint64_t count) {
      buffer.append(value, count);
      return {};
    }
  } out{expanded};
  static_cast<void>(write(out));
  return expanded.numbers();
}

NumberBuffer NumberColumn::take() {
  NumberBuffer expanded;
  static_cast<void>(expand(expanded));
  return take(std::move(expanded));
}

NumberBuffer NumberColumn::take(NumberBuffer expanded) {
  if (runs_.empty()) expanded = std::move(values_);
  *this = NumberColumn();
  return expanded;
}

void NumberColumn::fold_into(profile::ColumnFold& fold) const {
  fold.add_sorted(values_.numbers());
  std::vector<double> values;
  std::vector<std::uint64_t> counts;
  for (const Run& run : runs_) {
    values.push_back(run.value);
    counts.push_back(run.count);
  }
  fold.add_counted(values, counts);
}

}  // namespace leeway::tables
