#pragma once

#include <cstdint>
#include <vector>

#include "detectors/base/result.h"
#include "detectors/multivariate/carriers.h"
#include "detectors/multivariate/encoding.h"
#include "detectors/multivariate/null.h"
#include "detectors/multivariate/table.h"

namespace leeway::multivariate {

struct PcaOptions {
  double explained = 0.65;  ///< share of the variance that the components must reach, in (0, 1)
  Scale scale = Scale::kNormalScores;
  std::uint64_t seed = 0;  ///< of the split into halves
};

struct PcaReconstruction {
  std::size_t components = 0;  ///< of the first half's fit
  std::size_t dimensions = 0;
  double reference_error = 0.0;     ///< mean distance of a reference row from its reconstruction
  double current_error = 0.0;       ///< the same of current rows: what NannyML charts
  double change = 0.0;              ///< |current - reference| / reference
  Null null{};                      ///< of `change`
  double p_value = 1.0;             ///< two-sided
  std::vector<Carrier> carriers{};  ///< of the change of the squared distance, by column
};

/// Principal components reconstruction error: components are fitted to the reference, rows are
/// projected on them, and the mean Euclidean distance between a row and its projection is compared.
/// It grows when columns stop going together as they did, and shrinks when some become constant.
///
/// The components are fitted to one half of the reference and the errors of the other half and of
/// the current rows measured, and the other way round: rows that components were fitted to lie
/// nearer to them than new ones, which with few rows is most of the difference.
/// @return kInsufficientData below 20 rows on a side or without two columns that vary.
/// O(n p^2 + p^3) for p columns: 2 x 2,000 rows of 20 columns take about 25 ms.
/// Jolliffe, Principal Component Analysis, 2nd ed. 2002, 10.1; NannyML's DataReconstruction.
Result<PcaReconstruction> pca_reconstruction(const Table& reference, const Table& current,
                                             const PcaOptions& options);

}  // namespace leeway::multivariate
