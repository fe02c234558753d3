#include "daemon/rules/facts.h"

#include "daemon/rules/paths.h"
#include "daemon/rules/quote.h"
#include "detectors/base/result.h"

namespace leeway::rules {

std::string_view Fact::label(std::string_view name) const {
  const auto found = labels.find(name);
  return found == labels.end() ? std::string_view{} : std::string_view(found->second);
}

std::string Fact::key() const {
  std::string key = path;
  char separator = '{';
  for (const auto& [name, text] : labels) {
    // Why a column's state is what it is may change from window to window.
    if (name == "measure" && labels.contains("column")) continue;
    key += separator + name + '=' + quoted(text);
    separator = ',';
  }
  if (separator == ',') key += '}';
  return key;
}

void Facts::add(Fact fact) {
  LEEWAY_ASSERT(find_path(fact.path) != nullptr, "facts are only made for paths of the table");
  by_path_[fact.path].push_back(std::move(fact));
}

std::span<const Fact> Facts::at(std::string_view path) const {
  const auto found = by_path_.find(path);
  if (found == by_path_.end()) return {};
  return found->second;
}

}  // namespace leeway::rules
