#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "detectors/base/result.h"
#include "detectors/base/time.h"

namespace leeway::config {

using leeway::to_string;  // the overloads below would hide it

/// An amount of memory or disk.
struct ByteSize {
  std::uint64_t bytes = 0;

  auto operator<=>(const ByteSize&) const = default;
};

/// "64MiB", "10GiB", "500MB", "4096B": units B kB MB GB TB KiB MiB GiB TiB, no sign, no fraction.
Result<ByteSize> parse_size(std::string_view text);

/// The shortest form that parse_size reads back: "10GiB", "1500B".
std::string to_string(ByteSize size);

/// At most or about so many in so much time: "3 per week". A month has 30 days, a year 365.
struct Rate {
  double count = 0.0;
  Duration per{0};

  bool operator==(const Rate&) const = default;
};

/// "N per hour | day | week | month | year", N >= 0; fractions are allowed.
Result<Rate> parse_rate(std::string_view text);
std::string to_string(const Rate& rate);

/// How long a condition must hold before a rule fires: closed windows or clock time, never both.
struct Hold {
  std::uint32_t windows = 0;
  Duration duration{0};

  bool operator==(const Hold&) const = default;
};

/// "2 windows", "1 window", or a duration.
Result<Hold> parse_hold(std::string_view text);
std::string to_string(const Hold& hold);

/// Where the HTTP server listens; port 0 lets the system choose.
struct Endpoint {
  std::string host;  ///< a name or an address, IPv6 without brackets
  std::uint16_t port = 0;

  bool operator==(const Endpoint&) const = default;
};

/// "127.0.0.1:9960", "[::1]:9960", "localhost:0".
Result<Endpoint> parse_endpoint(std::string_view text);
std::string to_string(const Endpoint& endpoint);
bool is_loopback(const Endpoint& endpoint);

/// Text whose secret parts are kept elsewhere: "Bearer ${credential:token}". It holds where they
/// are read from, never what was read, so it can be printed, compared and kept for years.
class Secret {
 public:
  enum class Source { kLiteral, kCredential, kFile, kEnvironment };
  struct Part {
    Source source = Source::kLiteral;
    std::string text;  ///< the literal, the credential's name, the path, or the variable's name

    bool operator==(const Part&) const = default;
  };

  Secret() = default;

  /// @param text  with references "${credential:NAME}", "${file:PATH}", "${env:NAME}"; "$$" is a
  /// dollar
  /// @param base  folder that a relative PATH is relative to
  static Result<Secret> parse(std::string_view text, std::string_view base = {});

  /// Reads every part again, so that a rotated secret counts from its next use. One line end at the
  /// end of a credential or file is not part of it.
  /// @return kNotFound if a part is missing, kInvalidConfig if it is larger than 64 KiB or empty.
  /// May block on a disk.
  Result<std::string> read() const;

  bool empty() const { return parts_.empty(); }
  bool is_literal() const;    ///< holds no secret at all
  bool is_reference() const;  ///< is one reference and nothing else
  const std::vector<Part>& parts() const { return parts_; }

  bool operator==(const Secret&) const = default;

 private:
  std::vector<Part> parts_;
};

/// For people: literals as they are, each secret part as "<secret>".
std::string to_string(const Secret& secret);

}  // namespace leeway::config
