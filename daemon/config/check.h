#pragma once

#include <string>

#include "daemon/config/diagnostics.h"
#include "daemon/config/keys.h"
#include "daemon/config/load.h"
#include "daemon/config/node.h"

namespace leeway::config {

/// Holds a normalized tree against the description of the keys: unknown keys, missing ones, wrong
/// types, values out of range. Brings good values into their final form.
class Check {
 public:
  enum class Extent {
    kWhole,  ///< everything required must be there
    kPart,   ///< a layer: what is there must be right, and "${each.KEY}" is not known yet
  };

  Check(const Checkers& checkers, Sources& sources, Diagnostics& diagnostics)
      : checkers_(checkers), sources_(sources), diagnostics_(diagnostics) {}

  void section(Node& node, const Section& section, const std::string& path, Extent extent);

 private:
  void entry(Entry& entry, const Section& section, const std::string& path, Extent extent);
  void unknown(const Entry& entry, const Section& section, const std::string& path);
  void required(const Node& node, const Section& section, const std::string& path);
  void alternatives(const Node& node, const Section& section, const std::string& path,
                    Extent extent);
  void value(Node& node, const Key& key, const Section& section, const std::string& path,
             Extent extent);
  void list(Node& node, const Key& key, const Section& section, const std::string& path,
            Extent extent);
  void named(Node& node, const Key& key, const Section& section, const std::string& path,
             Extent extent);
  void named_key(const Entry& entry, const Key& key, const std::string& path);
  void header(const Entry& entry, const std::string& path);
  void one(Node& node, const Key& key, const Section& section, const std::string& path,
           Extent extent);

  const Checkers& checkers_;
  Sources& sources_;
  Diagnostics& diagnostics_;
};

}  // namespace leeway::config
