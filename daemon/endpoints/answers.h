#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "collectors/endpoints/probe.h"
#include "detectors/base/result.h"

namespace leeway::endpoint {

/// What an answer of a model is.
enum class AnswerKind {
  kClass,   ///< equal or not
  kNumber,  ///< a predicted value: near or not
  kScore,   ///< how likely, or how high: near or not
};

std::string_view to_string(AnswerKind kind);  ///< "class", "number", "score"
std::optional<AnswerKind> answer_kind(std::string_view name);

/// One answer to one row: a number, or a class by its name; std::monostate: there is none.
using Answer = std::variant<std::monostate, double, std::string>;

/// Truth values are the classes "1" and "0" and whole numbers have no point, so that `true`, 1, 1.0
/// and "True" are one class whoever wrote them. A number that is not finite is none.
Answer answer_of(const endpoints::Value& value, AnswerKind kind);

/// |second - first| <= absolute + relative * |first|, or the same class. Nothing agrees with none.
bool agree(const Answer& first, const Answer& second, double absolute, double relative);

/// Which value of what a model answers is meant.
struct Picking {
  std::string output;                   ///< empty: the one that fits
  std::optional<std::size_t> position;  ///< of an output with several values
  std::string column;  ///< that records such answers; an output of its name fits; may be empty
  std::optional<AnswerKind> kind;  ///< nothing: told by the values, numbers with a fraction or not
};

struct Picked {
  AnswerKind kind = AnswerKind::kClass;
  std::vector<Answer> answers;  ///< one a row
};

/// kInvalidArgument, with what to write into the configuration, if the answer leaves open which
/// value is meant, or has none of it.
Result<Picked> pick(const std::vector<endpoints::Output>& outputs, const Picking& picking);

/// The kind of values of which nobody said it: kNumber if all are numbers and one has a fraction,
/// else kClass.
AnswerKind kind_of(const std::vector<endpoints::Value>& values);

/// An answer with what it is compared with, as it waits for its label.
struct KeptAnswers {
  AnswerKind kind = AnswerKind::kClass;
  Answer recorded;              ///< by the batch
  std::vector<Answer> answers;  ///< of each server that was asked
  std::uint64_t asked = 0;      ///< hash of whom: those of others are not compared with them

  std::string serialize() const;
  /// kCorrupt for anything that serialize() does not write.
  static Result<KeptAnswers> parse(std::string_view text);

  bool operator==(const KeptAnswers&) const = default;
};

}  // namespace leeway::endpoint
