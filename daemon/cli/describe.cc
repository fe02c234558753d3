#include "daemon/cli/describe.h"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <cmath>
#include <optional>
#include <set>
#include <string>

#include "detectors/base/binning.h"
#include "detectors/drift/bins.h"
#include "detectors/drift/sorted_walk.h"
#include "detectors/profile/quantiles.h"

namespace leeway::cli {
namespace {

namespace json = boost::json;
using profile::Column;
using profile::ColumnProfile;

constexpr std::size_t kMostNames = 10;
constexpr std::array<std::pair<const char*, double>, 5> kQuantiles = {
    {{"0.05", 0.05}, {"0.25", 0.25}, {"0.5", 0.5}, {"0.75", 0.75}, {"0.95", 0.95}}};

json::value number(double value) {
  return std::isfinite(value) ? json::value(value) : json::value(nullptr);
}

bool has_all_names(const ColumnProfile& side) {
  std::uint64_t named = 0;
  for (const auto& item : side.unseen_values.top(profile::HeavyHitters::kCapacity)) {
    if (item.over == 0) named += item.count;
  }
  return named == side.unseen;
}

/// The categories of one side that still have a name.
std::set<std::string> names_of(const Column& column, const ColumnProfile& side) {
  std::set<std::string> names;
  for (const std::uint32_t cell : side.cells.index) names.insert(column.categories->name(cell));
  for (const auto& item : side.unseen_values.top(profile::HeavyHitters::kCapacity))
    names.insert(item.value);
  return names;
}

json::array up_to_ten(const std::vector<std::string>& names) {
  json::array out;
  for (std::size_t i = 0; i < std::min(names.size(), kMostNames); ++i)
    out.push_back(json::value(names[i]));
  return out;
}

/// Of all values where they are at hand, else of the cells, with the rank error.
void add_quantiles(const Column& column, const ColumnProfile& side, std::span<const double> finite,
                   bool exact, json::object& out) {
  json::object quantiles;
  json::object errors;
  for (const auto& [name, q] : kQuantiles) {
    const auto near = profile::quantile(*column.grid, side, q);
    quantiles[name] = !near                      ? json::value(nullptr)
                      : exact && !finite.empty() ? number(quantile(finite, q))
                                                 : number(near->value);
    errors[name] = !near ? json::value(nullptr) : number(exact ? 0.0 : near->rank_error);
  }
  out["quantiles"] = std::move(quantiles);
  out["quantile_rank_errors"] = std::move(errors);
}

void describe_numbers(const Column& column, const ColumnProfile& side,
                      std::span<const double> sorted, json::object& out) {
  const std::span<const double> finite = drift::finite_part(sorted);
  const bool exact = !sorted.empty() && sorted.size() == side.cells.total();
  const double count = static_cast<double>(side.moments.count);
  out["infinite"] = side.positive_infinite + side.negative_infinite;
  out["exact"] = exact;
  out["distinct"] =
      exact ? static_cast<double>(drift::distinct_values(finite)) : side.distinct.estimate();
  out["min"] = number(side.min);
  out["max"] = number(side.max);
  out["mean"] = count > 0.0 ? number(side.moments.mean) : json::value(nullptr);
  out["std"] =
      count > 1.0 ? number(std::sqrt(side.moments.m2 / (count - 1.0))) : json::value(nullptr);
  out["distinct_standard_error"] = exact ? 0.0 : profile::Distinct::kStandardError;
  add_quantiles(column, side, finite, exact, out);
}

}  // namespace

json::object describe(const Column& column, const ColumnProfile& side,
                      std::span<const double> sorted) {
  const std::uint64_t missing = side.missing + side.not_a_number;
  json::object out = {{"count", side.rows},
                      {"missing", missing},
                      {"missing_share", nullptr},
                      {"empty_texts", side.empty_texts},
                      {"configured_missing", side.configured_missing},
                      {"not_a_number", side.not_a_number},
                      {"type_errors", side.type_errors}};
  if (side.rows > 0)
    out["missing_share"] = static_cast<double>(missing) / static_cast<double>(side.rows);
  if (column.grid) {
    describe_numbers(column, side, sorted, out);
  } else if (column.categories) {
    out["exact"] = has_all_names(side);
    out["distinct"] = names_of(column, side).size();
  }
  if (column.is_private) {
    for (const char* value : {"min", "max", "mean", "std", "quantiles", "quantile_rank_errors"})
      out.erase(value);
  }
  if (const auto found = side.keys.duplicates()) {
    out["duplicates"] =
        json::object{{"share", found->share}, {"standard_error", found->standard_error}};
  }
  return out;
}

json::object compare_categories(const Column& column, const ColumnProfile& reference,
                                const ColumnProfile& current) {
  const std::set<std::string> before = names_of(column, reference);
  const std::set<std::string> now = names_of(column, current);
  std::vector<std::string> unseen;
  std::vector<std::string> vanished;
  std::ranges::set_difference(now, before, std::back_inserter(unseen));
  std::ranges::set_difference(before, now, std::back_inserter(vanished));
  json::object out = {{"unseen", unseen.size()},
                      {"vanished", vanished.size()},
                      {"exact", has_all_names(reference) && has_all_names(current)}};
  if (!column.is_private) {
    out["unseen_first"] = up_to_ten(unseen);
    out["vanished_first"] = up_to_ten(vanished);
  }
  return out;
}

}  // namespace leeway::cli
