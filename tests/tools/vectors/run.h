#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "detectors/base/result.h"

namespace leeway::vectors {

/// A file of vectors, parsed and checked for its format and version.
Result<boost::json::value> load(const std::filesystem::path& path);

/// The *.json files of a folder, by name.
Result<std::vector<std::filesystem::path>> vector_files(const std::filesystem::path& folder);

/// Computes every case whose statistic exists.
/// @param results  gets the outputs by case id
/// @param missing  gets "family/statistic" of those that do not exist
void run(const boost::json::value& file, boost::json::object& results,
         std::set<std::string>& missing);

/// What compare.py says of a file: one line for each output that differs, and the cases by kind.
struct Comparison {
  struct Kind {
    std::uint64_t equal = 0;
    std::uint64_t different = 0;
    std::uint64_t not_run = 0;
  };
  std::map<std::string, Kind> kinds;
  std::vector<std::string> differences;
};
void compare(const boost::json::value& file, const boost::json::object& results,
             Comparison& comparison);

/// Whether a result is what is expected: numbers within max(abs, rel * |expected|), all else
/// exactly; objects and lists member by member; {"any_of": [...]} any of the list.
bool same(const boost::json::value& expected, const boost::json::value& got, double rel,
          double abs);

}  // namespace leeway::vectors
