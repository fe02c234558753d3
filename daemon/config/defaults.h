#pragma once

#include <unordered_map>

#include "daemon/config/keys.h"
#include "daemon/config/load.h"
#include "daemon/config/node.h"

namespace leeway::config {

/// Fills in what nobody wrote. Defaults have no place, which is how `config show` knows them.
class Defaults {
 public:
  explicit Defaults(const Variables& variables) : variables_(variables) {}

  void complete_model(Node& model);
  /// @param retraining_targets  names that no incident goes to when there are no routes
  void complete_root(Node& root, const std::vector<std::string>& retraining_targets);

 private:
  void complete(Node& node, const Section& section);
  const Node& fallback(const Key& key);

  const Variables& variables_;
  std::unordered_map<std::string_view, Node> parsed_;  ///< by the text of the fallback
};

}  // namespace leeway::config
