#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "detectors/profile/profile.h"

namespace leeway::drift {

/// The classes that PSI of the dialect leeway-1 compares: the bins of the grid or the categories
/// that are not rare, then one class each for the rest of the categories, unseen values, missing
/// and non-finite ones. Made from the reference alone, so that values stay comparable over time.
class Classes {
 public:
  /// @param min_rows  rows of the smallest window that is judged: a category is rare below
  ///                  max(0.5 %, 5/min_rows) of the reference
  Classes(const profile::Column& column, const profile::ColumnProfile& reference,
          std::uint64_t min_rows);

  std::size_t size() const { return names_.size(); }

  /// Rows by class; all rows of the column are counted. The profile must fit the column's cells.
  std::vector<std::uint64_t> count(const profile::ColumnProfile& column) const;

  /// For people: "'JFK'", "values from 12 to 15", "missing values"; of a private column without
  /// values: "one of its categories", "bin 3 of 10".
  const std::string& name(std::size_t index) const { return names_[index]; }

  /// The class of what the reference lacks.
  std::size_t unseen() const { return unseen_; }

 private:
  void name_bins(const profile::Column& column);
  void name_values(const profile::Column& column);
  void name_categories(const profile::Column& column, const profile::ColumnProfile& reference,
                       std::uint64_t min_rows);
  std::uint32_t add(std::string name);

  std::vector<std::string> names_;
  std::vector<std::uint32_t> class_of_cell_;
  std::uint32_t unseen_ = 0;
  std::uint32_t missing_ = 0;
  std::uint32_t non_finite_ = 0;
};

}  // namespace leeway::drift
