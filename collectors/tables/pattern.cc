#include "collectors/tables/pattern.h"

#include <re2/re2.h>

#include <utility>

namespace leeway::tables {
namespace {

constexpr std::int64_t kMaxMemory = std::int64_t{1} << 20;  // bytes of program and of states

std::string reason_of(const re2::RE2& compiled) {
  std::string reason = compiled.error();
  if (!compiled.error_arg().empty()) {
    reason += reason.find(compiled.error_arg()) == std::string::npos
                  ? " at '" + compiled.error_arg() + "'"
                  : "";
  }
  return reason;
}

}  // namespace

Pattern::Pattern(std::shared_ptr<const re2::RE2> compiled) : compiled_(std::move(compiled)) {}

Result<Pattern> Pattern::compile(std::string_view expression) {
  if (expression.size() > kMaxLength) {
    return fail(ErrorCode::kInvalidArgument,
                "the regular expression is longer than " + std::to_string(kMaxLength) + " bytes");
  }
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(kMaxMemory);
  auto compiled = std::make_shared<const re2::RE2>(
      re2::StringPiece(expression.data(), expression.size()), options);
  if (!compiled->ok()) {
    return fail(ErrorCode::kInvalidArgument,
                "is no regular expression of RE2: " + reason_of(*compiled));
  }
  return Pattern(std::move(compiled));
}

bool Pattern::matches(std::string_view text) const {
  return re2::RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *compiled_);
}

}  // namespace leeway::tables
