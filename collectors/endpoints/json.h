#pragma once

#include <boost/json/value.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/endpoints/rows.h"
#include "detectors/base/result.h"

namespace leeway::endpoints {

namespace json = boost::json;

/// Parses JSON, also with the bare tokens NaN, Infinity and -Infinity that TensorFlow Serving and
/// Python's json module write. They become strings that only to_value() knows.
/// kCorrupt, with the place, for anything else that is no JSON; at most 64 levels deep.
Result<json::value> parse_json(std::string_view text);

/// The cell that a scalar stands for; kCorrupt for an array or an object.
Result<Value> to_value(const json::value& value);

json::value from_value(const Value& value);

/// Null unless `value` is an object that has it.
const json::value* member(const json::value* value, std::string_view key);

/// A member that is text, or a number written as text; empty if it is neither.
std::string text_of(const json::value* value);

/// Unsigned, also where it is written as text or with ".0"; 0 for anything else.
std::uint64_t count_of(const json::value* value);

/// What a JSON pointer (RFC 6901) points to; null for nothing.
const json::value* at_pointer(const json::value& root, std::string_view pointer);

/// The outputs in an answer that has no names of its own: a list of scalars, of lists (nested ones
/// are flattened) or of objects, an object of any of these, or one scalar. `rows` is how many were
/// asked about; 0: not known, then the outermost list decides.
/// kCorrupt if it is none of these or has another number of rows.
Result<std::vector<Output>> read_outputs(const json::value& value, std::size_t rows,
                                         std::string_view name = "predictions");

/// Rows as a list of lists, and as a list of objects.
json::value cells_of(const Rows& rows);
json::value records_of(const Rows& rows);

}  // namespace leeway::endpoints
