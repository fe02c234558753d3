#include "daemon/monitor/baselines.h"

#include <algorithm>
#include <utility>

#include "daemon/monitor/settings.h"

namespace leeway::monitor {
namespace {

constexpr double kShareOfAllRows = 0.5;

threshold::Thresholds learn(const profile::Reference& reference, const config::Model& model,
                            double share) {
  threshold::Policy policy = threshold_policy(model);
  policy.share = share;
  return threshold::Thresholds::learn(reference, model.drift.numeric, model.drift.categorical,
                                      std::move(policy));
}

}  // namespace

LearnedThresholds learn_thresholds(const profile::Reference& reference, const config::Model& model,
                                   const tables::SeasonClock* clock) {
  const auto enough =
      std::ranges::count_if(reference.parts, [](const profile::Reference::Part& part) {
        return part.profile.rows >= kFewestReferenceRows;
      });
  const auto seasons_of = [&](const profile::Reference& rows, double share) {
    const auto learn_level = [&](const profile::Reference& phased) {
      return learn(phased, model, share);
    };
    return clock == nullptr ? std::vector<SeasonLevel>{}
                            : learn_seasons(rows, model.reference.season, *clock, learn_level);
  };
  LearnedThresholds learned;
  const double share_of_all = enough == 0 ? 1.0 : kShareOfAllRows;
  learned.all = learn(reference, model, share_of_all);
  learned.seasons = seasons_of(reference, share_of_all);
  const double share = (1.0 - kShareOfAllRows) / static_cast<double>(enough);
  for (const profile::Reference::Part& part : reference.parts) {
    Baseline& baseline = learned.segments[part.segment];
    baseline.reference = *reference.of_segment(part.segment);
    if (baseline.is_enough()) {
      baseline.thresholds = learn(baseline.reference, model, share);
      baseline.seasons = seasons_of(baseline.reference, share);
    }
    baseline.reference.windows.clear();
  }
  return learned;
}

Unjudged why_not_judged(const Baseline* baseline) {
  if (baseline == nullptr || baseline->reference.profile.rows == 0) {
    return {.verdict = Verdict::kLearning,
            .note = "a new segment: the reference has no rows of it"};
  }
  return {.verdict = Verdict::kTooFew,
          .note = "the reference has " + std::to_string(baseline->reference.profile.rows) +
                  " rows of this segment, " + std::to_string(kFewestReferenceRows) + " are needed"};
}

}  // namespace leeway::monitor
