#include "daemon/delivery/retry_class.h"

#include <algorithm>
#include <string>

#include "collectors/net/retry_after.h"

namespace leeway::delivery {
namespace {

// One line a kind: success, retry, ambiguous, disabled, key. Where the receiver knows our key, or
// has a key in the message itself, sending again does no harm and nothing is ambiguous.
constexpr std::array kClasses = {
    RetryClass{"webhook", {{2}}, {{408, 425, 429, 5}}, {}, {{410}}, "webhook-id"},
    RetryClass{"github_dispatch", {{204}}, {{429}}, {{5}}, {}, ""},
    RetryClass{"github_workflow", {{200, 204}}, {{429}}, {{5}}, {}, ""},
    RetryClass{"azure_devops", {{200}}, {{429, 503}}, {{5}}, {}, ""},
    RetryClass{"azure_ml_job", {{200, 201}}, {{429, 5}}, {}, {}, "job name"},
    RetryClass{"azure_ml_batch", {{2}}, {{429, 503}}, {{5}}, {}, ""},
    RetryClass{"gitlab", {{201}}, {{429, 503}}, {{5}}, {}, ""},
    RetryClass{"jenkins", {{201}}, {{503}}, {{5}}, {}, ""},
    RetryClass{"airflow", {{200, 409}}, {{429, 5}}, {}, {}, "dag_run_id"},
    RetryClass{"argo", {{200}}, {{503}}, {{5}}, {}, ""},
    RetryClass{"kubeflow", {{200}}, {{429, 503}}, {{5}}, {}, ""},
    RetryClass{"alertmanager", {{200}}, {{429, 5}}, {}, {}, "label set"},
    RetryClass{"pagerduty", {{202}}, {{429, 5}}, {}, {}, "dedup_key"},
    RetryClass{"opsgenie", {{202}}, {{429, 5}}, {}, {}, "alias"},
    RetryClass{"slack", {{200}}, {{429, 503}}, {{5}}, {}, ""},
    RetryClass{"teams", {{202}}, {{429, 503}}, {{5}}, {}, ""},
};

/// The begin of what the receiver says, on one line of ASCII.
std::string excerpt(std::string_view body) {
  std::string out;
  for (const char c : body.substr(0, 200)) out += c >= ' ' && c <= '~' ? c : ' ';
  while (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

std::string describe(const net::HttpResponse& response) {
  const std::string said = excerpt(response.body);
  return "answered " + std::to_string(response.status) + (said.empty() ? "" : ": " + said);
}

std::optional<Duration> wait_asked(const net::HttpResponse& response, TimePoint now) {
  const auto field = response.headers.find("Retry-After");
  return field ? net::parse_retry_after(*field, now) : std::nullopt;
}

Outcome judge_status(const RetryClass& target, const net::HttpResponse& response, TimePoint now) {
  const int status = response.status;
  if (target.success.contains(status)) return Outcome::delivered(status);
  const std::string reason = describe(response);
  if (target.retry.contains(status)) {
    return Outcome::retry(status, reason, wait_asked(response, now));
  }
  if (target.ambiguous.contains(status)) {
    Outcome outcome = Outcome::ambiguous(status, reason);
    outcome.after = wait_asked(response, now);
    return outcome;
  }
  Outcome outcome = Outcome::dead(status, reason);
  outcome.disable = target.disabled.contains(status);
  return outcome;
}

}  // namespace

std::span<const RetryClass> retry_classes() { return kClasses; }

const RetryClass& retry_class(std::string_view kind) {
  const auto found = std::find_if(kClasses.begin(), kClasses.end(),
                                  [&](const RetryClass& one) { return one.kind == kind; });
  LEEWAY_ASSERT(found != kClasses.end(), "targets name a kind of the table");
  return *found;
}

Result<Outcome> judge(const RetryClass& target, const net::HttpOutcome& answer, TimePoint now) {
  if (answer) return judge_status(target, *answer, now);
  const net::HttpFailure& failure = answer.error();
  if (failure.error.code == ErrorCode::kCancelled) return fail(failure.error);
  if (failure.maybe_sent && !target.idempotent()) {
    return Outcome::ambiguous(0, failure.error.message);
  }
  return Outcome::retry(0, failure.error.message);
}

}  // namespace leeway::delivery
