#include "daemon/config/defaults.h"

#include <algorithm>
#include <string>
#include <utility>

#include "daemon/config/layers.h"
#include "daemon/config/values.h"
#include "daemon/config/yaml.h"
#include "detectors/base/time.h"
#include "detectors/drift/dialects.h"

namespace leeway::config {
namespace {

Duration duration_at(const Node& node, std::string_view path) {
  const Node* found = node.at(path);
  LEEWAY_ASSERT(found != nullptr && found->is_scalar(), "the sections were completed");
  const auto duration = parse_duration(found->text);
  LEEWAY_ASSERT(duration, "the values were checked");
  return *duration;
}

void derive(Node& section, std::string_view key, std::string value) {
  if (section.find(key) == nullptr) section.set(key, Node::scalar(std::move(value)));
}

void derive(Node& section, std::string_view key, drift::MeasureNames names) {
  if (section.find(key) != nullptr) return;
  Node list = Node::list();
  for (const std::string_view name : names) list.items.push_back(Node::scalar(std::string(name)));
  section.set(key, std::move(list));
}

}  // namespace

const Node& Defaults::fallback(const Key& key) {
  const auto [known, is_new] = parsed_.try_emplace(key.fallback);
  if (is_new) known->second = parse_yaml(key.fallback);
  return known->second;
}

void Defaults::complete(Node& node, const Section& section) {
  for (const Key& key : section.keys) {
    Node* value = node.find(key.name);
    if (value == nullptr) {
      if (key.fallback.empty()) continue;
      value = &node.set(key.name, fallback(key));
    }
    if (key.partial || key.section == nullptr) continue;
    if (key.shape == Shape::kOne) {
      complete(*value, *key.section);
    } else {
      for (Node& item : value->items) complete(item, *key.section);
      for (Entry& entry : value->entries) complete(entry.value, *key.section);
    }
  }
}

void Defaults::complete_model(Node& model) {
  complete(model, kModel);
  const Duration size = duration_at(model, "window.size");
  Node& window = *model.find("window");
  derive(window, "slide", to_string(size));
  derive(window, "grace", to_string(size / 12));
  derive(window, "extend", to_string(std::min<Duration>(7 * size, std::chrono::hours(24 * 366))));
  Duration freshness = 2 * size + duration_at(model, "window.grace");
  if (model.find("batches") != nullptr) {
    freshness = std::max<Duration>(freshness, 3 * duration_at(model, "batches.every"));
  }
  derive(*model.find("quality"), "freshness", to_string(freshness));
  Node& drift = *model.find("drift");
  const drift::Dialect* const dialect = drift::find_dialect(drift.find("dialect")->text);
  LEEWAY_ASSERT(dialect != nullptr, "the values were checked");
  derive(drift, "numeric", dialect->numeric);
  derive(drift, "categorical", dialect->categorical);
  if (Node* retraining = model.find("retraining")) {
    derive(*retraining, "approval",
           model.find("environment")->text == "production" ? "required" : "none");
  }
}

void Defaults::complete_root(Node& root, const std::vector<std::string>& retraining_targets) {
  complete(root, kRoot);
  const std::string folders = variables_("STATE_DIRECTORY").value_or("/var/lib/leeway");
  derive(root, "state", folders.substr(0, folders.find(':')));  // systemd joins several with colons
  const Node* targets = root.find("targets");
  if (root.find("routes") != nullptr || targets == nullptr) return;
  Node to = Node::list();
  for (const Entry& target : targets->entries) {
    const bool retrains = std::find(retraining_targets.begin(), retraining_targets.end(),
                                    target.key) != retraining_targets.end();
    if (!retrains) to.items.push_back(Node::scalar(target.key));
  }
  Node route = Node::map();
  route.set("to", std::move(to));
  root.set("routes", Node::list()).items.push_back(std::move(route));
}

}  // namespace leeway::config
