#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "daemon/exporter/exporter.h"

namespace leeway::exporter {

/// The lines of one family of one model, the same in both formats, sorted by their labels.
struct FamilyText {
  struct Line {
    std::uint32_t end;
    Detail detail;
    std::uint32_t lines = 1;  ///< a histogram's buckets, count and sum stay together
    bool operator==(const Line&) const = default;
  };

  Family family;
  std::string text;
  std::vector<Line> lines;

  bool operator==(const FamilyText&) const = default;

  /// Appends the lines whose detail is at most `most`.
  void append_to(std::string& out, Detail most) const;
};

/// One model as it is shown.
struct ModelText {
  std::string key;
  std::vector<FamilyText> families;           ///< in the order of the families
  std::array<std::size_t, kDetails> lines{};  ///< how many of each detail

  std::size_t size() const;
  const FamilyText* find(Family family) const;
};

/// Of two series with the same labels (values of a private column may look alike once they are
/// made readable) the first is kept: Prometheus would refuse the whole page.
ModelText render(std::string_view key, const ModelMetrics& metrics);

}  // namespace leeway::exporter
