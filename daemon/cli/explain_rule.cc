#include "daemon/cli/explain_rule.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <set>
#include <vector>

#include "daemon/monitor/decisions.h"
#include "daemon/rules/defaults.h"
#include "daemon/rules/paths.h"
#include "detectors/base/names.h"
#include "detectors/drift/measures.h"
#include "detectors/drift/quality_measures.h"
#include "detectors/multivariate/measures.h"

namespace leeway::cli {
namespace {

std::string number(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.6g", value);
  return text.data();
}

std::string joined(const std::vector<std::string>& texts) {
  std::string all;
  for (const std::string& text : texts) all += (all.empty() ? "" : ", ") + text;
  return all;
}

std::string padded(std::string text, std::size_t width) {
  text.resize(std::max(width, text.size() + 1), ' ');
  return text;
}

void collect_paths(const rules::Expression& expression, std::set<std::string>& paths) {
  if (const auto* test = std::get_if<rules::Test>(&expression.node())) {
    paths.insert(test->path);
  } else if (const auto* negation = std::get_if<rules::Not>(&expression.node())) {
    collect_paths(*negation->operand, paths);
  } else {
    for (const auto& operand : std::get<rules::Junction>(expression.node()).operands) {
      collect_paths(operand, paths);
    }
  }
}

std::string limits_text(const config::Limits& limits) {
  std::string text;
  if (limits.warning) text = "warning at " + number(*limits.warning);
  if (limits.critical) {
    text += (text.empty() ? "" : ", ") + ("critical at " + number(*limits.critical));
  }
  return text.empty() ? "no limit" : text;
}

std::string drift_limits(const config::Model& model, const std::string& measure) {
  const auto fixed = model.drift.thresholds.find(measure);
  if (fixed != model.drift.thresholds.end()) return limits_text(fixed->second);
  return "learned from the reference, at most " + config::to_string(model.drift.false_alarms) +
         " false alarms";
}

/// What the configuration says of the limits behind a path; empty if there are none.
std::string limits_of(const std::string& path, const config::Model& model) {
  const config::Quality& quality = model.quality;
  const std::string increase = "an increase over the reference: ";
  if (path == "quality.missing") return increase + limits_text(quality.missing);
  if (path == "quality.unseen") return increase + limits_text(quality.unseen);
  if (path == "quality.type_errors") return increase + limits_text(quality.type_errors);
  if (path == "quality.non_finite") return increase + limits_text(quality.non_finite);
  if (path == "quality.set" || path == "quality.pattern") return limits_text(quality.violations);
  if (path == "quality.range") {
    return "with 'min' or 'max' " + limits_text(quality.violations) +
           "; beyond the reference's range " + limits_text(quality.range);
  }
  if (path == "quality.duplicates") return increase + limits_text(quality.duplicate_ids);
  if (path == "quality.duplicate_rows") return limits_text(quality.duplicate_rows);
  if (path == "quality.state") {
    return "missing " + limits_text(quality.missing) + "; unseen " + limits_text(quality.unseen) +
           "; type errors " + limits_text(quality.type_errors) + "; infinities " +
           limits_text(quality.non_finite) + "; beyond the range " + limits_text(quality.range) +
           "; broken rules " + limits_text(quality.violations) + "; repeated ids " +
           limits_text(quality.duplicate_ids) + "; constant " +
           (quality.constant ? std::string(config::to_string(*quality.constant)) : "ignored");
  }
  if (path.starts_with("volume.")) return "a factor: " + limits_text(quality.volume);
  if (path.starts_with("freshness.")) return "critical after " + to_string(quality.freshness);
  for (const std::string_view room : {"drift.", "multivariate.", "embedding."}) {
    if (path.starts_with(room)) return drift_limits(model, path.substr(room.size()));
  }
  return "";
}

std::string told(const rules::Rule& rule, const config::Config& config,
                 const config::Model& model) {
  const rules::Actions actions =
      rules::actions_of(rule, monitor::routes_of(config), monitor::subject_of(model));
  std::string text = actions.alert.empty() ? "tells nobody" : "tells " + joined(actions.alert);
  if (config.notify == config::Notify::kPrometheus) text = "is exported for Prometheus to tell";
  if (actions.retrain) text += ", asks for a retraining";
  if (!rule.then) text += " (by the routes)";
  return text;
}

bool is_zero(const rules::Span& span) { return span == rules::Span{Duration{0}}; }

std::vector<const config::Model*> models_of(const config::Config& config, const std::string& name) {
  std::vector<const config::Model*> found;
  for (const config::Model& model : config.models) {
    if (name.empty() || model.name == name || model.key() == name) found.push_back(&model);
  }
  return found;
}

Error unknown_rule(const std::string& name, const std::set<std::string>& known) {
  const std::vector<std::string_view> names(known.begin(), known.end());
  const auto nearest = nearest_name(name, names);
  std::string message = "there is no rule '" + name + "'";
  message += nearest ? "; did you mean '" + *nearest + "'?"
                     : "; there are " + joined({known.begin(), known.end()});
  return {ErrorCode::kNotFound, std::move(message)};
}

}  // namespace

std::string explain_rule(const rules::Rule& rule, const config::Config* config,
                         const config::Model* model) {
  std::string out = rule.name + (rule.is_default ? " (default): " : ": ") +
                    std::string(rules::to_string(rule.severity));
  out += is_zero(rule.hold) ? ", at once" : ", after " + rules::to_string(rule.hold);
  if (!is_zero(rule.keep_firing)) {
    out += "; ends after " + rules::to_string(rule.keep_firing) + " of calm";
  }
  out += "\n";
  if (!rule.sentence.empty()) out += "  " + rule.sentence + "\n";
  out += "  if " + rules::to_string(rule.condition) + "\n";
  std::set<std::string> paths;
  collect_paths(rule.condition, paths);
  for (const std::string& name : paths) {
    const rules::Path* path = rules::find_path(name);
    LEEWAY_ASSERT(path != nullptr, "the parser takes no other");
    out += "     " + padded(name, 22) + std::string(path->sentence) + "\n";
    const std::string limits = model == nullptr ? "" : limits_of(name, *model);
    if (!limits.empty()) out += "     " + padded("", 22) + limits + "\n";
  }
  if (model != nullptr && config != nullptr) out += "  " + told(rule, *config, *model) + "\n";
  return out;
}

std::string explain_default_rules() {
  std::string out;
  for (const rules::Rule& rule : rules::default_rules()) {
    out += (out.empty() ? "" : "\n") + explain_rule(rule, nullptr, nullptr);
  }
  return out +
         "\nEach can be changed or switched off by its name: "
         "rules: [{ name: column_drifted, enabled: false }]\n";
}

Result<std::string> explain_rules(const std::string& name, const config::Config* config,
                                  const std::string& model) {
  std::set<std::string> known;
  std::string out;
  const auto add = [&](const rules::Rule& rule, const config::Model* of) {
    known.insert(rule.name);
    if (!name.empty() && rule.name != name) return;
    out += (out.empty() ? "" : "\n") + (of == nullptr ? "" : of->key() + ": ") +
           explain_rule(rule, config, of);
  };
  if (config == nullptr) {
    for (const rules::Rule& rule : rules::default_rules()) add(rule, nullptr);
  } else {
    const std::vector<const config::Model*> models = models_of(*config, model);
    if (models.empty()) return fail(ErrorCode::kNotFound, "there is no model '" + model + "'");
    for (const config::Model* each : models) {
      const rules::RuleSet rules = monitor::rules_of(*each);
      for (const rules::Rule& rule : rules.rules()) add(rule, each);
    }
  }
  if (out.empty()) return fail(unknown_rule(name, known));
  return out;
}

std::string explain_paths() {
  std::string out;
  for (const rules::Path& path : rules::paths()) {
    out += padded(std::string(path.name), 32) + padded(std::string(to_string(path.unit)), 11) +
           std::string(path.sentence) + "\n";
    if (path.labels.empty()) continue;
    std::string labels;
    for (const std::string_view label : path.labels) {
      labels += (labels.empty() ? "" : ", ") + std::string(label);
    }
    out += padded("", 43) + "{" + labels + "}\n";
  }
  return out;
}

Result<std::string> explain_measures(const std::string& name) {
  std::string out;
  std::vector<std::string_view> names;
  const auto add = [&](const auto& measure, const std::string& kinds) {
    names.push_back(measure.name);
    if (!name.empty() && measure.name != name) return;
    out += padded(std::string(measure.name), 24) + padded(kinds, 22) +
           std::string(measure.sentence) + "\n";
  };
  for (const drift::Measure& measure : drift::measures()) {
    const std::string kinds = measure.numeric && measure.categorical ? "numeric, categorical"
                              : measure.numeric                      ? "numeric"
                                                                     : "categorical";
    add(measure, kinds);
  }
  for (const auto& measure : multivariate::measures()) add(measure, "all columns");
  for (const auto& measure : multivariate::embedding_measures()) add(measure, "embedding");
  for (const auto& measure : drift::quality_measures()) add(measure, "quality");
  if (!out.empty()) return out;
  const auto nearest = nearest_name(name, names);
  return fail(ErrorCode::kNotFound, "there is no measure '" + name + "'" +
                                        (nearest ? "; did you mean '" + *nearest + "'?" : ""));
}

}  // namespace leeway::cli
