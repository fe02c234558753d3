#include "daemon/config/load.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "daemon/config/build.h"
#include "daemon/config/check.h"
#include "daemon/config/cross.h"
#include "daemon/config/defaults.h"
#include "daemon/config/document.h"
#include "daemon/config/expand.h"
#include "daemon/config/include.h"
#include "daemon/config/layers.h"
#include "daemon/config/value_check.h"

namespace leeway::config {
namespace {

/// From the files to a Document, collecting what is wrong on the way.
class Loader {
 public:
  Loader(const Checkers& checkers, const Variables& variables)
      : checkers_(checkers), defaults_(variables) {}

  Result<> read(const std::string& path);
  std::pair<Config, Document::Tree> take() && { return {std::move(config_), std::move(tree_)}; }

 private:
  void check_layers();
  void read_model(ModelSource source);
  void read_instance(const Node& written, const Row& row, const std::string& path);
  std::optional<Node> inherited(const Node& own, const Row& row, const std::string& path);
  Result<> finish();

  const Checkers& checkers_;
  Defaults defaults_;
  Diagnostics diagnostics_;
  Document::Tree tree_;
  Config config_;
  std::vector<Instance> instances_;
};

Result<> Loader::read(const std::string& path) {
  auto files = read_files(path, tree_.sources, diagnostics_);
  if (!files) return fail(std::move(files.error()));
  tree_.root = std::move(files->root);
  check_layers();
  for (ModelSource& source : files->models) read_model(std::move(source));
  check_names(tree_.root, instances_, checkers_, tree_.sources, diagnostics_);
  return finish();
}

/// Everything but the models themselves, first, so that a mistake in `defaults` is told as one.
void Loader::check_layers() {
  normalize(tree_.root, kRoot);
  // The layers are checked on a copy: a model is checked after "${each.KEY}" is filled in.
  Node copy = tree_.root;
  Check(checkers_, tree_.sources, diagnostics_).section(copy, kRoot, {}, Check::Extent::kWhole);
  for (const std::string_view layer : {"defaults", "profiles_of_models"}) {
    if (Node* written = tree_.root.find(layer)) copy.set(layer, std::move(*written));
  }
  tree_.root = std::move(copy);
  prune(tree_.root);
  check_root(tree_.root, diagnostics_);
}

void Loader::read_model(ModelSource source) {
  if (!source.node.is_map()) {
    diagnostics_.add(
        source.node.place, source.path,
        "expected a section with 'name' and 'batches', got " + std::string(what(source.node)));
    return;
  }
  const auto rows = take_rows(source.node, source.path, tree_.sources, diagnostics_);
  if (!rows) return;
  if (instances_.size() + rows->size() > kModelsMax) {
    diagnostics_.add(source.node.place, source.path,
                     "more than " + std::to_string(kModelsMax) + " models");
    return;
  }
  for (const Row& row : *rows) read_instance(source.node, row, source.path);
}

/// `defaults`, then each of `extends`, merged.
std::optional<Node> Loader::inherited(const Node& own, const Row& row, const std::string& path) {
  Node below = Node::map(own.place);
  const auto lay = [&](const Node& layer, const std::string& name) {
    Node copy = layer;
    if (!substitute(copy, row, name, diagnostics_)) return false;
    below = merge(std::move(below), std::move(copy), kModel);
    return true;
  };
  const Node* defaults = tree_.root.find("defaults");
  if (defaults != nullptr && defaults->is_map() && !lay(*defaults, "defaults")) return std::nullopt;
  const Node* extends = own.find("extends");
  const Node* sets = tree_.root.find("profiles_of_models");
  for (std::size_t i = 0; extends != nullptr && i < extends->items.size(); ++i) {
    const Node& name = extends->items[i];
    const Node* set = sets == nullptr ? nullptr : sets->find(name.text);
    if (set == nullptr || !set->is_map()) {
      std::vector<std::string_view> known;
      if (sets != nullptr) {
        for (const Entry& entry : sets->entries) known.push_back(entry.key);
      }
      diagnostics_.add(name.place, join(join(path, "extends"), i),
                       "nothing under 'profiles_of_models' is called '" + name.text + "'" +
                           suggestion(name.text, known));
      return std::nullopt;
    }
    if (!lay(*set, "profiles_of_models." + name.text)) return std::nullopt;
  }
  return below;
}

void Loader::read_instance(const Node& written, const Row& row, const std::string& path) {
  Node own = written;
  if (!substitute(own, row, path, diagnostics_)) return;
  normalize(own, kModel);
  auto below = inherited(own, row, path);
  if (!below) return;
  Node model = merge(std::move(*below), std::move(own), kModel);
  prune(model);
  const std::size_t before = diagnostics_.complaints();
  Check(checkers_, tree_.sources, diagnostics_).section(model, kModel, path, Check::Extent::kWhole);
  check_sources(model, path, diagnostics_);
  const bool is_good = diagnostics_.complaints() == before;
  model.take("extends");
  instances_.push_back({std::move(model), path, std::nullopt});
  if (!is_good) return;
  Instance& instance = instances_.back();
  defaults_.complete_model(instance.tree);
  instance.model = build_model(instance.tree, tree_.sources);
  check_model(instance, checkers_, diagnostics_);
}

Result<> Loader::finish() {
  if (!diagnostics_.empty())
    return fail(ErrorCode::kInvalidConfig, diagnostics_.text(tree_.sources));
  std::sort(instances_.begin(), instances_.end(),
            [](const Instance& a, const Instance& b) { return a.model->key() < b.model->key(); });
  std::vector<std::string> retraining_targets;
  for (const Instance& instance : instances_) {
    if (instance.model->retraining)
      retraining_targets.push_back(instance.model->retraining->target);
  }
  for (const std::string_view layer : {"defaults", "profiles_of_models", "include"})
    tree_.root.take(layer);
  defaults_.complete_root(tree_.root, retraining_targets);
  config_ = build_root(tree_.root, tree_.sources);
  for (Instance& instance : instances_) {
    config_.models.push_back(*std::move(instance.model));
    tree_.models.push_back(std::move(instance.tree));
  }
  config_.hash = combine(hash_of(tree_.root), config_.models);
  return {};
}

}  // namespace

Variables process_environment() {
  return [](std::string_view name) -> std::optional<std::string> {
    const char* value =
        std::getenv(std::string(name).c_str());  // NOLINT(concurrency-mt-unsafe): never set
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
  };
}

Result<Document> Document::read(const std::string& path, const Checkers& checkers,
                                const Variables& variables) {
  Loader loader(checkers, variables);
  if (auto done = loader.read(path); !done) return fail(std::move(done.error()));
  Document document;
  auto [config, tree] = std::move(loader).take();
  document.config_ = std::make_shared<const Config>(std::move(config));
  document.tree_ = std::make_shared<const Tree>(std::move(tree));
  return document;
}

Result<std::shared_ptr<const Config>> load(const std::string& path, const Checkers& checkers) {
  const auto document = Document::read(path, checkers);
  if (!document) return fail(document.error());
  return document->config();
}

}  // namespace leeway::config
