#pragma once

#include <Eigen/Core>
#include <string>
#include <vector>

#include "detectors/multivariate/table.h"

namespace leeway::multivariate {

/// How numbers are brought to one scale.
enum class Scale {
  /// The normal quantile of the value's rank among the reference's (van der Waerden scores): does
  /// not change under monotone maps, and one outlier is one row.
  kNormalScores,
  kStandard,  ///< less the reference's mean, over its standard deviation: what the peers do
};

/// Turns rows into points: a dimension for each column, with mean 0 and variance 1 over the
/// reference. Numbers by `Scale`, missing ones are the mean. Categories stand in the order of their
/// frequency in the reference and get its normal scores, or with kStandard their share of the
/// reference's rows (NannyML's count encoding, in which equally frequent ones are the same); a
/// missing one is the most frequent, an unseen one rarer than all. Columns that are constant in the
/// reference are left out.
class Encoding {
 public:
  /// kInsufficientData if no column varies. O(n log n) for each column.
  static Result<Encoding> learn(const Table& reference, Scale scale);

  /// dimensions() x rows, one row of the table in each column.
  /// @param table  with the columns of the reference, see check_alike
  Eigen::MatrixXd apply(const Table& table) const;

  Eigen::Index dimensions() const { return static_cast<Eigen::Index>(codes_.size()); }
  const std::string& name(Eigen::Index dimension) const {
    return codes_[static_cast<std::size_t>(dimension)].name;
  }

 private:
  struct Code {
    std::size_t column = 0;
    std::string name{};
    std::vector<double> sorted{};      // of the reference, for normal scores
    std::vector<double> categories{};  // what stands for a code
    double unseen = 0.0;               // what stands for a code beyond those
    double infinite = 0.0;             // what stands for +inf in kStandard
    double mean = 0.0;
    double deviation = 1.0;
  };

  Code code_of(const TableColumn& column) const;
  void encode_categories(const TableColumn& column, Code& code) const;
  std::vector<double> raw(const Code& code, const TableColumn& column) const;

  Scale scale_ = Scale::kNormalScores;
  std::vector<Code> codes_;
};

}  // namespace leeway::multivariate
