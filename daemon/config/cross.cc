#include "daemon/config/cross.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <set>
#include <string_view>
#include <utility>

#include "daemon/config/check_compute.h"
#include "daemon/config/value_check.h"
#include "detectors/base/time.h"
#include "detectors/drift/dialects.h"

namespace leeway::config {
namespace {

constexpr std::string_view kRetraining = "retraining";
constexpr Duration kDay = std::chrono::hours(24);

/// Complains about a value of one model where that value is written, or else where its section is.
class Complaint {
 public:
  Complaint(const Instance& instance, Diagnostics& diagnostics)
      : instance_(instance), diagnostics_(diagnostics) {}

  void operator()(std::string_view path, std::string sentence) const {
    diagnostics_.add(place(path), join(instance_.path, path), std::move(sentence));
  }

 private:
  Place place(std::string_view path) const {
    while (true) {
      const Node* node = instance_.tree.at(path);
      if (node != nullptr && node->place.written()) return node->place;
      const std::size_t dot = path.rfind('.');
      path = dot == std::string_view::npos ? std::string_view{} : path.substr(0, dot);
    }
  }

  const Instance& instance_;
  Diagnostics& diagnostics_;
};

void check_window(const Window& window, const Complaint& complain) {
  if (window.size < kDay && kDay % window.size != Duration{0}) {
    complain("window.size", to_string(window.size) + " does not divide a day");
  }
  if (window.size > kDay && window.size % kDay != Duration{0}) {
    complain("window.size", to_string(window.size) + " is not a whole number of days");
  }
  if (window.slide > window.size || window.size % window.slide != Duration{0}) {
    complain("window.slide",
             to_string(window.slide) + " does not divide the size " + to_string(window.size));
  }
  if (window.late < window.grace) {
    complain("window.late", to_string(window.late) + " is shorter than the grace " +
                                to_string(window.grace) +
                                ": rows would be dropped that the window still waits for");
  }
}

void check_season(const Model& model, const Complaint& complain) {
  const Season season = model.reference.season;
  const Duration size = model.window.size;
  if (season == Season::kNone || size < kDay) return;
  if (season == Season::kDayOfWeek && size == kDay) return;
  complain("reference.season", "windows of " + to_string(size) + " have no " +
                                   (season == Season::kDayOfWeek ? "day of the week" : "hour"));
}

/// Measures of several columns need rows of the reference.
void check_profile(const Model& model, const Complaint& complain) {
  if (model.reference.profile.empty()) return;
  const bool embeddings = std::ranges::any_of(
      model.columns.types, [](const auto& each) { return each.second == ColumnType::kEmbedding; });
  if (model.drift.multivariate.empty() && !embeddings) return;
  complain(model.drift.multivariate.empty() ? "columns.types" : "drift.multivariate",
           "these measures need rows of the reference, which 'reference.profile' does not have; "
           "give 'reference.files'");
}

void check_limits(const Limits& limits, std::string_view path, const Complaint& complain) {
  if (limits.warning && limits.critical && *limits.warning > *limits.critical) {
    complain(path, "the warning limit lies above the critical one");
  }
}

void check_quality(const Quality& quality, const Complaint& complain) {
  for (const auto& [name, limits] :
       {std::pair{"missing", &quality.missing}, std::pair{"unseen", &quality.unseen},
        std::pair{"type_errors", &quality.type_errors},
        std::pair{"non_finite", &quality.non_finite}, std::pair{"range", &quality.range},
        std::pair{"violations", &quality.violations},
        std::pair{"duplicates.ids", &quality.duplicate_ids},
        std::pair{"duplicates.rows", &quality.duplicate_rows},
        std::pair{"volume", &quality.volume}}) {
    check_limits(*limits, join("quality", name), complain);
  }
  for (const auto& [column, rules] : quality.columns) {
    if (rules.min && rules.max && *rules.min > *rules.max) {
      complain(join("quality.columns", column), "'min' lies above 'max', no number is right");
    }
  }
}

/// Whether the dialect judges the measure by its p-value, of which less is worse.
bool by_p_value(std::string_view dialect, std::string_view measure) {
  const drift::Dialect* const found = drift::find_dialect(dialect);
  if (found == nullptr) return false;
  return std::ranges::any_of(found->measures(), [measure](const drift::Measure& own) {
    return own.name == measure && drift::by_p_value(own.line);
  });
}

void check_limits(const LimitsByMeasure& limits, std::string_view dialect, const std::string& path,
                  const Complaint& complain) {
  for (const auto& [measure, one] : limits) {
    if (!by_p_value(dialect, measure)) {
      check_limits(one, join(path, measure), complain);
    } else if (one.warning && one.critical && *one.warning < *one.critical) {
      complain(join(path, measure), "the warning level lies below the critical one; '" +
                                        std::string(dialect) +
                                        "' judges this measure by its p-value");
    }
  }
}

/// A column has one role; two would be judged twice or predict themselves.
void check_roles(const Columns& columns, const Complaint& complain) {
  std::map<std::string, std::string, std::less<>> roles;
  const auto claim = [&](const std::optional<std::string>& column, const char* role) {
    if (!column) return;
    const auto [first, is_new] = roles.emplace(*column, role);
    if (!is_new)
      complain(std::string("columns.") + role,
               "column '" + *column + "' is the " + first->second + " already");
  };
  claim(columns.id, "id");
  claim(columns.timestamp, "timestamp");
  if (columns.label) claim(columns.label->name, "label");
  claim(columns.prediction, "prediction");
  claim(columns.score, "score");
  claim(columns.weight, "weight");
  claim(columns.version, "version");
}

void check_endpoint(const Model& model, const Checkers& checkers, const Complaint& complain) {
  const ModelEndpoint& endpoint = *model.endpoint;
  if (endpoint.timeout > endpoint.every) {
    complain("endpoint.timeout", to_string(endpoint.timeout) + " is longer than the period " +
                                     to_string(endpoint.every) +
                                     ": probes would wait for each other");
  }
  if (!checkers.endpoint) return;
  if (const auto problem = checkers.endpoint(endpoint)) {
    complain(join("endpoint", problem->first), problem->second);
  }
}

/// What canary, shadow and their labels need of the rest of the model.
void check_scoring(const Model& model, const Complaint& complain) {
  const ModelEndpoint& endpoint = *model.endpoint;
  const Columns& columns = model.columns;
  const auto check = [&](const std::string& key, const Scoring& scoring) {
    if (!model.has_batches()) complain(key, "the model has no 'batches' to take rows from");
    if (scoring.timeout > scoring.every) {
      complain(key + ".timeout", to_string(scoring.timeout) + " is longer than the period " +
                                     to_string(scoring.every) +
                                     ": requests would wait for each other");
    }
    if (scoring.compare == Compared::kScore && !columns.score) {
      complain(key + ".compare", "the batches have no score; name its column in columns.score");
    }
    if (scoring.compare == Compared::kPrediction && !columns.prediction) {
      complain(key + ".compare",
               "the batches have no prediction; name its column in columns.prediction");
    }
    if (scoring.warning && scoring.critical && *scoring.warning > *scoring.critical) {
      complain(key + ".disagreement", "the warning limit lies above the critical one");
    }
    if (scoring.keep < scoring.over) {
      complain(key + ".keep", to_string(scoring.keep) + " is shorter than 'over', " +
                                  to_string(scoring.over) +
                                  ": rows would be gone before they are judged");
    }
  };
  if (endpoint.canary) {
    check("endpoint.canary", *endpoint.canary);
    if (!columns.prediction && !columns.score) {
      complain("endpoint.canary",
               "there is nothing to compare answers with; name the column of recorded answers in "
               "columns.prediction or columns.score");
    }
  }
  if (endpoint.shadow) check("endpoint.shadow", endpoint.shadow->scoring);
  if (!endpoint.labels) return;
  if (!endpoint.canary && !endpoint.shadow) {
    complain("endpoint.labels", "without 'canary' or 'shadow' no rows wait for labels");
  }
  if (!endpoint.labels->on && !columns.id) {
    complain("endpoint.labels.on",
             "is missing: labels are found by an id; name its column here "
             "or in columns.id");
  }
  if (!endpoint.labels->name && !columns.label) {
    complain("endpoint.labels.label", "is missing; name the column here or in columns.label");
  }
}

void check_registry(const ModelRegistry& registry, const Complaint& complain) {
  if (registry.timeout > registry.every) {
    complain("registry.timeout", to_string(registry.timeout) + " is longer than the period " +
                                     to_string(registry.every));
  }
  if (!registry.write_back) return;
  const RegistryWriteBack& back = *registry.write_back;
  if (back.experiment.empty() && back.run.empty()) {
    complain("registry.write_back", "is empty: name an experiment or a run");
  }
  if (back.run.find_first_not_of("0123456789abcdefABCDEF-") != std::string::npos) {
    complain("registry.write_back.run",
             "'" + back.run +
                 "' is no id of a run, which are hexadecimal digits; a run's name will "
                 "not do");
  }
}

bool contains(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// The text at a path of a tree that may be wrong in any way.
const Node* scalar_at(const Node& tree, std::string_view path) {
  const Node* node = tree.at(path);
  return node != nullptr && node->is_scalar() ? node : nullptr;
}

/// The names that a configuration uses, held against those that it defines.
class Names {
 public:
  Names(const Node& root, const std::vector<Instance>& instances, const Checkers& checkers,
        Diagnostics& diagnostics)
      : checkers_(checkers), diagnostics_(diagnostics) {
    if (const Node* targets = root.find("targets")) {
      for (const Entry& entry : targets->entries) targets_.push_back(entry.key);
    }
    for (const Instance& instance : instances) {
      if (const Node* target = scalar_at(instance.tree, "retraining.target"))
        pipelines_.insert(target->text);
    }
  }

  void routes(const Node& root) const {
    const Node* routes = root.find("routes");
    for (std::size_t i = 0; routes != nullptr && i < routes->items.size(); ++i) {
      const Node* to = routes->items[i].find("to");
      if (to == nullptr) continue;
      for (const Node& name : to->items) exists(name, join(join("routes", i), "to"));
    }
  }

  void model(const Instance& instance) const {
    if (const Node* target = scalar_at(instance.tree, "retraining.target")) {
      exists(*target, join(instance.path, "retraining.target"));
    }
    const Node* rules = instance.tree.find("rules");
    for (std::size_t i = 0; rules != nullptr && i < rules->items.size(); ++i) {
      rule(rules->items[i], join(join(instance.path, "rules"), i), instance);
    }
  }

 private:
  void rule(const Node& rule, const std::string& path, const Instance& instance) const {
    const Node* name = scalar_at(rule, "name");
    const Node* enabled = scalar_at(rule, "enabled");
    const bool is_on = enabled == nullptr || enabled->text != "false";
    if (name != nullptr && is_on && rule.find("if") == nullptr &&
        !contains(checkers_.default_rules, name->text)) {
      const std::vector<std::string_view> known(checkers_.default_rules.begin(),
                                                checkers_.default_rules.end());
      diagnostics_.add(rule.place, path,
                       "'if' is missing, and no default rule is called '" + name->text + "'" +
                           suggestion(name->text, known));
    }
    const Node* then = rule.find("then");
    if (then == nullptr) return;
    for (const Node& one : then->items) alert(one, join(path, "then"), instance);
  }

  /// @return false if there is no such target
  bool exists(const Node& name, const std::string& path) const {
    if (!name.is_scalar()) return false;
    if (std::find(targets_.begin(), targets_.end(), name.text) != targets_.end()) return true;
    const std::string help =
        targets_.empty() ? "; there are none under 'targets'" : suggestion(name.text, targets_);
    diagnostics_.add(name.place, path, "no target is called '" + name.text + "'" + help);
    return false;
  }

  void alert(const Node& name, const std::string& path, const Instance& instance) const {
    if (name.is_scalar() && name.text == kRetraining) {
      if (instance.tree.find("retraining") != nullptr) return;
      diagnostics_.add(name.place, path, "the model has no 'retraining' section");
    } else if (exists(name, path) && pipelines_.contains(name.text)) {
      diagnostics_.add(
          name.place, path,
          "'" + name.text +
              "' starts retrainings; say 'retraining', which keeps to this model's limits");
    }
  }

  const Checkers& checkers_;
  Diagnostics& diagnostics_;
  std::vector<std::string_view> targets_;
  std::set<std::string, std::less<>> pipelines_;
};

void check_unique(const std::vector<Instance>& instances, const Sources& sources,
                  Diagnostics& diagnostics) {
  std::map<std::pair<std::string, std::string>, Place> seen;
  for (const Instance& instance : instances) {
    const Node* name = scalar_at(instance.tree, "name");
    if (name == nullptr) continue;
    const Node* written = scalar_at(instance.tree, "environment");
    const std::string environment = written == nullptr ? "production" : written->text;
    const auto [first, is_new] = seen.emplace(std::pair(environment, name->text), name->place);
    if (is_new) continue;
    diagnostics.add(name->place, join(instance.path, "name"),
                    "model '" + name->text + "' exists already in " + environment + ", at " +
                        sources.where(first->second));
  }
}

}  // namespace

void check_sources(const Node& model, const std::string& path, Diagnostics& diagnostics) {
  for (const std::string_view source : {"batches", "endpoint", "compute"}) {
    const Node* found = model.find(source);
    if (found != nullptr && !found->is_null()) return;
  }
  diagnostics.add(model.place, path,
                  "one of 'batches', 'endpoint', 'compute' is missing: what there is to watch");
}

void check_model(const Instance& instance, const Checkers& checkers, Diagnostics& diagnostics) {
  const Complaint complain(instance, diagnostics);
  const Model& model = *instance.model;
  check_window(model.window, complain);
  check_season(model, complain);
  check_profile(model, complain);
  check_roles(model.columns, complain);
  const std::string& dialect = model.drift.dialect;
  check_limits(model.drift.thresholds, dialect, "drift.thresholds", complain);
  for (const auto& [column, exception] : model.columns.overrides) {
    check_limits(exception.thresholds, dialect, "columns.override." + column + ".thresholds",
                 complain);
  }
  check_quality(model.quality, complain);
  if (model.endpoint) {
    check_endpoint(model, checkers, complain);
    check_scoring(model, complain);
  }
  if (model.compute) check_compute(*model.compute, complain);
  if (model.registry) check_registry(*model.registry, complain);
}

void check_names(const Node& root, const std::vector<Instance>& instances, const Checkers& checkers,
                 const Sources& sources, Diagnostics& diagnostics) {
  check_unique(instances, sources, diagnostics);
  const Names names(root, instances, checkers, diagnostics);
  names.routes(root);
  for (const Instance& instance : instances) names.model(instance);
}

void check_root(const Node& root, Diagnostics& diagnostics) {
  const Node* listen = root.at("server.listen");
  if (listen == nullptr || !listen->is_scalar()) return;
  const auto endpoint = parse_endpoint(listen->text);
  if (endpoint && !is_loopback(*endpoint)) {
    diagnostics.add(listen->place, "server.listen",
                    "'" + endpoint->host +
                        "' is not a loopback address; others need TLS and tokens, which are not "
                        "available in this version of Leeway");
  }
}

}  // namespace leeway::config
