#include "collectors/endpoints/checks.h"

#include <re2/re2.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

#include "collectors/endpoints/json.h"

namespace leeway::endpoints {
namespace {

constexpr std::size_t kSearched = std::size_t{1} << 20U;
constexpr std::int64_t kExpressionMemory = std::int64_t{1} << 20U;

struct Compiled {
  Check check;
  std::unique_ptr<re2::RE2> expression{};
};

bool wants_expression(const Check& check) {
  return check.test == Check::Test::kMatches || check.test == Check::Test::kDoesNotMatch;
}

std::string subject_of(const Check& check) {
  switch (check.subject) {
    case Check::Subject::kStatus:
      return "the status";
    case Check::Subject::kHeader:
      return "header '" + check.name + "'";
    case Check::Subject::kJsonPointer:
      return "'" + check.name + "' of the body";
    case Check::Subject::kBody:
      break;
  }
  return "the body";
}

Result<> sensible(const Check& check) {
  using Subject = Check::Subject;
  const bool range = check.test == Check::Test::kRange;
  const bool wants_name =
      check.subject == Subject::kHeader || check.subject == Subject::kJsonPointer;
  if (wants_name && check.name.empty()) {
    return fail(ErrorCode::kInvalidConfig, "a check of a header or of JSON needs its name");
  }
  if (check.subject == Subject::kJsonPointer && check.name.front() != '/') {
    return fail(ErrorCode::kInvalidConfig, "JSON pointer '" + check.name + "' must begin with '/'");
  }
  if (check.subject == Subject::kStatus && !range) {
    return fail(ErrorCode::kInvalidConfig, "a status is checked by its range");
  }
  if (range && check.subject == Subject::kBody) {
    return fail(ErrorCode::kInvalidConfig, "the body as a whole has no range");
  }
  if (range && !(check.least <= check.most)) {
    return fail(ErrorCode::kInvalidConfig, "the range of " + subject_of(check) + " is empty");
  }
  return {};
}

Result<std::unique_ptr<re2::RE2>> compile_expression(const std::string& text) {
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(kExpressionMemory);
  auto expression = std::make_unique<re2::RE2>(text, options);
  if (expression->ok()) return expression;
  const auto& argument = expression->error_arg();
  return fail(ErrorCode::kInvalidConfig, "expression '" + text + "': " + expression->error() +
                                             (argument.empty() ? "" : ", at '" + argument + "'"));
}

/// What a check looks at; nothing if it is not there.
std::optional<Value> subject(const Check& check, const net::HttpResponse& response,
                             const Result<json::value>* body) {
  switch (check.subject) {
    case Check::Subject::kStatus:
      return Value(static_cast<std::int64_t>(response.status));
    case Check::Subject::kHeader: {
      const auto field = response.headers.find(check.name);
      if (!field) return std::nullopt;
      return Value(std::string(*field));
    }
    case Check::Subject::kJsonPointer: {
      const auto* found = body == nullptr || !*body ? nullptr : at_pointer(**body, check.name);
      if (found == nullptr) return std::nullopt;
      auto value = to_value(*found);
      return value ? std::optional(*value) : std::optional(Value("a list or an object"));
    }
    case Check::Subject::kBody:
      break;
  }
  return Value(response.body.substr(0, kSearched));
}

std::string plain(const Value& value) {
  const auto* text = std::get_if<std::string>(&value);
  return text == nullptr ? to_text(value) : *text;
}

std::optional<double> number_in(const Value& value) {
  const auto* text = std::get_if<std::string>(&value);
  if (text == nullptr) {
    if (std::holds_alternative<std::monostate>(value)) return std::nullopt;
    return to_number(value);
  }
  double number = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
  if (error != std::errc{} || end != text->data() + text->size()) return std::nullopt;
  return number;
}

bool equal(const Value& value, const std::string& text) {
  if (plain(value) == text) return true;
  const auto a = number_in(value);
  const auto b = number_in(Value(text));
  return a && b && *a == *b;
}

CheckResult judge(const Compiled& compiled, const Value& value) {
  const Check& check = compiled.check;
  const auto failed = [&check](const std::string& how) {
    return CheckResult{.passed = false, .sentence = subject_of(check) + " " + how};
  };
  const bool body = check.subject == Check::Subject::kBody;
  const std::string shown = body ? "" : "is " + to_text(value) + ", ";
  switch (check.test) {
    case Check::Test::kExists:
      return {};
    case Check::Test::kEquals:
      if (equal(value, check.text)) return {};
      return failed(shown + "should be '" + check.text + "'");
    case Check::Test::kMatches:
      if (re2::RE2::PartialMatch(plain(value), *compiled.expression)) return {};
      return failed(shown + "does not match '" + check.text + "'");
    case Check::Test::kDoesNotMatch:
      if (!re2::RE2::PartialMatch(plain(value), *compiled.expression)) return {};
      return failed(shown + "matches '" + check.text + "'");
    case Check::Test::kRange:
      break;
  }
  const auto number = number_in(value);
  if (number && *number >= check.least && *number <= check.most) return {};
  return failed(shown + "should be between " + to_text(check.least) + " and " +
                to_text(check.most));
}

}  // namespace

struct CompiledChecks::Impl {
  std::vector<Compiled> all;
};

CompiledChecks::CompiledChecks() : impl_(std::make_unique<Impl>()) {}
CompiledChecks::~CompiledChecks() = default;
CompiledChecks::CompiledChecks(CompiledChecks&&) noexcept = default;
CompiledChecks& CompiledChecks::operator=(CompiledChecks&&) noexcept = default;

Result<CompiledChecks> CompiledChecks::compile(std::vector<Check> checks) {
  CompiledChecks out;
  for (auto& check : checks) {
    if (auto fine = sensible(check); !fine) return fail(std::move(fine.error()));
    Compiled compiled{.check = std::move(check)};
    if (wants_expression(compiled.check)) {
      auto expression = compile_expression(compiled.check.text);
      if (!expression) return fail(std::move(expression.error()));
      compiled.expression = std::move(*expression);
    }
    out.impl_->all.push_back(std::move(compiled));
  }
  return out;
}

bool CompiledChecks::empty() const { return impl_->all.empty(); }

bool CompiledChecks::wants_status() const {
  return std::ranges::any_of(
      impl_->all, [](const Compiled& one) { return one.check.subject == Check::Subject::kStatus; });
}

std::vector<CheckResult> CompiledChecks::run(const net::HttpResponse& response) const {
  std::optional<Result<json::value>> body;
  std::vector<CheckResult> results;
  for (const auto& one : impl_->all) {
    if (one.check.subject == Check::Subject::kJsonPointer && !body) {
      body = parse_json(response.body);
    }
    const auto value = subject(one.check, response, body ? &*body : nullptr);
    if (value) {
      results.push_back(judge(one, *value));
    } else if (one.check.test != Check::Test::kDoesNotMatch) {
      const bool no_json = body && !*body && one.check.subject == Check::Subject::kJsonPointer;
      results.push_back({.passed = false,
                         .sentence = no_json ? "the body is " + body->error().message
                                             : subject_of(one.check) + " is missing"});
    } else {
      results.push_back({});
    }
  }
  return results;
}

}  // namespace leeway::endpoints
