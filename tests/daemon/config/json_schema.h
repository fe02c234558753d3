#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <string>
#include <vector>

namespace leeway::config::testing {

/// What `instance` does against the schema, as "path: keyword" lines; empty if it is valid. Knows
/// the keywords that leeway::config::schema() uses and fails on any other.
std::vector<std::string> violations(const boost::json::object& schema,
                                    const boost::json::value& instance);

/// A YAML file as an editor hands it to a JSON Schema.
boost::json::value yaml_as_json(const std::string& text);

}  // namespace leeway::config::testing
