#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace leeway::tests {

/// One line that is not as STYLE has it.
struct Complaint {
  std::string path;
  std::size_t line = 0;  ///< from 1; 0: the file as a whole
  std::string message;

  bool operator==(const Complaint&) const = default;
};

std::string to_string(const Complaint& complaint);  ///< "daemon/x.cc:12: ..."

using Complaints = std::vector<Complaint>;

/// `#include` of one line, with what it names.
struct Include {
  std::size_t line = 0;
  std::string target;
  bool quoted = false;  ///< "ours", not <theirs>
};

std::vector<Include> includes_of(std::string_view text);

// Each check looks at one file by its path from the root and its text. A check that does not
// concern the file finds nothing.

/// daemon -> collectors -> detectors, tests -> all; between the rooms of a layer as kRooms lists.
Complaints check_direction(std::string_view path, std::string_view text);

/// detectors/ has no I/O, clock, thread, log or randomness of its own, and includes only std and
/// the libraries for numbers.
Complaints check_purity(std::string_view path, std::string_view text);

/// Each library that is wrapped is included in its one place.
Complaints check_wrapping(std::string_view path, std::string_view text);

/// No file of source is longer than 600 lines.
Complaints check_length(std::string_view path, std::string_view text);

/// An open question is an issue, not a note in the source.
Complaints check_open_questions(std::string_view path, std::string_view text);

/// A header has `#pragma once`, and a comment before its first class; one without classes has one
/// somewhere.
Complaints check_header(std::string_view path, std::string_view text);

/// Nothing in namespace std, no coroutine without an owner, no sleeping test.
Complaints check_habits(std::string_view path, std::string_view text);

/// The top level is as the project's owner drew it.
Complaints check_top_level(const std::vector<std::string>& entries);

/// All checks of one file.
Complaints check_file(std::string_view path, std::string_view text);

}  // namespace leeway::tests
