#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

namespace leeway::vectors {

/// The values of a generator spec, as vectors/generators.json defines them to the last bit; null
/// for missing ones. Empty for a spec of an unknown kind.
boost::json::array generate(const boost::json::object& spec);

}  // namespace leeway::vectors
