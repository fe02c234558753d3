#include "daemon/config/include.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <set>
#include <utility>

#include "daemon/config/files.h"
#include "daemon/config/keys.h"
#include "daemon/config/value_check.h"
#include "daemon/config/yaml.h"

namespace leeway::config {
namespace {

class Reader {
 public:
  Reader(Sources& sources, Diagnostics& diagnostics)
      : sources_(sources), diagnostics_(diagnostics) {}

  Result<Files> read(const std::string& path) {
    auto text = read_text(path, kFileBytes);
    if (!text) return fail(std::move(text.error()));
    chain_.push_back(canonical(path));
    seen_.insert(chain_.back());
    files_.root = Node::map({.file = 0, .line = 1, .column = 1});
    if (auto root = parse(path, std::move(*text))) {
      files_.root = std::move(*root);
      const bool has_models = files_.root.find("models") != nullptr;
      if (!has_models && files_.root.find("include") == nullptr) {
        diagnostics_.add(files_.root.place, {}, "'models' is missing: the models that are watched");
      }
      take_models(files_.root);
      follow(files_.root);
    }
    return std::move(files_);
  }

 private:
  /// A file's top level; nothing if it cannot be used at all.
  std::optional<Node> parse(const std::string& path, std::string text) {
    const std::uint32_t file = sources_.add(path, std::move(text));
    auto root = parse_yaml(sources_, file, diagnostics_);
    if (!root) return std::nullopt;
    if (root->is_null()) return Node::map(root->place);
    if (root->is_map()) return root;
    diagnostics_.add(root->place, {},
                     "expected keys like 'models', got " + std::string(what(*root)));
    return std::nullopt;
  }

  void take_models(Node& root) {
    Node models = root.take("models");
    if (models.is_null()) return;
    if (!models.is_list()) {
      diagnostics_.add(models.place, "models", "expected a list, got " + std::string(what(models)));
      return;
    }
    for (std::size_t i = 0; i < models.items.size(); ++i) {
      files_.models.push_back({std::move(models.items[i]), join("models", i)});
    }
  }

  void follow(const Node& root) {
    const Node* include = root.find("include");
    if (include == nullptr) return;
    if (include->is_scalar()) return follow_one(*include);
    for (const Node& item : include->items) {
      if (item.is_scalar()) follow_one(item);
    }
  }

  void follow_one(const Node& name) {
    const auto folder = std::filesystem::path(sources_.path(name.place.file)).parent_path();
    const std::string pattern = (folder / name.text).string();
    if (name.text.empty()) return;  // the check says so
    for (const std::string& path : expand_glob(pattern)) include(path, name.place);
  }

  void include(const std::string& path, Place place) {
    const std::string identity = canonical(path);
    if (std::find(chain_.begin(), chain_.end(), identity) != chain_.end()) {
      return diagnostics_.add(place, "include", "'" + path + "' includes itself");
    }
    if (!seen_.insert(identity).second) {
      return diagnostics_.add(place, "include", "'" + path + "' is included already");
    }
    if (seen_.size() > kFilesMax) {
      return diagnostics_.add(place, "include",
                              "more than " + std::to_string(kFilesMax) + " files");
    }
    auto text = read_text(path, kFileBytes);
    if (!text) return diagnostics_.add(place, "include", text.error().message);
    auto root = parse(path, std::move(*text));
    if (!root) return;
    chain_.push_back(identity);
    adopt(std::move(*root));
    chain_.pop_back();
  }

  /// Moves what an included file holds into the whole.
  void adopt(Node root) {
    take_models(root);
    follow(root);
    for (Entry& entry : root.entries) {
      if (entry.key == "include") continue;
      if (kIncluded.find(entry.key) != nullptr) {
        adopt_named(std::move(entry));
      } else if (kRoot.find(entry.key) != nullptr) {
        diagnostics_.add(entry.place, {}, "'" + entry.key + "' belongs into the main file");
      } else {
        std::vector<std::string_view> known;
        for (const Key& key : kIncluded.keys) known.push_back(key.name);
        diagnostics_.add(entry.place, {},
                         "unknown key '" + entry.key + "'" + suggestion(entry.key, known));
      }
    }
  }

  /// `targets` and `profiles_of_models`: a name belongs to one file.
  void adopt_named(Entry entry) {
    if (entry.value.is_null()) return;
    Node* whole = files_.root.find(entry.key);
    if (whole == nullptr || whole->is_null()) {
      files_.root.take(entry.key);
      files_.root.entries.push_back(std::move(entry));
      return;
    }
    if (!whole->is_map() || !entry.value.is_map()) {
      if (whole->is_map()) {
        diagnostics_.add(entry.value.place, entry.key,
                         "expected a section, got " + std::string(what(entry.value)));
      }
      return;
    }
    for (Entry& named : entry.value.entries) {
      if (whole->find(named.key) == nullptr) {
        whole->entries.push_back(std::move(named));
      } else {
        diagnostics_.add(named.place, entry.key,
                         "'" + named.key + "' exists already in another file");
      }
    }
  }

  Sources& sources_;
  Diagnostics& diagnostics_;
  Files files_;
  std::vector<std::string> chain_;  ///< from the main file to the one being read
  std::set<std::string, std::less<>> seen_;
};

}  // namespace

Result<Files> read_files(const std::string& path, Sources& sources, Diagnostics& diagnostics) {
  return Reader(sources, diagnostics).read(path);
}

}  // namespace leeway::config
