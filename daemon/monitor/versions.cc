#include "daemon/monitor/versions.h"

#include <algorithm>
#include <array>
#include <utility>

#include "detectors/drift/measures.h"
#include "detectors/multivariate/measures.h"

namespace leeway::monitor {
namespace {

constexpr std::size_t kShownChanges = 3;

/// The sources that know a version, the one that is believed first.
constexpr std::array<std::string_view, 2> kSources{"registry", "endpoint"};

std::string version_of(const LiveBoard::Reports& reports, std::string_view source) {
  const auto report = reports.find(source);
  return report == reports.end() ? "" : report->second->version;
}

bool compares_rows(const Finding& finding) {
  const bool with_anchor = finding.measure.starts_with("anchor.");
  return finding.deciding || with_anchor || drift::find_measure(finding.measure) != nullptr ||
         multivariate::find_measure(finding.measure) != nullptr ||
         multivariate::find_embedding_measure(finding.measure) != nullptr;
}

}  // namespace

std::string version_now(const LiveBoard::Reports& reports, const config::Model& model) {
  if (std::string known = version_of(reports, "registry"); !known.empty()) return known;
  return model.version.empty() ? version_of(reports, "endpoint") : model.version;
}

Result<std::string> version_at(store::Connection& connection, const std::string& model,
                               TimePoint end, std::string now) {
  for (const std::string_view source : kSources) {
    auto before = store::version_before(connection, model, std::string(source) + ".version", end);
    if (!before) return fail(std::move(before.error()));
    if (*before) return std::move(**before);
  }
  return now;
}

std::string change_sentence(const std::vector<store::Event>& changes) {
  std::string sentence;
  for (const store::Event& change : changes) {
    if (&change == changes.data() + kShownChanges) {
      sentence += "; and " + std::to_string(changes.size() - kShownChanges) + " more";
      break;
    }
    sentence +=
        (sentence.empty() ? "version " : "; version ") + change.before + " became " + change.after;
    if (change.since && *change.since < change.at) {
      sentence += " between " + to_rfc3339(*change.since) + " and " + to_rfc3339(change.at);
    } else {
      sentence += " at " + to_rfc3339(change.at);
    }
    sentence += " (" + change.kind.substr(0, change.kind.find('.')) + ")";
  }
  return sentence;
}

void hold_back_mixed(std::vector<Finding>& findings) {
  for (Finding& finding : findings) {
    if (is_unknown(finding.verdict) || !compares_rows(finding)) continue;
    finding.verdict = Verdict::kMixed;
    finding.note = "the rows are of more than one version of the model";
  }
}

}  // namespace leeway::monitor
