#include "daemon/endpoints/probe_window.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <cmath>
#include <exception>
#include <limits>
#include <string>

namespace leeway::endpoint {
namespace {

namespace json = boost::json;

constexpr std::int64_t kSlices = 30;
constexpr double kCellsPerDoubling = 8.0;

}  // namespace

std::int32_t TimeHistogram::cell_of(Duration time) {
  const auto micros = static_cast<double>(std::max(time.count(), Duration::rep{1}));
  return static_cast<std::int32_t>(std::ceil(std::log2(micros) * kCellsPerDoubling));
}

void TimeHistogram::merge(const TimeHistogram& other) {
  for (const auto& [cell, count] : other.cells_) cells_[cell] += count;
}

std::uint64_t TimeHistogram::count() const {
  std::uint64_t count = 0;
  for (const auto& [cell, of_cell] : cells_) count += of_cell;
  return count;
}

std::optional<Duration> TimeHistogram::quantile(double q, std::uint64_t beyond) const {
  const auto all = static_cast<double>(count() + beyond);
  const double rank = std::max(1.0, std::ceil(q * all));
  double seen = 0.0;
  for (const auto& [cell, of_cell] : cells_) {
    seen += static_cast<double>(of_cell);
    if (seen >= rank) {
      const double edge = std::exp2(static_cast<double>(cell) / kCellsPerDoubling);
      return Duration(std::llround(edge));
    }
  }
  return std::nullopt;
}

json::value TimeHistogram::to_json() const {
  json::array cells;
  for (const auto& [cell, count] : cells_) cells.push_back(json::array{cell, count});
  return cells;
}

void TimeHistogram::read_json(const json::value& value) {
  cells_.clear();
  for (const json::value& pair : value.as_array()) {
    cells_[pair.at(0).to_number<std::int32_t>()] = pair.at(1).to_number<std::uint64_t>();
  }
}

ProbeWindow::ProbeWindow(Duration over, Duration limit) : over_(over), limit_(limit) {
  LEEWAY_ASSERT(over >= Duration(kSlices), "the configuration wants at least a minute");
}

std::int64_t ProbeWindow::slice_of(TimePoint time) const {
  return to_micros(time) / (over_.count() / kSlices);
}

void ProbeWindow::add(TimePoint at, bool good, std::optional<Duration> time, bool deadline_hit) {
  const std::int64_t slice = slice_of(at);
  Sum& sum = slices_[slice];
  ++sum.probes;
  if (good) ++sum.good;
  if (time) {
    ++sum.timed;
    sum.times.add(*time);
    if (limit_ > Duration{0} && *time > limit_) ++sum.slow;
  } else if (deadline_hit) {
    ++sum.timed;
    ++sum.endless;
    ++sum.slow;
  }
  // A clock that jumped back leaves slices of the future behind, which must not count later.
  slices_.erase(slices_.begin(), slices_.upper_bound(slice - kSlices));
  slices_.erase(slices_.upper_bound(slice), slices_.end());
}

ProbeWindow::Sum ProbeWindow::sum(TimePoint now) const {
  Sum all;
  const std::int64_t newest = slice_of(now);
  for (const auto& [slice, sum] : slices_) {
    if (slice <= newest - kSlices || slice > newest) continue;
    all.probes += sum.probes;
    all.good += sum.good;
    all.timed += sum.timed;
    all.slow += sum.slow;
    all.endless += sum.endless;
    all.times.merge(sum.times);
  }
  return all;
}

json::value ProbeWindow::to_json() const {
  json::array slices;
  for (const auto& [slice, sum] : slices_) {
    slices.push_back(json::array{slice, sum.probes, sum.good, sum.timed, sum.slow, sum.endless,
                                 sum.times.to_json()});
  }
  return json::object{
      {"over", over_.count()}, {"limit", limit_.count()}, {"slices", std::move(slices)}};
}

Result<> ProbeWindow::read_json(const json::value& value) {
  try {
    if (value.at("over").to_number<std::int64_t>() != over_.count() ||
        value.at("limit").to_number<std::int64_t>() != limit_.count()) {
      return {};  // another question: the window begins anew
    }
    std::map<std::int64_t, Sum> slices;
    for (const json::value& written : value.at("slices").as_array()) {
      Sum& sum = slices[written.at(0).to_number<std::int64_t>()];
      sum.probes = written.at(1).to_number<std::uint64_t>();
      sum.good = written.at(2).to_number<std::uint64_t>();
      sum.timed = written.at(3).to_number<std::uint64_t>();
      sum.slow = written.at(4).to_number<std::uint64_t>();
      sum.endless = written.at(5).to_number<std::uint64_t>();
      sum.times.read_json(written.at(6));
    }
    slices_ = std::move(slices);
    return {};
  } catch (const std::exception& error) {
    return fail(ErrorCode::kCorrupt, std::string("a window of probes: ") + error.what());
  }
}

}  // namespace leeway::endpoint
