#pragma once

#include "daemon/config/keys.h"
#include "daemon/config/node.h"

namespace leeway::config {

/// Writes short forms out: a bare value becomes the section that it stands for, and one item a
/// list. After that a layer can be merged. What does not fit is left for the check to complain
/// about.
void normalize(Node& node, const Section& section);

/// `upper` laid over `lower`, both normalized: sections merge key by key, lists with merge_by item
/// by item, everything else replaces; a null removes what is below it. Each value keeps its place.
Node merge(Node lower, Node upper, const Section& section);

/// Removes every null of a map, at any depth: what is left empty is not there.
void prune(Node& node);

}  // namespace leeway::config
