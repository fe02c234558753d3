#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace leeway::config {

/// Where a value is written. Line and column count from 1, the column in bytes; a value that nobody
/// wrote (a default) has line 0.
struct Place {
  std::uint32_t file = 0;
  std::uint32_t line = 0;
  std::uint32_t column = 0;

  bool written() const { return line != 0; }
  auto operator<=>(const Place&) const = default;
};

/// The files that a configuration was read from. The first is the main one.
class Sources {
 public:
  /// @param path  as messages name it
  std::uint32_t add(std::string path, std::string text);

  const std::string& path(std::uint32_t file) const { return files_[file].path; }
  const std::string& text(std::uint32_t file) const { return files_[file].text; }
  std::string_view line(Place place) const;
  std::size_t size() const { return files_.size(); }

  /// The folder of the file, absolute: what relative paths in it are relative to.
  std::string folder(std::uint32_t file) const;

  /// Keeps what is written at `place` (a literal secret) out of every snippet. Where the text may
  /// go on below, no later line of the file is shown at all.
  void hide(Place place);

  /// "leeway.yaml:14:9"; the column counts characters, as editors do.
  std::string where(Place place) const;

  /// The line and a caret below the place, each indented, with line ends.
  std::string snippet(Place place) const;

 private:
  struct File {
    std::string path;
    std::string text;
    std::vector<std::size_t> lines;  ///< where each begins
    std::vector<Place> hidden;
    std::uint32_t hidden_from = UINT32_MAX;  ///< no snippets from this line on
  };

  std::string visible_line(Place place) const;

  std::vector<File> files_;
};

}  // namespace leeway::config
