#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "detectors/base/bytes.h"
#include "detectors/base/result.h"

namespace leeway {

enum class ParameterType { kNumber, kInteger, kSwitch, kChoice };

/// What a parameter holds, as a user gives it.
using ParameterValue = std::variant<double, bool, std::string_view>;

/// One parameter of a detector, described once: validation, the suggestion for a typo and the
/// documentation come from here.
struct Parameter {
  std::string_view name;
  ParameterType type = ParameterType::kNumber;
  std::optional<ParameterValue> otherwise{};  ///< the default; without one it has to be given
  double least = -std::numeric_limits<double>::infinity();
  double most = std::numeric_limits<double>::infinity();
  bool open = false;  ///< least and most themselves are out of range
  std::string_view unit{};
  std::string_view sentence{};
  std::span<const std::string_view> choices{};
};

/// "> 0", "between 1 and 10 (exclusive)", "one of both, up, down"; empty if everything is in range.
std::string range_of(const Parameter& parameter);

/// The values of all parameters of a detector: those that were given, checked, else the defaults.
/// What is asked for by name must exist and have that type.
class Parameters {
 public:
  using Given = std::map<std::string, ParameterValue, std::less<>>;

  /// kInvalidConfig, with one sentence for each name that is unknown, value of a wrong type or out
  /// of range, and value that is missing.
  static Result<Parameters> check(std::span<const Parameter> known, const Given& given);

  double number(std::string_view name) const;
  std::uint64_t integer(std::string_view name) const;
  bool on(std::string_view name) const;
  std::string_view choice(std::string_view name) const;

  void write(ByteWriter& out) const;
  /// kCorrupt if the bytes make no sense, else as check().
  static Result<Parameters> read(std::span<const Parameter> known, ByteReader& in);

 private:
  const ParameterValue& value(std::string_view name) const;

  std::map<std::string_view, ParameterValue> values_;  // views into what describes them
};

}  // namespace leeway
