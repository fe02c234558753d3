#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include <prometheus/metric_family.h>

#include "daemon/exporter/families.h"
#include "daemon/exporter/gzip.h"

namespace leeway::exporter {

/// Everything on a page that is not a line of a model: the process's own families and the headers
/// of the models'. Slot k stands before the lines of family k, the last one behind all.
class OwnText {
 public:
  static constexpr std::size_t kSlots = kFamilies.size() + 1;
  using Shown = std::array<bool, kFamilies.size()>;

  /// Renders it anew; a slot that stays the same keeps its bytes. `own` is sorted by name.
  void update(const std::vector<prometheus::MetricFamily>& own, const Shown& shown,
              bool open_metrics);

  /// Null for an empty slot.
  const Piece& text(std::size_t slot) const { return slots_[slot].text; }
  const Deflated& deflated(std::size_t slot, Deflater& deflater);

 private:
  struct Slot {
    Piece text;
    std::optional<Deflated> deflated;
  };
  std::array<Slot, kSlots> slots_;
};

}  // namespace leeway::exporter
