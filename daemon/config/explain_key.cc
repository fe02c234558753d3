#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/config/key_text.h"
#include "daemon/config/keys.h"
#include "daemon/config/load.h"
#include "detectors/base/names.h"

namespace leeway::config {
namespace {

std::string plain(std::string markdown) {
  std::erase(markdown, '`');
  std::erase(markdown, '*');
  return markdown;
}

std::vector<std::string> split(std::string_view path) {
  std::vector<std::string> words(1);
  for (const char c : path) {
    if (c == '.') {
      words.emplace_back();
    } else {
      words.back() += c;
    }
  }
  for (std::string& word : words) word = word.substr(0, word.find('['));
  return words;
}

Error unknown(const std::string& word, const Section& section) {
  std::vector<std::string_view> names;
  for (const Key& key : section.keys) names.push_back(key.name);
  const auto nearest = nearest_name(word, names);
  const std::string where =
      section.name.empty() ? std::string("a file") : "'" + std::string(section.name) + "'";
  std::string message = where + " has no key '" + word + "'";
  if (nearest) message += "; did you mean '" + *nearest + "'?";
  return {ErrorCode::kNotFound, std::move(message)};
}

void add_line(std::string& out, std::string_view what, const std::string& text) {
  if (!text.empty()) out += "  " + std::string(what) + plain(text) + "\n";
}

void add_keys(std::string& out, const Section& section) {
  std::size_t width = 0;
  for (const Key& key : section.keys) width = std::max(width, key.name.size());
  for (const Key& key : section.keys) {
    out += "    " + std::string(key.name) + std::string(width + 2 - key.name.size(), ' ') +
           std::string(key.sentence) + "\n";
  }
}

}  // namespace

Result<std::string> explain_key(std::string_view path) {
  std::vector<std::string> words = split(path);
  const Section* section = &kRoot;
  // The keys of a model may be written as they are in a model.
  if (kRoot.find(words.front()) == nullptr && kModel.find(words.front()) != nullptr) {
    section = &kModel;
  }
  const Key* key = nullptr;
  for (std::size_t at = 0; at < words.size(); ++at) {
    if (section == nullptr) {
      return fail(ErrorCode::kNotFound,
                  "'" + std::string(key->name) + "' is a value and has no keys");
    }
    key = section->find(words[at]);
    if (key == nullptr) return fail(unknown(words[at], *section));
    section = key->section;
    const bool name_follows = key->shape == Shape::kNamed && section != nullptr;
    if (name_follows && at + 1 < words.size()) ++at;  // the user's own name
  }
  std::string out = std::string(path) + "\n  " + std::string(key->sentence) + "\n";
  add_line(out, "type     ", type_text(*key));
  add_line(out, "default  ", default_text(*key));
  add_line(out, "range    ", range_text(*key));
  if (section != nullptr) add_keys(out, *section);
  return out;
}

}  // namespace leeway::config
