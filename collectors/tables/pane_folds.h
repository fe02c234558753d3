#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "collectors/tables/kept_columns.h"
#include "collectors/tables/pane_sample.h"
#include "collectors/tables/plan.h"
#include "collectors/tables/row_fold.h"
#include "collectors/tables/row_hashes.h"

namespace leeway::tables {

/// The folds of all panes and segments of one source, in bounded memory: those that have not been
/// used for longest are put aside as serialized profiles, to which later rows are merged.
class PaneFolds {
 public:
  struct Limits {
    std::uint64_t fold_bytes = std::uint64_t{128} << 20U;
    std::uint64_t extract_bytes = std::uint64_t{128} << 20U;
    std::uint64_t sample_bytes = std::uint64_t{64} << 20U;
  };

  /// The arguments outlive it.
  /// @param kept  takes the extract of the only pane, whose numbers are folded at the end then; may
  ///              be null
  /// @param count_row_keys  of all rows of a pane, for the rate of rows that repeat another
  PaneFolds(const profile::Schema& schema, const std::vector<FoldedColumn>& columns,
            const Scratch& scratch, Limits limits, KeptColumns* kept, bool count_row_keys);

  /// kCorrupt if there are too many panes; kUnavailable if the numbers are more than `kept` takes,
  /// see keeps_too_much().
  Result<> add(TimePoint pane, const std::string& segment,
               std::span<const ColumnChunk* const> chunks, RowSelection rows);

  /// All panes, by start and segment, with their extracts written.
  Result<std::vector<FoldedPane>> finish();

  bool keeps_too_much() const { return keeps_too_much_; }

 private:
  struct Entry {
    std::unique_ptr<RowFold> fold;  // null: put aside
    std::string saved;              // a profile; empty: none
    std::uint64_t rows = 0;
    std::uint64_t used = 0;  // when, in calls of add()
    std::unique_ptr<ExtractBuilder> extract;
    std::unique_ptr<PaneSample> sample;
  };
  using Key = std::pair<TimePoint, std::string>;

  Result<Entry*> entry_for(const Key& key);
  std::unique_ptr<ExtractBuilder> make_extract() const;
  void settle(Entry& entry);
  Result<> put_aside(Entry& entry);
  Result<> make_room();
  Result<> bound_extracts(Entry& entry);
  void keep(Entry& entry);
  void add_to_sample(Entry& entry, std::span<const ColumnChunk* const> chunks, RowSelection rows);
  Result<profile::Profile> profile_of(Entry& entry);

  const profile::Schema* schema_;
  const std::vector<FoldedColumn>* columns_;
  const Scratch* scratch_;
  Limits limits_;
  KeptColumns* kept_;
  bool keeps_too_much_ = false;
  std::vector<std::uint32_t> extracted_;  // indices of the schema
  std::size_t most_live_;
  std::size_t live_ = 0;
  std::size_t panes_ = 0;
  std::optional<RowHashes> hashes_;
  std::uint64_t calls_ = 0;
  std::uint64_t extract_bytes_ = 0;
  std::uint64_t sample_bytes_ = 0;
  std::size_t sample_rows_;  // of one pane; halved when all samples together grow too large
  std::map<Key, Entry> entries_;
  Key last_key_;
  Entry* last_ = nullptr;
};

}  // namespace leeway::tables
