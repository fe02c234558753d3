#include "daemon/config/check.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <vector>

#include "daemon/config/value_check.h"

namespace leeway::config {
namespace {

std::vector<std::string_view> names_of(std::span<const Key> keys) {
  std::vector<std::string_view> names;
  for (const Key& key : keys) names.push_back(key.name);
  return names;
}

std::string quoted_list(const std::vector<std::string_view>& names) {
  std::string out;
  for (const auto name : names) out += (out.empty() ? "'" : ", '") + std::string(name) + "'";
  return out;
}

std::vector<std::string_view> alternatives_of(const Section& section) {
  std::vector<std::string_view> names;
  for (const Key& key : section.keys) {
    if (key.alternative) names.push_back(key.name);
  }
  return names;
}

/// "Where it is." becomes "where it is".
std::string as_clause(std::string_view sentence) {
  std::string clause(sentence);
  if (clause.front() >= 'A' && clause.front() <= 'Z')
    clause.front() = static_cast<char>(clause.front() + ('a' - 'A'));
  if (clause.ends_with('.')) clause.pop_back();
  return clause;
}

/// Where a model has this key one level down: "window" for 'grace'.
std::string_view home_of(std::string_view name) {
  for (const Key& key : kModel.keys) {
    if (key.section != nullptr && key.shape == Shape::kOne && key.section->find(name) != nullptr)
      return key.name;
  }
  return {};
}

bool is_token(std::string_view text) {
  static constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    const bool alphanumeric =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    return alphanumeric || kMarks.find(c) != std::string_view::npos;
  });
}

/// Whether a header of this name carries a secret by its meaning.
bool is_sensitive(std::string_view header) {
  std::string lower(header);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  });
  constexpr std::string_view kWords[] = {"authorization", "cookie",  "token", "secret",
                                         "password",      "api-key", "apikey"};
  return std::any_of(std::begin(kWords), std::end(kWords), [&lower](std::string_view word) {
    return lower.find(word) != std::string::npos;
  });
}

}  // namespace

void Check::section(Node& node, const Section& section, const std::string& path, Extent extent) {
  if (!node.is_map()) {
    diagnostics_.add(node.place, path,
                     "expected a section with " + quoted_list(names_of(section.keys)) + ", got " +
                         std::string(what(node)));
    return;
  }
  for (Entry& one_entry : node.entries) entry(one_entry, section, path, extent);
  alternatives(node, section, path, extent);
  if (extent == Extent::kWhole) required(node, section, path);
}

void Check::entry(Entry& entry, const Section& section, const std::string& path, Extent extent) {
  const Key* key = section.find(entry.key);
  if (key == nullptr) return unknown(entry, section, path);
  if (key->own && extent == Extent::kPart) {
    diagnostics_.add(entry.place, path,
                     "'" + entry.key + "' belongs to a model itself and is not inherited");
    return;
  }
  if (!entry.value.is_null()) value(entry.value, *key, section, join(path, entry.key), extent);
}

void Check::unknown(const Entry& entry, const Section& section, const std::string& path) {
  if (is_planned(section.name, entry.key)) {
    diagnostics_.add(entry.place, path, not_available(entry.key));
    return;
  }
  std::string help = suggestion(entry.key, names_of(section.keys));
  if (help.empty() && &section == &kModel && !home_of(entry.key).empty()) {
    help = "; it belongs under '" + std::string(home_of(entry.key)) + "'";
  }
  if (help.empty()) help = "; known are " + quoted_list(names_of(section.keys));
  // It may be a secret whose key is misspelt.
  const bool secrets = std::any_of(section.keys.begin(), section.keys.end(),
                                   [](const Key& key) { return key.type == Type::kSecret; });
  if (secrets) sources_.hide(entry.value.place);
  diagnostics_.add(entry.place, path, "unknown key '" + entry.key + "'" + help);
}

void Check::required(const Node& node, const Section& section, const std::string& path) {
  for (const Key& key : section.keys) {
    if (!key.required) continue;
    const Node* found = node.find(key.name);
    if (found != nullptr && !found->is_null()) continue;
    diagnostics_.add(node.place, path,
                     "'" + std::string(key.name) + "' is missing: " + as_clause(key.sentence));
  }
}

void Check::alternatives(const Node& node, const Section& section, const std::string& path,
                         Extent extent) {
  const Entry* first = nullptr;
  for (const Entry& entry : node.entries) {
    const Key* key = section.find(entry.key);
    if (key == nullptr || !key->alternative || entry.value.is_null()) continue;
    if (first != nullptr) {
      diagnostics_.add(entry.place, path,
                       "'" + entry.key + "' and '" + first->key + "' exclude each other");
    } else {
      first = &entry;
    }
  }
  const bool has_unknown =
      std::any_of(node.entries.begin(), node.entries.end(),
                  [&section](const Entry& entry) { return section.find(entry.key) == nullptr; });
  if (extent == Extent::kWhole && section.one_alternative && first == nullptr && !has_unknown) {
    const auto names = alternatives_of(section);
    diagnostics_.add(node.place, path,
                     (names.size() > 1 ? "one of " : "") + quoted_list(names) + " is missing");
  }
}

void Check::value(Node& node, const Key& key, const Section& section, const std::string& path,
                  Extent extent) {
  if (key.type == Type::kForEach) return;  // its own reader has looked at it
  const Extent inner = key.partial ? Extent::kPart : extent;
  switch (key.shape) {
    case Shape::kOne:
      return one(node, key, section, path, inner);
    case Shape::kList:
      return list(node, key, section, path, inner);
    case Shape::kNamed:
      return named(node, key, section, path, inner);
  }
}

void Check::list(Node& node, const Key& key, const Section& section, const std::string& path,
                 Extent extent) {
  if (!node.is_list()) {
    diagnostics_.add(node.place, path, "expected a list, got " + std::string(what(node)));
    return;
  }
  if (key.nonempty && node.items.empty()) diagnostics_.add(node.place, path, "the list is empty");
  std::set<std::string_view> seen;
  for (std::size_t i = 0; i < node.items.size(); ++i) {
    Node& item = node.items[i];
    one(item, key, section, join(path, i), extent);
    const Node* name = key.merge_by.empty() ? &item : item.find(key.merge_by);
    const bool unique = key.type == Type::kChoice || !key.merge_by.empty();
    if (unique && name != nullptr && name->is_scalar() && !seen.insert(name->text).second) {
      diagnostics_.add(name->place, join(path, i), "'" + name->text + "' stands here twice");
    }
  }
}

void Check::named(Node& node, const Key& key, const Section& section, const std::string& path,
                  Extent extent) {
  if (!key.word.empty() && node.is_scalar()) {
    if (node.text == key.word) return;
    diagnostics_.add(
        node.place, path,
        "expected '" + std::string(key.word) + "' or a section, got '" + node.text + "'");
    return;
  }
  if (!node.is_map()) {
    diagnostics_.add(node.place, path, "expected a section, got " + std::string(what(node)));
    return;
  }
  std::set<std::string_view> seen;
  for (Entry& entry : node.entries) {
    // A file cannot repeat a key; two that come from `for_each` can turn out equal.
    if (!seen.insert(entry.key).second)
      diagnostics_.add(entry.place, path, "'" + entry.key + "' stands here twice");
    named_key(entry, key, path);
    if (!entry.value.is_null()) one(entry.value, key, section, join(path, entry.key), extent);
  }
}

void Check::named_key(const Entry& entry, const Key& key, const std::string& path) {
  if (key.plain_names && !is_plain_name(entry.key)) {
    diagnostics_.add(entry.place, path,
                     "'" + entry.key + "' is not a name: letters, digits, '.', '_' and '-'");
  }
  if (key.type == Type::kHidden) header(entry, path);
  if (key.section == nullptr || key.choices.empty()) return;
  if (std::find(key.choices.begin(), key.choices.end(), entry.key) != key.choices.end()) return;
  if (is_planned(key.section->name, entry.key)) {
    diagnostics_.add(entry.place, path, not_available(entry.key));
    return;
  }
  const std::vector<std::string_view> known(key.choices.begin(), key.choices.end());
  const std::string help = suggestion(entry.key, known);
  diagnostics_.add(entry.place, path,
                   "unknown key '" + entry.key + "'" +
                       (help.empty() ? "; known are " + quoted_list(known) : help));
}

void Check::header(const Entry& entry, const std::string& path) {
  if (!is_token(entry.key)) {
    diagnostics_.add(entry.place, path, "'" + entry.key + "' is not the name of a header");
    return;
  }
  const auto secret = Secret::parse(entry.value.text);
  if (!is_sensitive(entry.key) || !entry.value.is_scalar() || !secret || !secret->is_literal())
    return;
  sources_.hide(entry.value.place);
  diagnostics_.add(
      entry.place, path,
      "header '" + entry.key +
          "' holds a secret, which is not written here but referred to: ${credential:NAME}");
}

void Check::one(Node& node, const Key& key, const Section& section, const std::string& path,
                Extent extent) {
  if (key.type == Type::kSection) return this->section(node, *key.section, path, extent);
  if (!node.is_scalar()) {
    if (node.is_map() && !node.entries.empty() &&
        is_planned(join(std::string(section.name), key.name), node.entries[0].key)) {
      diagnostics_.add(node.entries[0].place, path, not_available(node.entries[0].key));
    } else {
      diagnostics_.add(node.place, path,
                       "expected " + expectation(key) + ", got " + std::string(what(node)));
    }
    return;
  }
  if (extent == Extent::kPart && node.text.find("${each.") != std::string::npos) return;
  const std::string written = node.text;
  const auto problem = check_value(node, key, section.name, checkers_, sources_);
  if (!problem) return;
  Place place = node.place;
  if (problem->column > 1) {
    // Inside the text, as long as the text stands in the file as it is.
    const std::string_view line = sources_.line(place);
    const std::size_t start = place.column - 1 + (node.quoted ? 1 : 0);
    const bool as_written = start < line.size() && line.substr(start).starts_with(written);
    if (as_written) place.column = static_cast<std::uint32_t>(start + problem->column);
  }
  diagnostics_.add(place, path, problem->sentence);
}

}  // namespace leeway::config
