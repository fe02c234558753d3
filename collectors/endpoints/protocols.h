#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace leeway::endpoints {

class Dialect;

/// One way of talking to a model server.
struct Protocol {
  std::string_view name;
  std::string_view sentence;  ///< what it speaks to, for the reference page
  std::string_view url;       ///< what the URL may be, with an example
  bool needs_model;           ///< a name, from the URL or the key `model`
  bool has_metadata;
  bool scores_rows;            ///< golden rows, canary and shadow are possible
  std::string_view signature;  ///< what the key `signature` means; empty: nothing
  std::unique_ptr<Dialect> (*make)();
};

/// All of them, in the order of the reference page.
std::span<const Protocol> protocols();

/// Null if there is none of that name.
const Protocol* find_protocol(std::string_view name);

}  // namespace leeway::endpoints
