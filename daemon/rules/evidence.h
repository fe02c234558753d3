#pragma once

#include <set>
#include <string>
#include <vector>

#include "daemon/rules/facts.h"

namespace leeway::rules {

/// What a person wants to read of the facts that made a condition true: for a state the measure
/// behind it ("psi of delay" for "drift.state"), for a share or a number of drifted columns also
/// the columns. Each fact once; those of the model first, then columns, the furthest beyond its
/// threshold first.
std::vector<Fact> explain(const std::vector<Fact>& matching, const Facts& facts);

/// The facts of those keys as they are now; a fact that no longer exists is left out.
std::vector<Fact> lookup(const std::set<std::string, std::less<>>& keys, const Facts& facts);

}  // namespace leeway::rules
