#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "detectors/base/time.h"
#include "tests/support/process.h"

namespace leeway::tests {

/// What SQL says of the rows of one day.
struct Totals {
  std::uint64_t rows = 0;
  /// By column.
  struct Column {
    std::uint64_t missing = 0;
    double mean = 0.0;
    double min = 0.0;
    double max = 0.0;
  };
  std::map<std::string, Column> numeric = {};
  std::map<std::string, std::uint64_t> missing = {};  ///< of the columns without numbers
};

/// Parquet files of a made-up model: two for each day of 2001, some hundred rows in each. On some
/// days `amount`, on others `kind` is far from the reference, so incidents open and resolve every
/// few days; and every second day has a second version of its first file, with other rows and
/// another number of them.
class Batches {
 public:
  /// Makes all files with DuckDB, below `folder`.
  /// @param first_rewritten  earlier days keep their files: what is learned from the first days is
  ///                         then learned from the same rows in every run
  Batches(std::filesystem::path folder, int days, int first_rewritten);

  std::filesystem::path reference() const { return folder_ / "reference.parquet"; }
  std::filesystem::path incoming() const { return folder_ / "incoming"; }

  /// Hands the next file over, whole under its final name. False when there is none left.
  bool hand_over();
  /// Replaces the files of days not after `closed` that have a second version and still have their
  /// first, among the last few days.
  void rewrite(TimePoint closed);

  /// Puts bytes that are no Parquet in the place of the next file, until that is handed over.
  void break_next() const;

  int files() const { return next_; }
  int rewritten() const { return rewritten_; }

  /// What DuckDB says of all files that were handed over, by day ("2001-02-01").
  std::map<std::string, Totals> totals() const;

 private:
  struct File {
    int day = 0;
    int part = 0;
    int version = 0;
  };
  std::filesystem::path staged(const File& file) const;
  std::filesystem::path arrived(const File& file) const;
  void move_in(const File& file);

  std::filesystem::path folder_;
  int days_;
  int first_rewritten_;
  int next_ = 0;  ///< of 2 * days_
  int rewritten_ = 0;
  std::vector<bool> replaced_;  ///< by day
};

}  // namespace leeway::tests
