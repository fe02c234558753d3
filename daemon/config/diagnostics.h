#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "daemon/config/sources.h"

namespace leeway::config {

/// Collects everything that is wrong, so that a user sees it at once.
class Diagnostics {
 public:
  /// The same sentence about the same place counts once: a mistake in `defaults` is one mistake,
  /// however many models inherit it.
  void add(Place place, std::string path, std::string sentence);

  bool empty() const { return entries_.empty(); }

  /// Counts every add(), also of what is known: tells whether a step found something.
  std::size_t complaints() const { return complaints_; }

  /// File by file in the order of their lines:
  ///
  ///   leeway.yaml:14:9: models[0].drift: unknown key 'treshold'; did you mean 'thresholds'?
  ///     14 |         treshold: learned
  ///        |         ^
  std::string text(const Sources& sources) const;

 private:
  struct Entry {
    Place place;
    std::string path;
    std::string sentence;
  };

  std::vector<Entry> entries_;
  std::size_t complaints_ = 0;
  std::set<std::pair<Place, std::string>> seen_;
};

/// "models[0].window" and "size" give "models[0].window.size".
std::string join(const std::string& path, std::string_view key);
std::string join(const std::string& path, std::size_t index);

}  // namespace leeway::config
