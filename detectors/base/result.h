#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

namespace leeway {

/// What a caller can do about a failure. Few on purpose; the sentence carries the rest.
enum class ErrorCode {
  kInvalidConfig,     ///< the user changes the configuration
  kInvalidArgument,   ///< the caller asked for something that has no meaning
  kNotFound,          ///< the thing named does not exist
  kInsufficientData,  ///< neither a failure nor "no drift": wait for more rows
  kUnavailable,       ///< the world is in the way: try again
  kTimeout,           ///< a deadline passed; whether it took effect is unknown
  kCorrupt,           ///< bytes that make no sense: do not try again
  kCancelled,         ///< somebody asked to stop
};

std::string_view to_string(ErrorCode code);

/// A failure of the world, as a value. The message reads like a sentence, outermost context first.
struct Error {
  ErrorCode code = ErrorCode::kUnavailable;
  std::string message;

  /// Adds what the caller was doing: fail(...).in("reading 'a.csv'") gives "reading 'a.csv': ...".
  Error in(std::string_view context) && {
    message.insert(0, std::string(context) + ": ");
    return std::move(*this);
  }
};

/// Either a T or an Error. A class and not an alias, so that dropping one warns.
/// Test it with `if (!result)`; `value()` of tl::expected<void, E> 1.0 does not compile.
template <class T = void>
class [[nodiscard]] Result : public tl::expected<T, Error> {
 public:
  using tl::expected<T, Error>::expected;
};

inline tl::unexpected<Error> fail(ErrorCode code, std::string message) {
  return tl::unexpected<Error>(Error{code, std::move(message)});
}
inline tl::unexpected<Error> fail(Error error) { return tl::unexpected<Error>(std::move(error)); }

/// Ends the process when our own code is wrong; `why` says why the condition holds.
#define LEEWAY_ASSERT(condition, why) \
  ((condition) ? static_cast<void>(0) \
               : ::leeway::assertion_failed(#condition, why, __FILE__, __LINE__))

[[noreturn]] void assertion_failed(const char* condition, const char* why, const char* file,
                                   int line);

}  // namespace leeway
