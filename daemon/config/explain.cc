#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <charconv>
#include <string>
#include <utility>
#include <vector>

#include "daemon/config/load.h"

namespace leeway::config {
namespace {

namespace json = boost::json;

std::string joined(const std::vector<std::string>& texts, std::string_view separator = ", ") {
  std::string out;
  for (const auto& text : texts) out.append(out.empty() ? "" : separator).append(text);
  return out;
}

std::string number_text(double value) {
  std::array<char, 32> text{};
  return {text.data(), std::to_chars(text.data(), text.data() + text.size(), value).ptr};
}

std::string limits_text(const Limits& limits) {
  std::vector<std::string> parts;
  if (limits.warning) parts.push_back("warning at " + number_text(*limits.warning));
  if (limits.critical) parts.push_back("critical at " + number_text(*limits.critical));
  return parts.empty() ? "not judged" : joined(parts);
}

}  // namespace

std::string range_text(const ValueRules& rules) {
  if (rules.min && rules.max)
    return "between " + number_text(*rules.min) + " and " + number_text(*rules.max);
  if (rules.min) return "at least " + number_text(*rules.min);
  return rules.max ? "at most " + number_text(*rules.max) : "";
}

namespace {

std::string reference_text(const Reference& reference) {
  std::string text = joined(reference.files);
  if (!reference.profile.empty()) text = "the profile " + reference.profile;
  if (reference.learn_windows > 0) {
    text = "learned from the first " + std::to_string(reference.learn_windows) +
           " windows; no drift is judged before";
  }
  if (reference.rolling) {
    text = "the " + std::to_string(reference.rolling->windows) + " windows with rows before the " +
           std::to_string(reference.rolling->gap) + " newest; the first " +
           std::to_string(reference.rolling->windows) +
           " are learned from, without a verdict on drift, and stay the anchor";
  }
  if (reference.season == Season::kNone) return text;
  return text + "; each window with those of the same " + std::string(to_string(reference.season));
}

std::string windows_text(const Model& model) {
  const Window& window = model.window;
  const auto& timestamp = model.columns.timestamp;
  std::string text = to_string(window.size) + " of " +
                     (timestamp ? "'" + *timestamp + "'" : "the timestamp column") + " in " +
                     window.time_zone;
  if (window.slide != window.size) text += ", one every " + to_string(window.slide);
  text += "; judged " + to_string(window.grace) + " after the end; rows up to " +
          to_string(window.late) + " late correct the history; below " +
          std::to_string(window.min_rows) + " rows together with up to " +
          to_string(window.extend) + " before";
  if (!timestamp) text += "; without a timestamp column each batch is a window";
  return text;
}

std::string thresholds_text(const Drift& drift) {
  std::string text;
  for (const auto& [measure, limits] : drift.thresholds) {
    text += measure + " fixed: " + limits_text(limits) + ", outside the budget; ";
  }
  return text + "learned from the reference's windows, at most " + to_string(drift.false_alarms) +
         " falsely critical";
}

std::string drift_text(const Drift& drift) {
  const auto decides = [](const std::vector<std::string>& measures) {
    return measures.empty() ? "what the dialect chooses" : measures.front();
  };
  std::string text = "numeric columns by " + decides(drift.numeric) + ", categorical ones by " +
                     decides(drift.categorical) + " (" + drift.dialect + ")";
  if (!drift.multivariate.empty())
    text += ", all together by " + joined(drift.multivariate, " and ");
  return text;
}

std::string rule_text(const Rule& rule) {
  if (!rule.enabled) return "switched off";
  std::string text = rule.condition.value_or("as the default rule of this name");
  if (rule.hold) text += ", for " + to_string(*rule.hold);
  if (rule.keep_firing) text += ", keeps firing for " + to_string(*rule.keep_firing);
  if (rule.severity) text += ", " + std::string(to_string(*rule.severity));
  if (rule.then)
    text += rule.then->empty() ? ", tells nobody" : ", then " + joined(*rule.then, " and ");
  return text;
}

std::string retraining_text(const Retraining& retraining) {
  std::string text = "through '" + retraining.target + "'";
  if (retraining.schedule)
    text += ", by '" + retraining.schedule->cron + "' in " + retraining.schedule->time_zone;
  if (!retraining.requires_all.empty()) text += ", if " + joined(retraining.requires_all, " and ");
  text += ", at most " + to_string(retraining.at_most) + ", " + to_string(retraining.cooldown) +
          " after the last";
  if (retraining.approval == Approval::kRequired) text += ", once somebody approves";
  return text + "; failed after " + to_string(retraining.timeout);
}

std::string scoring_text(const Scoring& scoring) {
  std::string text =
      "the " + std::to_string(scoring.rows) + " newest rows every " + to_string(scoring.every);
  if (scoring.send_private) text += ", private columns among them";
  return text;
}

std::string endpoint_text(const ModelEndpoint& endpoint) {
  std::string text = to_string(endpoint.server.url) + " (" + endpoint.server.protocol +
                     "), probed every " + to_string(endpoint.every) + ", at most " +
                     to_string(endpoint.timeout) + " each";
  if (endpoint.latency) {
    text += "; slow if a share of " + number_text(1.0 - endpoint.latency->quantile) +
            " takes longer than " + to_string(endpoint.latency->limit) + " over " +
            to_string(endpoint.latency->over);
  }
  if (endpoint.availability) {
    text += "; at least " + number_text(endpoint.availability->objective) + " succeed over " +
            to_string(endpoint.availability->over);
  }
  if (endpoint.golden) text += "; golden rows every " + to_string(endpoint.golden->every);
  if (endpoint.metrics) text += "; its metrics every " + to_string(endpoint.metrics->every);
  if (endpoint.canary) text += "; canary: " + scoring_text(*endpoint.canary);
  if (endpoint.shadow) {
    text += "; shadow: " + scoring_text(endpoint.shadow->scoring) + ", also to " +
            to_string(endpoint.shadow->server.url);
  }
  if (endpoint.labels) text += "; labels from " + joined(endpoint.labels->files);
  return text;
}

std::string usage_text(const Compute& compute) {
  std::vector<std::string> sources;
  if (compute.cgroup) {
    const ComputeCgroup& group = *compute.cgroup;
    sources.push_back(!group.path.empty()        ? "the group " + group.path
                      : !group.container.empty() ? "the container " + group.container
                                                 : "the pod " + group.pod);
  }
  if (compute.process) {
    sources.push_back(compute.process->name.empty()
                          ? "the process in " + compute.process->pid_file
                          : "all processes named " + compute.process->name);
  }
  if (compute.kubernetes) sources.push_back("pods in " + compute.kubernetes->namespace_name);
  if (compute.prometheus) {
    std::vector<std::string> names;
    for (const auto& [name, query] : compute.prometheus->queries) names.push_back(name);
    sources.push_back(joined(names) + " of " + compute.prometheus->peer.url);
  }
  if (compute.nvml) sources.emplace_back("GPUs of this host");
  if (compute.dcgm) sources.push_back("GPUs of " + compute.dcgm->peer.url);
  if (compute.host) sources.emplace_back("this host");
  if (sources.empty()) sources.emplace_back("nothing but time and what its endpoint counts");
  std::string text = joined(sources) + "; read every " + to_string(compute.every);
  if (compute.drift) text += "; lasting changes against the usual of each hour of the week";
  return text;
}

std::string cost_text(const Compute& compute) {
  const ComputePrice& price = *compute.price;
  std::vector<std::string> parts;
  const auto add = [&parts](const std::optional<double>& amount, std::string_view of) {
    if (amount) parts.push_back(number_text(*amount) + " " + std::string(of));
  };
  add(price.per_hour, "an hour");
  add(price.per_gpu_hour, "an hour of a GPU");
  add(price.per_cpu_hour, "an hour of CPU time");
  add(price.per_gib_hour, "a GiB and hour");
  add(price.per_1k_tokens, "per 1000 tokens");
  add(price.per_kwh, "a kWh");
  if (price.opencost) parts.push_back("what OpenCost says of " + price.opencost->name);
  std::string text = "in " + price.currency + ": " + joined(parts, " + ");
  if (compute.budget_per_day) {
    text += "; critical from " + number_text(*compute.budget_per_day) +
            " a day on, a warning where the month heads for more";
  }
  if (compute.savings) text += "; what could be saved is a warning";
  return text;
}

std::string rules_text(const ValueRules& rules) {
  std::vector<std::string> parts;
  if (const std::string range = range_text(rules); !range.empty()) parts.push_back(range);
  if (!rules.one_of.empty())
    parts.push_back("one of " + std::to_string(rules.one_of.size()) + " values");
  if (!rules.pattern.empty()) parts.push_back("match " + rules.pattern);
  return parts.empty() ? "anything" : joined(parts, " and ");
}

std::string registry_text(const ModelRegistry& registry) {
  std::string text = registry.mlflow + ", alias '" + registry.alias + "' of '" + registry.model +
                     "', looked up every " + to_string(registry.every);
  if (!registry.write_back) return text;
  const RegistryWriteBack& back = *registry.write_back;
  return text + "; results are logged to " +
         (back.run.empty() ? "experiment '" + back.experiment + "'" : "run " + back.run);
}

Topics topics_of(const Model& model) {
  const Quality& quality = model.quality;
  Topics topics = {
      {"batches", model.has_batches() ? joined(model.batches.files) + ", looked for every " +
                                            to_string(model.batches.every)
                                      : "none"},
      {"reference", reference_text(model.reference)},
      {"windows", windows_text(model)},
      {"drift", drift_text(model.drift)},
      {"thresholds", thresholds_text(model.drift)},
      {"missing", "more missing values than in the reference: " + limits_text(quality.missing)},
      {"unseen", "values that the reference lacks: " + limits_text(quality.unseen)},
      {"type_errors", "values of the wrong type: " + limits_text(quality.type_errors)},
      {"non_finite",
       "more infinite numbers than in the reference: " + limits_text(quality.non_finite)},
      {"range", "numbers beyond the reference's range: " + limits_text(quality.range)},
      {"duplicates",
       "ids that repeat more than in the reference: " + limits_text(quality.duplicate_ids) +
           "; rows that repeat: " + limits_text(quality.duplicate_rows)},
      {"constant", quality.constant ? "a column that has become constant: " +
                                          std::string(to_string(*quality.constant))
                                    : "not judged"},
      {"volume", "times as many or as few rows as expected: " + limits_text(quality.volume) +
                     ", outside the budget"},
      {"freshness", "stale after " + to_string(quality.freshness) + " without an arrival"},
  };
  for (const auto& [column, rules] : quality.columns) {
    topics.emplace_back("values of " + column, rules_text(rules) + ", else " +
                                                   limits_text(quality.violations) +
                                                   " as a share, outside the budget");
  }
  if (model.endpoint) topics.emplace_back("endpoint", endpoint_text(*model.endpoint));
  if (model.compute) topics.emplace_back("compute", usage_text(*model.compute));
  if (model.compute && model.compute->price) {
    topics.emplace_back("cost", cost_text(*model.compute));
  }
  if (model.registry) topics.emplace_back("registry", registry_text(*model.registry));
  for (const Rule& rule : model.rules) topics.emplace_back("rule " + rule.name, rule_text(rule));
  topics.emplace_back("retraining", model.retraining ? retraining_text(*model.retraining) : "none");
  return topics;
}

std::string target_text(const Target& target) {
  const auto& webhook = std::get<Webhook>(target.kind);
  return "webhook " + to_string(webhook.url) + (webhook.secret ? ", signed" : ", not signed");
}

std::string route_text(const Route& route) {
  std::vector<std::string> matches;
  if (route.severity) matches.emplace_back(to_string(*route.severity));
  if (route.environment) matches.emplace_back(to_string(*route.environment));
  if (route.team) matches.push_back("team " + *route.team);
  if (route.model) matches.push_back("model " + *route.model);
  return (matches.empty() ? "every incident" : joined(matches)) + ": " +
         (route.to.empty() ? "nobody" : joined(route.to));
}

Topics topics_of(const Config& config) {
  Topics topics = {
      {"listens", to_string(config.server.listen)},
      {"state", config.state + ": findings for " + to_string(config.retention.history) +
                    ", deliveries for " + to_string(config.retention.deliveries) + ", at most " +
                    to_string(config.retention.size)},
  };
  for (const auto& [name, target] : config.targets)
    topics.emplace_back("target " + name, target_text(target));
  for (const Route& route : config.routes) topics.emplace_back("route", route_text(route));
  if (config.notify == Notify::kPrometheus)
    topics.emplace_back("notify", "incidents are exported, not sent");
  if (config.heartbeat) {
    topics.emplace_back("heartbeat", to_string(config.heartbeat->url) + " every " +
                                         to_string(config.heartbeat->every));
  }
  return topics;
}

std::string as_text(const std::string& heading, const Topics& topics) {
  std::size_t width = 0;
  for (const auto& [topic, text] : topics) width = std::max(width, topic.size());
  std::string out = heading + "\n";
  for (const auto& [topic, text] : topics) {
    out += "  " + topic + std::string(width + 2 - topic.size(), ' ') + text + "\n";
  }
  return out;
}

json::array as_json(const Topics& topics) {
  json::array out;
  for (const auto& [topic, text] : topics)
    out.push_back(json::object{{"topic", topic}, {"text", text}});
  return out;
}

}  // namespace

std::string Document::explain(Format format,
                              const std::map<std::string, Topics, std::less<>>& data) const {
  const auto all_of = [&data](const Model& model) {
    Topics topics = topics_of(model);
    const auto found = data.find(model.key());
    if (found != data.end())
      topics.insert(topics.end(), found->second.begin(), found->second.end());
    return topics;
  };
  if (format == Format::kText) {
    std::string out = as_text("daemon", topics_of(*config_));
    for (const Model& model : config_->models) out += "\n" + as_text(model.key(), all_of(model));
    return out;
  }
  json::array models;
  for (const Model& model : config_->models) {
    models.push_back(json::object{{"model", model.key()}, {"explanation", as_json(all_of(model))}});
  }
  const json::object out{{"daemon", as_json(topics_of(*config_))}, {"models", std::move(models)}};
  return json::serialize(out) + "\n";
}

}  // namespace leeway::config
