#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

#include "collectors/tables/plan.h"
#include "detectors/base/result.h"
#include "detectors/base/time.h"
#include "detectors/multivariate/table.h"
#include "detectors/profile/schema.h"

namespace leeway::tables {

/// The sampled values of one column. Numbers as they are, booleans 0 and 1, categories by their
/// code (multivariate::TableColumn); NaN where missing.
struct SampledColumn {
  std::uint32_t index = 0;  ///< of the schema
  std::vector<double> values{};
  bool operator==(const SampledColumn&) const = default;
};

/// Sampled lists of an embedding column, which has rows of its own: missing ones are not drawn.
struct SampledVectors {
  std::uint32_t index = 0;            ///< of the schema
  std::uint64_t of = 0;               ///< so many lists they were drawn from
  std::vector<std::uint64_t> keys{};  ///< ascending
  multivariate::Vectors vectors{};
};

/// Rows that were drawn at random from those of one pane, see RowPicker.
struct SampledRows {
  TimePoint start{};                         ///< of the pane
  std::uint64_t of = 0;                      ///< so many rows they were drawn from
  std::vector<std::uint64_t> keys{};         ///< of the rows, ascending
  std::vector<SampledColumn> columns{};      ///< by index; each as long as `keys`
  std::vector<SampledVectors> embeddings{};  ///< by index

  /// The sample of the rows of both, of one schema. What a sample says of all its rows ends at its
  /// largest key, unless it has every row: of both together the keys up to the smaller end remain.
  /// Lists of another length than this sample's are left out.
  void merge(const SampledRows& other);
  /// Keeps the rows with the `most` smallest keys.
  void shrink(std::size_t most);
};

/// Whether a column is sampled: features, predictions and scores of types that can be compared.
bool is_sampled(const profile::Column& column);

/// The columns of `rows` that are compared, in that order; what was not sampled is missing.
multivariate::Table table_of(const SampledRows& rows, const std::vector<ComparedColumn>& columns);

/// A file of samples: a frame (bytes.h) of magic "LWSAMPLE" around a compressed body. Truncates
/// what is there. Not synced: the owner of the directory does that.
Result<> write_sample(const std::filesystem::path& path, std::span<const SampledRows> panes);

/// kNotFound, kUnavailable, or kCorrupt if anything is not as write_sample makes it.
Result<std::vector<SampledRows>> read_sample(const std::filesystem::path& path);

}  // namespace leeway::tables
