#include "tests/bench/power/series.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <utility>

#include "detectors/profile/fold.h"

namespace leeway::power {
namespace {

constexpr std::array kShares = {0.35, 0.2, 0.15, 0.1, 0.08, 0.06, 0.04, 0.02};
constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();
constexpr double kTailDistance = 4.0;

std::string category_name(int code) { return std::string(1, static_cast<char>('a' + code)); }

std::vector<std::string> category_names() {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < kShares.size(); ++i)
    names.push_back(category_name(static_cast<int>(i)));
  return names;
}

profile::ColumnProfile folded(const profile::Column& column, const std::vector<double>& values) {
  profile::ColumnFold fold(column);
  fold.add_numbers(values, {});
  return fold.take();
}

profile::ColumnProfile folded(const profile::Column& column, const std::vector<int>& codes) {
  std::array<std::uint64_t, kShares.size()> counts{};
  std::uint64_t missing = 0;
  for (const int code : codes) ++(code < 0 ? missing : counts[static_cast<std::size_t>(code)]);
  profile::ColumnFold fold(column);
  for (std::size_t i = 0; i < counts.size(); ++i)
    fold.add_text(category_name(static_cast<int>(i)), counts[i]);
  if (missing > 0) fold.add_missing(missing);
  return fold.take();
}

/// Edges come from at most so many rows, as in the product.
constexpr std::size_t kSample = 262'144;

profile::Column numeric_column(std::size_t index, const std::vector<Window>& windows) {
  std::size_t rows = 0;
  for (const Window& window : windows) rows += window.rows;
  const std::size_t step = rows / kSample + 1;
  std::vector<double> sample;
  for (const Window& window : windows) {
    for (std::size_t i = 0; i < window.rows; i += step) sample.push_back(window.numbers[index][i]);
  }
  std::sort(sample.begin(), sample.end());
  return {.name = "x" + std::to_string(index),
          .grid = std::make_shared<const profile::Grid>(profile::Grid::from_sorted(sample))};
}

}  // namespace

const std::vector<Process>& processes() {
  static const std::vector<Process> all = {
      {.name = "independent", .sentence = "rows are drawn independently, windows do not differ"},
      {.name = "independent, 8 columns", .sentence = "the same in eight columns", .numeric = 7},
      {.name = "days differ a little",
       .sentence = "location strays by 0.1 of a standard deviation",
       .stray = 0.1,
       .scale_stray = 0.05},
      {.name = "days differ",
       .sentence = "location strays by 0.3, scale by 10 %",
       .stray = 0.3,
       .scale_stray = 0.1},
      {.name = "days differ, 8 columns",
       .sentence = "each column by itself",
       .numeric = 7,
       .stray = 0.3,
       .scale_stray = 0.1},
      {.name = "days differ together",
       .sentence = "eight columns, 90 % of it in common",
       .numeric = 7,
       .stray = 0.3,
       .scale_stray = 0.1,
       .common = 0.9},
      {.name = "heavy days",
       .sentence = "strays with heavy tails (Student, 3 degrees)",
       .stray = 0.2,
       .scale_stray = 0.07,
       .heavy = true},
      {.name = "skewed",
       .sentence = "log-normal rows, days differ",
       .stray = 0.3,
       .scale_stray = 0.1,
       .skewed = true},
      {.name = "uneven volume",
       .sentence = "days differ, also in the number of their rows",
       .stray = 0.3,
       .scale_stray = 0.1,
       .volume = 0.5},
      {.name = "weekends",
       .sentence = "two days of seven lie 0.5 off, and days differ by 0.1",
       .stray = 0.1,
       .weekend = 0.5},
      {.name = "lasting 0.5",
       .sentence = "strays of 0.3 last: correlation 0.5 to the next day",
       .stray = 0.3,
       .scale_stray = 0.1,
       .autocorrelation = 0.5},
      {.name = "lasting 0.8",
       .sentence = "the same with 0.8",
       .stray = 0.3,
       .scale_stray = 0.1,
       .autocorrelation = 0.8},
      {.name = "lasting 0.95",
       .sentence = "the same with 0.95: a month sees little of it",
       .stray = 0.3,
       .scale_stray = 0.1,
       .autocorrelation = 0.95},
      {.name = "lasting 0.5, 8 columns",
       .sentence = "each of eight columns by itself, correlation 0.5",
       .numeric = 7,
       .stray = 0.3,
       .scale_stray = 0.1,
       .autocorrelation = 0.5},
      {.name = "walk", .sentence = "the location wanders by 0.05 a day, for ever", .walk = 0.05},
  };
  return all;
}

const Process& process(std::string_view name) {
  const auto found = std::find_if(processes().begin(), processes().end(),
                                  [name](const Process& each) { return each.name == name; });
  LEEWAY_ASSERT(found != processes().end(), "the names are written in this program");
  return *found;
}

const std::vector<Shift>& shifts() {
  static const std::vector<Shift> all = {
      {.name = "mean", .size = 0.1, .location = 0.1},
      {.name = "mean", .size = 0.25, .location = 0.25},
      {.name = "mean", .size = 0.5, .location = 0.5},
      {.name = "mean", .size = 1.0, .location = 1.0},
      {.name = "variance", .size = 1.2, .scale = 1.2},
      {.name = "variance", .size = 1.5, .scale = 1.5},
      {.name = "variance", .size = 2.0, .scale = 2.0},
      {.name = "tail", .size = 0.02, .tail = 0.02},
      {.name = "tail", .size = 0.05, .tail = 0.05},
      {.name = "tail", .size = 0.1, .tail = 0.1},
      {.name = "swap", .size = 0.05, .swap = 0.05},
      {.name = "swap", .size = 0.1, .swap = 0.1},
      {.name = "swap", .size = 0.2, .swap = 0.2},
      {.name = "missing", .size = 0.02, .missing = 0.02},
      {.name = "missing", .size = 0.05, .missing = 0.05},
      {.name = "missing", .size = 0.15, .missing = 0.15},
  };
  return all;
}

Series::Series(const Process& process, std::uint64_t seed)
    : process_(&process),
      random_(seed),
      locations_(process.numeric + 2),
      scales_(process.numeric + 2) {
  for (double& state : locations_) state = stray();
  for (double& state : scales_) state = stray();
}

double Series::normal() {
  if (spare_) return *std::exchange(spare_, std::nullopt);
  const double radius = std::sqrt(-2.0 * std::log(1.0 - random_.uniform()));
  const double angle = 2.0 * std::numbers::pi * random_.uniform();
  spare_ = radius * std::sin(angle);
  return radius * std::cos(angle);
}

double Series::stray() {
  if (!process_->heavy) return normal();
  double squares = 0.0;
  for (int i = 0; i < 3; ++i) squares += std::pow(normal(), 2.0) / 3.0;
  return normal() / std::sqrt(squares);
}

/// One step of the autoregressions; the last state is common to all columns.
std::vector<double> Series::strays(std::vector<double>& state) {
  const double phi = process_->autocorrelation;
  for (double& each : state) each = phi * each + std::sqrt(1.0 - phi * phi) * stray();
  std::vector<double> strays;
  for (std::size_t i = 0; i + 1 < state.size(); ++i) {
    strays.push_back(std::sqrt(1.0 - process_->common) * state[i] +
                     std::sqrt(process_->common) * state.back());
  }
  return strays;
}

Window Series::next(std::size_t rows, const Shift& shift) {
  const std::vector<double> locations = strays(locations_);
  const std::vector<double> scales = strays(scales_);
  walked_ += process_->walk * (process_->walk > 0.0 ? normal() : 0.0);
  const double weekend = time_++ % 7 >= 5 ? process_->weekend : 0.0;
  Window window;
  window.rows = rows;
  if (process_->volume > 0.0) {
    const double factor = std::exp(process_->volume * normal());
    window.rows =
        std::max<std::size_t>(50, static_cast<std::size_t>(factor * static_cast<double>(rows)));
  }
  for (std::size_t column = 0; column < process_->numeric; ++column) {
    const bool shifted = column == 0;
    const double location =
        process_->stray * locations[column] + weekend + walked_ + (shifted ? shift.location : 0.0);
    const double scale =
        std::exp(process_->scale_stray * scales[column]) * (shifted ? shift.scale : 1.0);
    std::vector<double>& values = window.numbers.emplace_back(window.rows);
    for (double& value : values) {
      value = location + scale * normal();
      if (shifted && shift.tail > 0.0 && random_.uniform() < shift.tail) value += kTailDistance;
      if (process_->skewed) value = std::exp(value);
      if (shifted && shift.missing > 0.0 && random_.uniform() < shift.missing) value = kNothing;
    }
  }
  if (!process_->categorical) return window;
  std::array<double, kShares.size()> until{};
  double sum = 0.0;
  const double tilt = process_->stray * locations.back() + weekend + walked_;
  for (std::size_t i = 0; i < kShares.size(); ++i) {
    const double direction = (static_cast<double>(i) - 3.5) / 3.5;
    until[i] = sum += kShares[i] * std::exp(tilt * direction);
  }
  for (std::size_t row = 0; row < window.rows; ++row) {
    const double u = random_.uniform() * sum;
    auto code = std::upper_bound(until.begin(), until.end(), u) - until.begin();
    code = std::min<std::ptrdiff_t>(code, std::ssize(kShares) - 1);
    if (shift.swap > 0.0 && random_.uniform() < shift.swap) code = std::ssize(kShares) - 1;
    if (shift.missing > 0.0 && random_.uniform() < shift.missing) code = -1;
    window.categories.push_back(static_cast<int>(code));
  }
  return window;
}

profile::Profile profile_of(const profile::Schema& schema, const Window& window) {
  profile::Profile profile = profile::Profile::empty_for(schema);
  profile.rows = window.rows;
  for (std::size_t i = 0; i < schema.columns.size(); ++i) {
    const profile::Column& column = schema.columns[i];
    profile.columns[i] =
        column.grid ? folded(column, window.numbers[i]) : folded(column, window.categories);
  }
  return profile;
}

profile::Reference reference_of(const Process& process, const std::vector<Window>& windows) {
  profile::Reference reference;
  for (std::size_t i = 0; i < process.numeric; ++i)
    reference.schema.columns.push_back(numeric_column(i, windows));
  if (process.categorical) {
    reference.schema.columns.push_back({.name = "category",
                                        .type = ColumnType::kCategorical,
                                        .categories = std::make_shared<const profile::Categories>(
                                            *profile::Categories::from_names(category_names()))});
  }
  reference.profile = profile::Profile::empty_for(reference.schema);
  for (std::size_t i = 0; i < windows.size(); ++i) {
    reference.windows.push_back(
        {.start = from_micros(static_cast<std::int64_t>(i) * 86'400'000'000),
         .profile = profile_of(reference.schema, windows[i])});
    const auto merged = reference.profile.merge(reference.windows.back().profile);
    LEEWAY_ASSERT(merged.has_value(), "the schema is the same");
  }
  return reference;
}

}  // namespace leeway::power
