#include "daemon/rules/evidence.h"

#include <algorithm>
#include <iterator>

namespace leeway::rules {
namespace {

/// The path of the number behind a state; empty for a fact that is no state.
std::string path_behind(const Fact& fact) {
  if (fact.path == "volume.state") return "volume.rows";
  if (fact.path == "freshness.state") return "freshness.age";
  const std::string_view measure = fact.label("measure");
  if (measure.empty()) return {};
  return fact.path.substr(0, fact.path.find('.') + 1) + std::string(measure);
}

Fact behind(const Fact& fact, const Facts& facts) {
  for (const Fact& candidate : facts.at(path_behind(fact))) {
    if (candidate.label("column") == fact.label("column") &&
        candidate.label("segment") == fact.label("segment")) {
      return candidate;
    }
  }
  return fact;
}

/// How far beyond its threshold or level, as a multiple of it.
double excess(const Fact& fact) {
  if (fact.alpha && fact.p_value && *fact.p_value > 0.0) return *fact.alpha / *fact.p_value;
  if (!fact.value || !fact.threshold || *fact.threshold <= 0.0) return 0.0;
  return *fact.value / *fact.threshold;
}

bool is_further(const Fact& a, const Fact& b) {
  const double of_a = excess(a);
  const double of_b = excess(b);
  return of_a != of_b ? of_a > of_b : a.key() < b.key();
}

}  // namespace

std::vector<Fact> explain(const std::vector<Fact>& matching, const Facts& facts) {
  std::vector<Fact> of_model;
  std::vector<Fact> of_columns;
  std::set<std::string, std::less<>> seen;
  const auto add = [&](const Fact& fact) {
    if (!seen.insert(fact.key()).second) return;
    (fact.label("column").empty() ? of_model : of_columns).push_back(fact);
  };
  for (const Fact& fact : matching) {
    add(behind(fact, facts));
    if (fact.path != "drift.share" && fact.path != "drift.drifted_columns") continue;
    for (const Fact& state : facts.at("drift.state")) {
      if (state.verdict != Verdict::kCritical || state.label("role") != "feature") continue;
      if (state.label("segment").empty()) add(behind(state, facts));
    }
  }
  std::ranges::sort(of_columns, is_further);
  std::ranges::move(of_columns, std::back_inserter(of_model));
  return of_model;
}

std::vector<Fact> lookup(const std::set<std::string, std::less<>>& keys, const Facts& facts) {
  std::vector<Fact> found;
  for (const auto& [path, of_path] : facts.by_path()) {
    for (const Fact& fact : of_path) {
      if (keys.contains(fact.key())) found.push_back(fact);
    }
  }
  return found;
}

}  // namespace leeway::rules
