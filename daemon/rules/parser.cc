#include "daemon/rules/parser.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <utility>

#include "daemon/rules/check.h"
#include "daemon/rules/quote.h"

namespace leeway::rules {
namespace {

template <class T>
using Parsed = tl::expected<T, ParseError>;

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_of_word(char c) { return is_letter(c) || is_digit(c) || c == '.'; }
bool is_of_operand(char c) { return is_of_word(c) || c == '+' || c == '-' || c == '%'; }

/// How other languages write what we write as words.
std::string help_for_stranger(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kStrangers{{
      {"&", "write 'and'"},
      {"|", "write 'or'"},
      {"!", "write 'not'"},
      {"=", "write '=='"},
      {"AND", "write 'and'"},
      {"OR", "write 'or'"},
  }};
  for (const auto& [stranger, help] : kStrangers) {
    if (text.starts_with(stranger)) return std::string(help);
  }
  return {};
}

std::optional<double> number(std::string_view text) {
  double value = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value)) return {};
  return value;
}

/// Recursive descent over the text itself; each function takes what its rule of the grammar names.
class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Parsed<Expression> whole() {
    auto expression = disjunction();
    if (!expression) return expression;
    skip_blanks();
    if (at_ == text_.size()) return expression;
    const std::string help = help_for_stranger(text_.substr(at_));
    return refuse(at_, "expected 'and', 'or' or the end, found " + found(),
                  peek() == ')' ? "there is no '(' for it" : help);
  }

 private:
  Parsed<Expression> disjunction() {
    return junction("or", &Parser::conjunction, &Expression::any_of);
  }
  Parsed<Expression> conjunction() { return junction("and", &Parser::unary, &Expression::all_of); }

  Parsed<Expression> junction(std::string_view word, Parsed<Expression> (Parser::*operand)(),
                              Expression (*join)(std::vector<Expression>)) {
    auto first = (this->*operand)();
    if (!first) return first;
    std::vector<Expression> operands{std::move(*first)};
    while (take_word(word)) {
      auto next = (this->*operand)();
      if (!next) return next;
      operands.push_back(std::move(*next));
    }
    return operands.size() == 1 ? std::move(operands.front()) : join(std::move(operands));
  }

  Parsed<Expression> unary() {
    if (!take_word("not")) return primary();
    auto operand = primary();
    if (!operand) return operand;
    return Expression::negation(std::move(*operand));
  }

  Parsed<Expression> primary() {
    skip_blanks();
    const std::size_t open = at_;
    if (!take('(')) return test();
    if (++depth_ > kMaxDepth) {
      return refuse(open, "parentheses nest more than " + std::to_string(kMaxDepth) + " deep",
                    "split the condition into several rules");
    }
    auto inner = disjunction();
    if (!inner) return inner;
    if (!take(')')) return refuse(at_, "expected ')', found " + found(), opened_at(open));
    --depth_;
    return inner;
  }

  Parsed<Expression> test() {
    Test test;
    skip_blanks();
    const std::size_t start = at_;
    const bool quantified = take_quantifier(test.quantifier);
    const std::size_t open = at_ - 1;
    const Path* path = nullptr;
    if (auto error = take_path(test, path)) return tl::unexpected(std::move(*error));
    if (auto error = take_selector(test, *path)) return tl::unexpected(std::move(*error));
    if (quantified && !take(')')) {
      return refuse(at_, "expected ')', found " + found(), opened_at(open));
    }
    if (auto error = take_comparison(test)) return tl::unexpected(std::move(*error));
    skip_blanks();
    const std::size_t operand = at_;
    if (auto error = take_operand(test, *path)) return tl::unexpected(std::move(*error));
    if (auto fault = check(test, *path)) {
      const std::size_t column = fault->of_operand ? operand : start;
      return refuse(column, std::move(fault->message), std::move(fault->help));
    }
    return Expression(std::move(test));
  }

  bool take_quantifier(Quantifier& quantifier) {
    constexpr std::array<std::pair<std::string_view, Quantifier>, 3> kWords{
        {{"any", Quantifier::kAny}, {"all", Quantifier::kAll}, {"share", Quantifier::kShare}}};
    for (const auto& [word, meaning] : kWords) {
      const std::size_t before = at_;
      if (take_word(word) && take('(')) {
        quantifier = meaning;
        return true;
      }
      at_ = before;
    }
    return false;
  }

  std::optional<ParseError> take_path(Test& test, const Path*& path) {
    skip_blanks();
    const std::size_t start = at_;
    if (!is_letter(peek())) {
      return fault(start, "expected a name such as drift.share, found " + found(),
                   help_for_stranger(text_.substr(at_)));
    }
    while (is_of_word(peek())) ++at_;
    test.path = text_.substr(start, at_ - start);
    path = find_path(test.path);
    if (path != nullptr) return std::nullopt;
    return fault(start, "unknown path '" + test.path + "'", help_for_path(test.path));
  }

  std::optional<ParseError> take_selector(Test& test, const Path& path) {
    if (!take('{')) return std::nullopt;
    const std::size_t open = at_ - 1;
    do {
      if (auto error = take_match(test, path)) return error;
    } while (take(','));
    if (take('}')) return std::nullopt;
    return fault(at_, "expected ',' or '}', found " + found(), opened_at(open));
  }

  std::optional<ParseError> take_match(Test& test, const Path& path) {
    skip_blanks();
    const std::size_t start = at_;
    while (is_of_word(peek())) ++at_;
    Match match{.label = std::string(text_.substr(start, at_ - start)), .glob = {}};
    if (match.label.empty()) return fault(start, "expected a label, found " + found(), {});
    if (auto unfit = check_label(match.label, test, path)) {
      return fault(start, std::move(unfit->message), std::move(unfit->help));
    }
    if (!take('=')) return fault(at_, "expected '=', found " + found(), {});
    if (auto error = take_glob(match.glob)) return error;
    test.selector.push_back(std::move(match));
    return std::nullopt;
  }

  std::optional<ParseError> take_glob(std::string& glob) {
    skip_blanks();
    const std::size_t start = at_;
    const char quote = peek();
    if (quote != '"' && quote != '\'') {
      while (is_bare(peek())) ++at_;
      glob = text_.substr(start, at_ - start);
      if (!glob.empty()) return std::nullopt;
      return fault(start, "expected a name or a pattern, found " + found(),
                   "write \"\" for a label that is absent");
    }
    for (++at_; peek() != quote; ++at_) {
      if (peek() == '\\') ++at_;
      if (at_ >= text_.size()) return fault(start, "the quote does not end", {});
      glob += text_[at_];
    }
    ++at_;
    return std::nullopt;
  }

  std::optional<ParseError> take_comparison(Test& test) {
    constexpr std::array kLongestFirst{Comparison::kLessOrEqual, Comparison::kEqual,
                                       Comparison::kNotEqual,    Comparison::kGreaterOrEqual,
                                       Comparison::kLess,        Comparison::kGreater};
    skip_blanks();
    for (const Comparison comparison : kLongestFirst) {
      const std::string_view text = to_string(comparison);
      if (!text_.substr(at_).starts_with(text)) continue;
      at_ += text.size();
      test.comparison = comparison;
      return std::nullopt;
    }
    return fault(at_, "expected a comparison (< <= == != >= >), found " + found(),
                 peek() == '=' ? "write '=='" : "");
  }

  std::optional<ParseError> take_operand(Test& test, const Path& path) {
    const std::size_t start = at_;
    while (is_of_operand(peek())) ++at_;
    const std::string_view text = text_.substr(start, at_ - start);
    if (text.empty()) return fault(start, "expected a number or a duration, found " + found(), {});
    if (text == "benchmark" || text == "threshold") {
      test.operand = text == "benchmark" ? Own::kBenchmark : Own::kThreshold;
    } else if (const auto value = number(text)) {
      test.operand = *value;
    } else if (const auto duration = parse_duration(text)) {
      test.operand = *duration;
    } else {
      return fault(start, "'" + std::string(text) + "' is neither a number nor a duration",
                   help_for_operand(text, path));
    }
    return std::nullopt;
  }

  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  void skip_blanks() {
    while (at_ < text_.size() && std::string_view(" \t\r\n").find(text_[at_]) < 4) ++at_;
  }

  bool take(char wanted) {
    skip_blanks();
    if (at_ == text_.size() || text_[at_] != wanted) return false;
    ++at_;
    return true;
  }

  bool take_word(std::string_view word) {
    skip_blanks();
    const std::string_view rest = text_.substr(at_);
    if (!rest.starts_with(word)) return false;
    if (rest.size() > word.size() && is_of_word(rest[word.size()])) return false;
    at_ += word.size();
    return true;
  }

  /// What stands here, for a message: "'drift.share'", "'&'", "the end".
  std::string found() const {
    if (at_ >= text_.size()) return "the end";
    std::size_t end = at_;
    while (end < text_.size() && is_of_word(text_[end])) ++end;
    if (end == at_) ++end;
    while (end < text_.size() && (static_cast<unsigned char>(text_[end]) & 0xC0U) == 0x80U) ++end;
    return "'" + std::string(text_.substr(at_, end - at_)) + "'";
  }

  static std::string opened_at(std::size_t at) {
    return "the one at column " + std::to_string(at + 1) + " is still open";
  }

  static ParseError fault(std::size_t at, std::string message, std::string help) {
    return {.column = at + 1, .message = std::move(message), .help = std::move(help)};
  }

  static tl::unexpected<ParseError> refuse(std::size_t at, std::string message, std::string help) {
    return tl::unexpected(fault(at, std::move(message), std::move(help)));
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

}  // namespace

std::string to_string(const ParseError& error) {
  std::string text = "column " + std::to_string(error.column) + ": " + error.message;
  return error.help.empty() ? text : text + "; " + error.help;
}

tl::expected<Expression, ParseError> parse(std::string_view text) { return Parser(text).whole(); }

}  // namespace leeway::rules
