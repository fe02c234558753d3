#include "collectors/tables/pattern.h"
#include "daemon/app/app.h"
#include "daemon/endpoints/target.h"
#include "daemon/retraining/cron.h"
#include "daemon/rules/defaults.h"
#include "daemon/rules/parser.h"

namespace leeway::app {

config::Checkers checkers() {
  config::Checkers checkers;
  checkers.rule = [](std::string_view text) -> std::optional<config::Problem> {
    const auto parsed = rules::parse(text);
    if (parsed) return std::nullopt;
    const rules::ParseError& error = parsed.error();
    return config::Problem{
        .sentence = error.message + (error.help.empty() ? "" : "; " + error.help),
        .column = error.column};
  };
  checkers.cron = [](std::string_view text) -> std::optional<config::Problem> {
    const auto parsed = retraining::Cron::parse(text);
    if (parsed) return std::nullopt;
    return config::Problem{.sentence = parsed.error().message, .column = 0};
  };
  checkers.time_zone = [](std::string_view name) -> std::optional<config::Problem> {
    const auto found = retraining::TimeZone::find(name);
    if (found) return std::nullopt;
    return config::Problem{.sentence = found.error().message, .column = 0};
  };
  checkers.endpoint = endpoint::problem_of;
  checkers.pattern = [](std::string_view text) -> std::optional<config::Problem> {
    const auto compiled = tables::Pattern::compile(text);
    if (compiled) return std::nullopt;
    return config::Problem{.sentence = compiled.error().message, .column = 0};
  };
  for (const rules::Rule& rule : rules::default_rules())
    checkers.default_rules.push_back(rule.name);
  return checkers;
}

}  // namespace leeway::app
