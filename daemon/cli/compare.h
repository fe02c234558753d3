#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "detectors/base/result.h"

namespace leeway::cli {

struct CompareArguments {
  std::string reference;
  std::string current;
  std::string format = "text";
  std::string dialect = "leeway-1";
  std::vector<std::string> numeric;  ///< measures, the first decides; none: the dialect's
  std::vector<std::string> categorical;
  std::vector<std::string> multivariate;  ///< measures of all columns at once; none by default
  std::vector<std::string> ignore;
  std::vector<std::string> types;  ///< "COLUMN=TYPE", where the inferred type is wrong
  std::string fail_on;             ///< "", "drift" or "uncertain"
  /// Up to so many rows statistics are exact, from sorted columns; beyond, from the grid with
  /// bounds.
  std::uint64_t exact_rows = 20'000'000;
  unsigned threads = 0;  ///< 0: one per core; they change no result
};

struct Comparison {
  std::string text;     ///< the report in the format asked for
  bool failed = false;  ///< what `fail_on` asks about is so
};

/// `leeway compare`: the engine of the daemon's workers, in this process.
Result<Comparison> compare_files(const CompareArguments& arguments);

}  // namespace leeway::cli
