#include "tests/tools/vectors/run.h"

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <cmath>
#include <fstream>
#include <iterator>

#include "tests/tools/vectors/json.h"
#include "tests/tools/vectors/statistics.h"

namespace leeway::vectors {
namespace {

struct Tolerance {
  double rel = 0.0;
  double abs = 0.0;
};

/// Of the case before the group, of the output before the default.
Tolerance tolerance_of(const json::object& group, const json::object& test,
                       std::string_view output) {
  for (const std::string_view name : {output, std::string_view("default")}) {
    for (const json::object* owner : {&test, &group}) {
      const json::value& all = member(*owner, "tolerance");
      const json::value* const found =
          all.is_object() ? all.get_object().if_contains(name) : nullptr;
      if (found == nullptr) continue;
      return {.rel = number_or(found->as_object(), "rel", 0.0),
              .abs = number_or(found->as_object(), "abs", 0.0)};
    }
  }
  return {};
}

bool same_objects(const json::object& expected, const json::value& got, double rel, double abs) {
  if (const json::value* const any = expected.if_contains("any_of");
      any != nullptr && expected.size() == 1) {
    return std::any_of(any->as_array().begin(), any->as_array().end(),
                       [&](const json::value& one) { return same(one, got, rel, abs); });
  }
  return got.is_object() && std::all_of(expected.begin(), expected.end(), [&](const auto& item) {
           const json::value* const found = got.get_object().if_contains(item.key());
           return found != nullptr && same(item.value(), *found, rel, abs);
         });
}

bool same_numbers(double expected, const json::value& got, double rel, double abs) {
  const auto found = number(got);
  if (!found) return false;
  if (std::isnan(expected) || std::isnan(*found)) return std::isnan(expected) && std::isnan(*found);
  if (std::isinf(expected) || std::isinf(*found)) return expected == *found;
  return std::abs(expected - *found) <= std::max(abs, rel * std::abs(expected));
}

std::string shown(const json::value& value) { return json::serialize(value).substr(0, 120); }

template <class Visit>
void for_each_case(const json::value& file, Visit visit) {
  for (const json::value& group : file.at("groups").as_array()) {
    for (const json::value& test : group.at("cases").as_array())
      visit(group.as_object(), test.as_object());
  }
}

}  // namespace

Result<std::vector<std::filesystem::path>> vector_files(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  std::error_code code;
  for (const auto& entry : std::filesystem::directory_iterator(folder, code)) {
    if (entry.path().extension() == ".json") files.push_back(entry.path());
  }
  if (code || files.empty())
    return fail(ErrorCode::kNotFound, "no vectors in '" + folder.string() + "'");
  std::sort(files.begin(), files.end());
  return files;
}

Result<json::value> load(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  auto file = parse_exactly(text);
  if (!file) return fail(std::move(file.error()).in("'" + path.string() + "'"));
  const bool known = file->is_object() &&
                     text_or(file->get_object(), "format", "") == "drift-reference-vectors" &&
                     number_or(file->get_object(), "version", 0.0) == 1.0;
  if (!known)
    return fail(ErrorCode::kCorrupt,
                "'" + path.string() + "' holds no reference vectors of version 1");
  return file;
}

void run(const json::value& file, json::object& results, std::set<std::string>& missing) {
  const std::string family = text_or(file.as_object(), "family", "");
  for_each_case(file, [&](const json::object& group, const json::object& test) {
    const std::string name = text_or(group, "statistic", "");
    const Statistic* const statistic = find_statistic(name);
    if (statistic == nullptr) {
      missing.insert(family + "/" + name);
      return;
    }
    const json::value& params = member(test, "params");
    results[text_or(test, "id", "")] =
        statistic->compute(member(test, "inputs").as_object(),
                           params.is_object() ? params.get_object() : json::object{});
  });
}

void compare(const json::value& file, const json::object& results, Comparison& comparison) {
  for_each_case(file, [&](const json::object& group, const json::object& test) {
    const std::string id = text_or(test, "id", "");
    Comparison::Kind& kind = comparison.kinds[text_or(test, "kind", "")];
    const json::value* const got = results.if_contains(id);
    if (got == nullptr) {
      ++kind.not_run;
      return;
    }
    bool equal = true;
    for (const auto& expected : member(test, "expected").as_object()) {
      const Tolerance tolerance = tolerance_of(group, test, expected.key());
      const json::value* const output = got->as_object().if_contains(expected.key());
      if (output != nullptr && same(expected.value(), *output, tolerance.rel, tolerance.abs))
        continue;
      equal = false;
      comparison.differences.push_back(id + " " + std::string(expected.key()) + ": expected " +
                                       shown(expected.value()) + " got " +
                                       (output != nullptr ? shown(*output) : "no such output"));
    }
    ++(equal ? kind.equal : kind.different);
  });
}

bool same(const json::value& expected, const json::value& got, double rel, double abs) {
  if (expected.is_object()) return same_objects(expected.get_object(), got, rel, abs);
  if (expected.is_array()) {
    if (!got.is_array() || got.get_array().size() != expected.get_array().size()) return false;
    return std::equal(
        expected.get_array().begin(), expected.get_array().end(), got.get_array().begin(),
        [&](const json::value& a, const json::value& b) { return same(a, b, rel, abs); });
  }
  const auto wanted = number(expected);
  if (!wanted) return expected == got;
  return same_numbers(*wanted, got, rel, abs);
}

}  // namespace leeway::vectors
