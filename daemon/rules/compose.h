#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <string_view>

#include "daemon/rules/engine.h"
#include "daemon/rules/routes.h"

namespace leeway::rules {

/// What is said of an incident: a line for a pager and an object for programs.
struct Message {
  std::string summary;          ///< one sentence, at most about 600 bytes
  boost::json::object details;  ///< a few kilobytes at most, however many columns moved
};

/// What moved, how far, since when, and what was done. Facts carry no values of private columns, so
/// neither does a message.
/// @param rule  of the transition; null if the configuration no longer has it
Message compose(const Transition& transition, const Rule* rule, const Subject& subject,
                const Actions& actions);

/// The name of an incident: the same for its opening and its end, on every retry and after a
/// restart.
std::string incident_id(const Subject& subject, const Transition& transition);

}  // namespace leeway::rules
