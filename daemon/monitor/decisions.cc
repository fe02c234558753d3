#include "daemon/monitor/decisions.h"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <map>
#include <utility>

#include "daemon/delivery/payload.h"
#include "daemon/rules/compose.h"
#include "daemon/rules/defaults.h"
#include "daemon/rules/parser.h"
#include "daemon/store/ids.h"

namespace leeway::monitor {
namespace {

using Kind = rules::Transition::Kind;

std::string payload(std::string_view type, TimePoint now, const rules::Message& message,
                    const store::Incident& incident) {
  boost::json::object data = message.details;
  data["id"] = incident.id;
  data["model"] = incident.model;
  data["environment"] = incident.environment;
  data["rule"] = incident.rule;
  data["severity"] = incident.severity;
  data["state"] = store::to_string(incident.state);
  data["summary"] = message.summary;
  return delivery::event_payload(type, now, std::move(data));
}

store::Incident incident_of(const DecisionContext& context, const rules::Transition& transition,
                            const rules::Subject& subject, const rules::Message& message,
                            const rules::Actions& actions) {
  store::Incident incident;
  incident.id = rules::incident_id(subject, transition);
  incident.model = context.model.key();
  incident.environment = subject.environment;
  incident.rule = transition.rule;
  incident.severity = rules::to_string(transition.severity);
  incident.opened_at = transition.opened;
  incident.summary = message.summary;
  incident.details = boost::json::serialize(message.details);
  incident.retraining_asked = actions.retrain;
  if (transition.kind == Kind::kResolved) {
    incident.state = store::IncidentState::kResolved;
    incident.resolved_at = transition.at;
  }
  return incident;
}

void add(Decisions& decisions, const DecisionContext& context, const rules::Transition& transition,
         Random& random, TimePoint now) {
  const bool opened = transition.kind == Kind::kOpened;
  const rules::Subject subject = subject_of(context.model);
  const rules::Rule* rule = context.rules.find(transition.rule);
  rules::Actions actions;
  if (rule != nullptr) {
    actions = rules::actions_of(*rule, context.routes, subject);
  } else {
    actions.alert = rules::route(context.routes, subject, transition.severity);
  }
  if (context.config.notify == config::Notify::kPrometheus) actions.alert.clear();

  const rules::Message message = rules::compose(transition, rule, subject, actions);
  const store::Incident incident = incident_of(context, transition, subject, message, actions);
  const std::string_view type = opened ? "leeway.incident.opened" : "leeway.incident.resolved";
  for (const std::string& target : actions.alert) {
    store::Delivery delivery;
    delivery.id = store::new_id(random, now);
    delivery.target = target;
    delivery.kind = "incident";
    delivery.subject = incident.id;
    delivery.dedupe = incident.id + (opened ? ":opened" : ":resolved");
    delivery.payload = payload(type, now, message, incident);
    delivery.created_at = now;
    delivery.next_attempt_at = now;
    decisions.deliveries.push_back(std::move(delivery));
  }
  if (opened && actions.retrain && context.model.retraining) {
    decisions.retrainings.push_back(
        {.request = {.id = store::new_id(random, now),
                     .delivery_id = store::new_id(random, now),
                     .model = incident.model,
                     .environment = incident.environment,
                     .cause = store::RetrainingCause::kRule,
                     .asked_by = incident.rule,
                     .incident_id = incident.id,
                     .details = incident.details},
         .plan = retraining_plan(context.model, unmet_requirements(context.model, context.facts))});
  }
  decisions.incidents.push_back(incident);
}

rules::Span span_of(const config::Hold& hold) {
  if (hold.windows > 0) return rules::Windows{hold.windows};
  return hold.duration;
}

}  // namespace

rules::Subject subject_of(const config::Model& model) {
  return {.model = model.name,
          .environment = std::string(config::to_string(model.environment)),
          .team = model.team};
}

std::vector<rules::Route> routes_of(const config::Config& config) {
  std::vector<rules::Route> routes;
  for (const config::Route& written : config.routes) {
    rules::Route route;
    if (written.severity) route.severity = rules::severity(config::to_string(*written.severity));
    if (written.environment) route.environment = config::to_string(*written.environment);
    route.team = written.team;
    route.model = written.model;
    route.to = written.to;
    routes.push_back(std::move(route));
  }
  return routes;
}

rules::RuleSet rules_of(const config::Model& model) {
  std::vector<rules::RuleChange> changes;
  for (const config::Rule& written : model.rules) {
    rules::RuleChange change{.name = written.name, .enabled = written.enabled};
    change.condition = written.condition;
    if (written.hold) change.hold = span_of(*written.hold);
    if (written.keep_firing) change.keep_firing = span_of(*written.keep_firing);
    if (written.severity) change.severity = rules::severity(config::to_string(*written.severity));
    change.then = written.then;
    changes.push_back(std::move(change));
  }
  auto merged = rules::merge(rules::default_rules(), changes);
  LEEWAY_ASSERT(merged.has_value(), "rules were checked when the configuration was loaded");
  return rules::RuleSet(std::move(*merged));
}

Decisions decide(const DecisionContext& context, const std::vector<rules::Transition>& transitions,
                 Random& random, TimePoint now) {
  Decisions decisions;
  for (const rules::Transition& transition : transitions) {
    add(decisions, context, transition, random, now);
  }
  return decisions;
}

std::vector<std::string> unmet_requirements(const config::Model& model, const rules::Facts& facts) {
  // The two words of the configuration are conditions with a name.
  static const std::map<std::string, std::string, std::less<>> kWords = {
      {"quality_ok", "all(quality.state) < 2"}, {"source_fresh", "freshness.state < 2"}};
  std::vector<std::string> unmet;
  if (!model.retraining) return unmet;
  for (const std::string& written : model.retraining->requires_all) {
    const auto word = kWords.find(written);
    const auto condition = rules::parse(word == kWords.end() ? written : word->second);
    LEEWAY_ASSERT(condition.has_value(),
                  "conditions were checked when the configuration was loaded");
    if (rules::evaluate(*condition, facts).truth != rules::Truth::kTrue) unmet.push_back(written);
  }
  return unmet;
}

retraining::Plan retraining_plan(const config::Model& model, std::vector<std::string> unmet) {
  retraining::Plan plan;
  plan.unmet = std::move(unmet);
  if (!model.retraining) return plan;
  plan.target = model.retraining->target;
  plan.limits.cooldown = model.retraining->cooldown;
  if (model.retraining->at_most.count > 0.0) {
    plan.limits.at_most = {.count = static_cast<std::uint64_t>(model.retraining->at_most.count),
                           .period = model.retraining->at_most.per};
  }
  plan.limits.approval_required = model.retraining->approval == config::Approval::kRequired;
  return plan;
}

Result<std::vector<store::Retraining>> write_decisions(store::Connection& connection,
                                                       const std::string& model,
                                                       const Decisions& decisions, TimePoint now) {
  if (!decisions.rule_states.empty()) {
    Result<> saved = store::save_rule_states(connection, model, decisions.rule_states);
    if (!saved) return fail(std::move(saved.error()));
  }
  for (const store::Incident& incident : decisions.incidents) {
    Result<> saved = store::save_incident(connection, incident);
    if (!saved) return fail(std::move(saved.error()));
  }
  for (const store::Delivery& delivery : decisions.deliveries) {
    Result<bool> queued = store::enqueue(connection, delivery);
    if (!queued) return fail(std::move(queued.error()));
  }
  std::vector<store::Retraining> retrainings;
  for (const RetrainingAsk& ask : decisions.retrainings) {
    auto asked = retraining::request(connection, ask.request, ask.plan, now);
    if (!asked) return fail(std::move(asked.error()));
    retrainings.push_back(std::move(*asked));
  }
  return retrainings;
}

}  // namespace leeway::monitor
