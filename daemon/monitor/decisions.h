#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/config/config.h"
#include "daemon/rules/engine.h"
#include "daemon/rules/routes.h"
#include "daemon/store/incidents.h"
#include "daemon/store/outbox.h"
#include "daemon/store/sqlite.h"
#include "detectors/base/random.h"

namespace leeway::monitor {

/// A rule asks for a retraining of its model; the retraining room decides what comes of it.
struct RetrainingAsk {
  std::string model;  ///< key
  std::string rule;
  std::string incident_id;
  std::string details;  ///< JSON
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
};

/// Incidents, messages to targets and asks for retraining that follow from transitions.
/// Ids of deliveries come from `random`; those of incidents are the rules' own, so that an opening
/// and its end name one incident also after a restart.
Decisions decide(const DecisionContext& context, const std::vector<rules::Transition>& transitions,
                 Random& random, TimePoint now);

/// Writes decisions; call it inside Store::write. `retrain` is the retraining room's.
using Retrain = std::function<Result<>(store::Connection&, const RetrainingAsk&)>;
Result<> write_decisions(store::Connection& connection, const std::string& model,
                         const Decisions& decisions, const Retrain& retrain);

/// The routes of a configuration as the rules room reads them.
std::vector<rules::Route> routes_of(const config::Config& config);

/// The defaults with the model's own rules over them; texts were checked when the file was loaded.
rules::RuleSet rules_of(const config::Model& model);

rules::Subject subject_of(const config::Model& model);

}  // namespace leeway::monitor
