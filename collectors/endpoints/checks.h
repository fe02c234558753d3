#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/endpoints/rows.h"
#include "collectors/net/http_client.h"
#include "detectors/base/result.h"

namespace leeway::endpoints {

/// What an answer must look like to count as up, besides what the protocol itself asks for.
struct Check {
  enum class Subject {
    kStatus,       ///< the status is in [least, most]
    kHeader,       ///< the field `name`
    kJsonPointer,  ///< the value at the RFC 6901 pointer `name` of a JSON body
    kBody,         ///< the body as text
  };
  enum class Test {
    kExists,
    kEquals,   ///< `text`, or its number if both are numbers
    kMatches,  ///< the RE2 expression `text` matches somewhere
    kDoesNotMatch,
    kRange,  ///< the number is in [least, most]
  };
  Subject subject = Subject::kStatus;
  Test test = Test::kRange;
  std::string name{};
  std::string text{};
  double least = 200;
  double most = 299;
};

/// What one check came to.
struct CheckResult {
  bool passed = true;
  std::string sentence{};  ///< why it failed: "the body does not match 'ready'"
};

/// Checks with their expressions compiled. RE2 needs time linear in the body, whatever the
/// expression; of a body at most the first MiB is searched.
class CompiledChecks {
 public:
  /// kInvalidConfig for an expression that RE2 does not take (it names the place), for a pointer
  /// that does not begin with '/', and for a test that the subject cannot have.
  static Result<CompiledChecks> compile(std::vector<Check> checks);

  CompiledChecks();
  ~CompiledChecks();
  CompiledChecks(CompiledChecks&&) noexcept;
  CompiledChecks& operator=(CompiledChecks&&) noexcept;

  bool empty() const;
  bool wants_status() const;  ///< a check decides on the status, so the protocol does not

  /// One result for each check, in their order.
  std::vector<CheckResult> run(const net::HttpResponse& response) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace leeway::endpoints
