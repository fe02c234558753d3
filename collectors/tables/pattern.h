#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "detectors/base/result.h"

namespace re2 {
class RE2;
}

namespace leeway::tables {

/// A regular expression in RE2's syntax, compiled once. Time is linear in the text and memory is
/// bounded, whatever the expression: it comes from a configuration, the texts from anywhere.
class Pattern {
 public:
  static constexpr std::size_t kMaxLength = 1024;  ///< bytes of the expression

  /// kInvalidArgument, with what is wrong and where, if it is none or too large.
  static Result<Pattern> compile(std::string_view expression);

  /// Whether it matches anywhere in `text`; ^ and $ tie it to the ends. Bytes that are not UTF-8
  /// match nothing.
  bool matches(std::string_view text) const;

 private:
  explicit Pattern(std::shared_ptr<const re2::RE2> compiled);
  std::shared_ptr<const re2::RE2> compiled_;
};

}  // namespace leeway::tables
