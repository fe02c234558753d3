#include "daemon/retraining/decide.h"

namespace leeway::retraining {
namespace {

using store::Hold;

Decision refuse(std::string reason) {
  return {Decision::Kind::kRefuse, Hold::kNone, std::move(reason)};
}

Decision wait_for(Hold hold, std::string reason) {
  return {Decision::Kind::kHold, hold, std::move(reason)};
}

std::string joined(const std::vector<std::string>& texts) {
  std::string all;
  for (const std::string& text : texts) all += (all.empty() ? "" : ", ") + text;
  return all;
}

}  // namespace

Decision decide(const store::Retraining& request, const History& history, const Limits& limits,
                TimePoint now) {
  if (history.in_flight) {
    return refuse("retraining " + history.in_flight->id + " of this model has not ended");
  }
  if (history.last_end && now < *history.last_end + limits.cooldown) {
    return refuse("cooling down until " + to_rfc3339(*history.last_end + limits.cooldown));
  }
  if (limits.at_most && history.starts.size() >= limits.at_most->count) {
    return refuse("there were " + std::to_string(history.starts.size()) + " runs within " +
                  to_string(limits.at_most->period) + ", at most " +
                  std::to_string(limits.at_most->count) + " are allowed");
  }
  if (now > request.requested_at + limits.held_at_most) {
    return refuse("was held for more than " + to_string(limits.held_at_most));
  }
  const bool approved = request.approved_at.has_value();
  if (!approved && limits.approval_required) {
    return wait_for(Hold::kApproval, "waits for an approval");
  }
  const bool storm = request.hold == Hold::kStorm || history.recent_requests >= kStormRequests;
  if (!approved && storm) {
    return wait_for(
        Hold::kStorm,
        "more than " + std::to_string(kStormRequests) + " requests within " +
            to_string(kStormPeriod) +
            " over all models: something upstream may have broken; approve it to go on");
  }
  if (!history.unmet.empty()) {
    return wait_for(Hold::kRequirement, "does not hold: " + joined(history.unmet));
  }
  return {};
}

}  // namespace leeway::retraining
