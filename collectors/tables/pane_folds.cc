#include "collectors/tables/pane_folds.h"

#include <algorithm>

#include "collectors/tables/parallel.h"
#include "detectors/base/bytes.h"

namespace leeway::tables {
namespace {

constexpr std::size_t kMaxPanes = 4096;

}  // namespace

PaneFolds::PaneFolds(const profile::Schema& schema, const std::vector<FoldedColumn>& columns,
                     const Scratch& scratch, Limits limits, KeptColumns* kept, bool count_row_keys)
    : schema_(&schema),
      columns_(&columns),
      scratch_(&scratch),
      limits_(limits),
      kept_(kept),
      most_live_(std::max<std::uint64_t>(
          2,
          limits.fold_bytes / (RowFold::bytes(schema) + (count_row_keys ? kKeySampleBytes : 0)))),
      sample_rows_(static_cast<std::size_t>(scratch.sample_rows)) {
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (columns[i].extract) extracted_.push_back(static_cast<std::uint32_t>(i));
  }
  if (count_row_keys) hashes_.emplace(columns);
}

std::unique_ptr<ExtractBuilder> PaneFolds::make_extract() const {
  const std::string name = scratch_->stem + "." + std::to_string(entries_.size()) + ".extract";
  return std::make_unique<ExtractBuilder>(extracted_, scratch_->directory / name);
}

Result<PaneFolds::Entry*> PaneFolds::entry_for(const Key& key) {
  if (last_ != nullptr && last_->fold && last_key_ == key) return last_;
  auto found = entries_.find(key);
  if (found == entries_.end()) {
    if (key.second.empty()) {
      if (++panes_ > kMaxPanes) {
        return fail(ErrorCode::kCorrupt, "its event times spread over more than " +
                                             std::to_string(kMaxPanes) + " windows");
      }
    }
    found = entries_.emplace(key, Entry{}).first;
    if (key.second.empty() && scratch_->extract_rows > 0 && !extracted_.empty()) {
      found->second.extract = make_extract();
    }
    if (key.second.empty() && sample_rows_ > 0) {
      const std::string name = scratch_->stem + "." + std::to_string(entries_.size());
      found->second.sample =
          std::make_unique<PaneSample>(*schema_, *columns_, sample_rows_, hash64(name));
    }
  }
  Entry& entry = found->second;
  if (!entry.fold) {
    if (live_ >= most_live_) {
      if (auto made = make_room(); !made) return fail(std::move(made.error()));
    }
    RowHashes* const hashes = hashes_ && key.second.empty() ? &*hashes_ : nullptr;
    entry.fold = std::make_unique<RowFold>(*schema_, *columns_, kept_ != nullptr, hashes);
    ++live_;
  }
  if (last_ != nullptr && last_ != &entry) settle(*last_);
  last_key_ = key;
  last_ = &entry;
  return &entry;
}

void PaneFolds::settle(Entry& entry) {
  if (!entry.fold) return;
  const std::uint64_t before = entry.extract ? entry.extract->bytes_in_memory() : 0;
  entry.fold->settle(entry.extract.get());
  if (entry.extract) extract_bytes_ += entry.extract->bytes_in_memory() - before;
}

Result<> PaneFolds::add(TimePoint pane, const std::string& segment,
                        std::span<const ColumnChunk* const> chunks, RowSelection rows) {
  auto entry = entry_for({pane, segment});
  if (!entry) return fail(std::move(entry.error()));
  Entry& at = **entry;
  at.used = ++calls_;
  at.rows += rows.count;
  if (at.extract && at.rows > scratch_->extract_rows) {
    extract_bytes_ -= at.extract->bytes_in_memory();
    if (kept_ != nullptr) at.fold->hold_back_no_more(*at.extract);
    at.extract.reset();
  }
  if (at.sample) add_to_sample(at, chunks, rows);
  const std::uint64_t before = at.extract ? at.extract->bytes_in_memory() : 0;
  at.fold->add(chunks, rows, at.extract.get());
  if (at.extract) extract_bytes_ += at.extract->bytes_in_memory() - before;
  return bound_extracts(at);
}

/// Samples stay in memory to the end, and get smaller, all alike, rather than too many.
void PaneFolds::add_to_sample(Entry& entry, std::span<const ColumnChunk* const> chunks,
                              RowSelection rows) {
  const std::uint64_t before = entry.sample->bytes();
  entry.sample->add(chunks, rows);
  sample_bytes_ += entry.sample->bytes() - before;
  while (sample_bytes_ > limits_.sample_bytes && sample_rows_ > 1) {
    sample_rows_ /= 2;
    sample_bytes_ = 0;
    for (auto& [key, each] : entries_) {
      if (!each.sample) continue;
      each.sample->halve();
      sample_bytes_ += each.sample->bytes();
    }
  }
}

/// What is held for extracts is written out where most of it is.
Result<> PaneFolds::bound_extracts(Entry& entry) {
  if (kept_ != nullptr) {
    keeps_too_much_ = extract_bytes_ > kept_->most_bytes;
    if (!keeps_too_much_) return {};
    return fail(ErrorCode::kUnavailable, "has more numbers than are kept in memory");
  }
  if (extract_bytes_ <= limits_.extract_bytes) return {};
  ExtractBuilder* largest = entry.extract.get();
  for (auto& [key, each] : entries_) {
    if (each.extract &&
        (largest == nullptr || each.extract->bytes_in_memory() > largest->bytes_in_memory())) {
      largest = each.extract.get();
    }
  }
  extract_bytes_ -= largest->bytes_in_memory();
  return largest->spill();
}

Result<> PaneFolds::make_room() {
  Entry* oldest = nullptr;
  for (auto& [key, entry] : entries_) {
    if (entry.fold && (oldest == nullptr || entry.used < oldest->used)) oldest = &entry;
  }
  return put_aside(*oldest);
}

Result<profile::Profile> PaneFolds::profile_of(Entry& entry) {
  if (entry.saved.empty()) return entry.fold->take();
  auto saved = profile::Profile::deserialize(entry.saved);
  if (!saved || !entry.fold) return saved;
  if (auto merged = saved->merge(entry.fold->take()); !merged) return fail(merged.error());
  return saved;
}

Result<> PaneFolds::put_aside(Entry& entry) {
  settle(entry);
  auto profile = profile_of(entry);
  if (!profile) return fail(std::move(profile.error()));
  entry.saved = profile->serialize();
  entry.fold.reset();
  --live_;
  return {};
}

/// Hands over what is in place of an extract.
void PaneFolds::keep(Entry& entry) {
  settle(entry);
  entry.fold->fold_held(*entry.extract, kept_->threads);
  kept_->columns.resize(schema_->columns.size());
  for_each_index(extracted_.size(), kept_->threads, [&](std::size_t at) {
    kept_->columns[extracted_[at]] = entry.extract->in_memory(at).take();
  });
  kept_->kept = true;
  entry.extract.reset();
}

Result<std::vector<FoldedPane>> PaneFolds::finish() {
  std::vector<FoldedPane> panes;
  for (auto& [key, entry] : entries_) {
    if (kept_ != nullptr && entry.extract) keep(entry);
    if (entry.fold) {
      if (auto done = put_aside(entry); !done) return fail(std::move(done.error()));
    }
    FoldedPane pane{.start = key.first,
                    .segment = key.second,
                    .rows = entry.rows,
                    .profile = std::move(entry.saved),
                    .extract = {},
                    .sample = {}};
    if (entry.extract) {
      if (auto done = entry.extract->finish(); !done) return fail(std::move(done.error()));
      pane.extract = entry.extract->path().filename().string();
    }
    if (entry.sample) {
      const SampledRows drawn = entry.sample->take(key.first);
      pane.sample = scratch_->stem + "." + std::to_string(panes.size()) + ".sample";
      auto done = write_sample(scratch_->directory / *pane.sample, std::span(&drawn, 1));
      if (!done) return fail(std::move(done.error()));
    }
    panes.push_back(std::move(pane));
  }
  return panes;
}

}  // namespace leeway::tables
