#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/config/config.h"
#include "daemon/retraining/retraining.h"
#include "daemon/rules/engine.h"
#include "daemon/rules/routes.h"
#include "daemon/store/incidents.h"
#include "daemon/store/outbox.h"
#include "daemon/store/sqlite.h"
#include "detectors/base/random.h"

namespace leeway::monitor {

/// A rule asks for a retraining of its model; the retraining room decides what comes of it.
struct RetrainingAsk {
  retraining::Request request;
  retraining::Plan plan;
};

/// Everything that one look at the rules of a model decides, to be written in one transaction with
/// what caused it. Nothing is sent before that commit.
struct Decisions {
  std::string rule_states;  ///< serialized; empty: unchanged
  std::vector<store::Incident> incidents;
  std::vector<store::Delivery> deliveries;
  std::vector<RetrainingAsk> retrainings;

  bool empty() const { return rule_states.empty() && incidents.empty(); }
};

/// What decisions depend on besides the transitions.
struct DecisionContext {
  const config::Config& config;
  const config::Model& model;
  const rules::RuleSet& rules;
  const std::vector<rules::Route>& routes;
  const rules::Facts& facts;
};

/// Incidents, messages to targets and asks for retraining that follow from transitions.
/// Ids of deliveries come from `random`; those of incidents are the rules' own, so that an opening
/// and its end name one incident also after a restart.
Decisions decide(const DecisionContext& context, const std::vector<rules::Transition>& transitions,
                 Random& random, TimePoint now);

/// Writes decisions; call it inside Store::write. Gives the retrainings that were asked for, as
/// they now stand.
Result<std::vector<store::Retraining>> write_decisions(store::Connection& connection,
                                                       const std::string& model,
                                                       const Decisions& decisions, TimePoint now);

/// Those of `retraining.requires` that do not hold now, as written. Unknown does not hold.
std::vector<std::string> unmet_requirements(const config::Model& model, const rules::Facts& facts);

/// What the model's configuration allows of retrainings.
retraining::Plan retraining_plan(const config::Model& model, std::vector<std::string> unmet);

/// The routes of a configuration as the rules room reads them.
std::vector<rules::Route> routes_of(const config::Config& config);

/// The defaults with the model's own rules over them; texts were checked when the file was loaded.
rules::RuleSet rules_of(const config::Model& model);

rules::Subject subject_of(const config::Model& model);

}  // namespace leeway::monitor
