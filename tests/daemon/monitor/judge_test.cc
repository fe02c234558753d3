#include "daemon/monitor/judge.h"

#include <gtest/gtest.h>

#include "daemon/monitor/live_windows.h"
#include "detectors/base/random.h"
#include "tests/daemon/monitor/one_column.h"

namespace leeway::monitor {
namespace {

using tests::profile_of;

constexpr TimePoint kStart{std::chrono::hours(24 * 11'323)};

std::vector<double> draws(std::uint64_t seed, std::size_t count, double shift = 0.0) {
  Random random(seed);
  std::vector<double> values(count);
  for (double& value : values)
    value = random.uniform() + random.uniform() + random.uniform() + shift;
  return values;
}

/// One numeric column over twenty reference days.
profile::Reference reference_of_days(std::size_t rows_a_day) {
  std::vector<double> all;
  for (std::uint64_t day = 0; day < 20; ++day) {
    const auto more = draws(day, rows_a_day);
    all.insert(all.end(), more.begin(), more.end());
  }
  std::ranges::sort(all);
  profile::Reference reference;
  profile::Column column;
  column.name = "x";
  column.grid = std::make_shared<profile::Grid>(profile::Grid::from_sorted(all));
  reference.schema.columns.push_back(std::move(column));
  reference.profile = profile::Profile::empty_for(reference.schema);
  for (std::uint64_t day = 0; day < 20; ++day) {
    profile::Profile window = profile_of(reference.schema, draws(day, rows_a_day));
    EXPECT_TRUE(reference.profile.merge(window));
    reference.windows.push_back({kStart + std::chrono::hours(24 * day), std::move(window)});
  }
  return reference;
}

config::Model model() {
  config::Model model;
  model.name = "m";
  model.window.size = model.window.slide = std::chrono::hours(24);
  model.window.min_rows = 200;
  model.drift = {.dialect = "leeway-1",
                 .numeric = {"psi", "ks"},
                 .categorical = {"psi"},
                 .thresholds = {},
                 .false_alarms = {.count = 1.0, .per = std::chrono::hours(24 * 30)}};
  return model;
}

std::shared_ptr<const ActiveReference> active(const config::Model& model,
                                              bool provisional = false) {
  auto made = activate(reference_of_days(2000), {}, {}, model, provisional);
  EXPECT_TRUE(made);
  return *made;
}

Closing window_of(std::uint64_t rows) {
  const TimePoint start = kStart + std::chrono::hours(24 * 40);
  return {.start = start,
          .end = start + std::chrono::hours(24),
          .from = start,
          .rows = rows,
          .own_rows = rows};
}

const Finding* find(const Judgement& judgement, std::string_view measure) {
  for (const Finding& finding : judgement.findings) {
    if (finding.measure == measure) return &finding;
  }
  return nullptr;
}

Result<Judgement> judge_values(const ActiveReference& reference, const config::Model& model,
                               const std::vector<double>& values) {
  SegmentParts parts;
  parts.profiles.push_back(profile_of(reference.reference.schema, values).serialize());
  return judge(reference, model, window_of(values.size()), {.parts = {parts}}, kStart);
}

TEST(Judge, FindsNothingInADayLikeTheOthers) {
  const auto reference = active(model());
  const auto judgement = judge_values(*reference, model(), draws(77, 2000));
  ASSERT_TRUE(judgement);
  EXPECT_EQ(judgement->summary.judged, 1U);
  EXPECT_EQ(judgement->summary.drifted, 0U);
  EXPECT_EQ(find(*judgement, "volume")->verdict, Verdict::kOk);
}

TEST(Judge, FindsAShiftCritical) {
  const auto reference = active(model());
  const auto judgement = judge_values(*reference, model(), draws(77, 2000, 0.8));
  ASSERT_TRUE(judgement);
  EXPECT_EQ(judgement->summary.drifted, 1U);
  EXPECT_EQ(find(*judgement, "psi")->verdict, Verdict::kCritical);
}

TEST(Judge, MergesTheContributionsOfAWindow) {
  const auto reference = active(model());
  const auto values = draws(5, 3000);
  SegmentParts parts;
  for (int third = 0; third < 3; ++third) {
    const std::vector<double> some(values.begin() + third * 1000,
                                   values.begin() + (third + 1) * 1000);
    parts.profiles.push_back(profile_of(reference->reference.schema, some).serialize());
  }
  const auto judgement = judge(*reference, model(), window_of(3000), {.parts = {parts}}, kStart);
  ASSERT_TRUE(judgement);
  EXPECT_EQ(judgement->profile.rows, 3000U);
  EXPECT_EQ(judgement->profile.columns[0].cells.count,
            profile_of(reference->reference.schema, values).columns[0].cells.count);
}

TEST(Judge, AMutedColumnIsShownAndNotJudged) {
  config::Model muted = model();
  muted.columns.overrides["x"] = {
      .mute_until = kStart + std::chrono::hours(1), .reason = "new routes", .thresholds = {}};
  const auto reference = active(muted);
  const auto judgement = judge_values(*reference, muted, draws(77, 2000, 0.8));
  ASSERT_TRUE(judgement);
  EXPECT_EQ(judgement->summary.drifted, 0U);
  EXPECT_EQ(find(*judgement, "psi")->verdict, Verdict::kOk);
  EXPECT_NE(find(*judgement, "psi")->note.find("new routes"), std::string::npos);
}

TEST(Judge, AColumnsOwnThresholdWins) {
  config::Model lenient = model();
  const auto verdict = [&lenient] {
    const auto reference = active(lenient);
    const auto judgement = judge_values(*reference, lenient, draws(77, 2000, 0.8));
    return find(*judgement, "psi")->verdict;
  };
  EXPECT_EQ(verdict(), Verdict::kCritical);
  lenient.columns.overrides["x"].thresholds["psi"] = {.warning = 0.1, .critical = 100.0};
  EXPECT_EQ(verdict(), Verdict::kWarning);
}

TEST(Judge, BecomesCriticalOnceLiveWindowsWereLearnedFrom) {
  // A reference without windows, as one without timestamps is.
  profile::Reference timeless = reference_of_days(2000);
  timeless.windows.clear();
  const auto made = activate(std::move(timeless), {}, {}, model(), false);
  ASSERT_TRUE(made);
  EXPECT_TRUE(lacks_windows(**made));
  const auto shifted = draws(77, 2000, 0.8);
  EXPECT_EQ(find(*judge_values(**made, model(), shifted), "psi")->verdict, Verdict::kWarning);

  std::vector<store::Window> windows;
  std::vector<store::Contribution> contributions;
  for (std::uint64_t day = 0; day < kLiveWindows; ++day) {
    const TimePoint start = kStart + std::chrono::hours(24 * (60 + day));
    store::Window window;
    window.start = window.extended_from = start;
    window.end = start + std::chrono::hours(24);
    windows.push_back(window);
    store::Contribution contribution;
    contribution.pane_start = start;
    contribution.schema_id = (*made)->reference.schema.id();
    contribution.profile =
        profile_of((*made)->reference.schema, draws(200 + day, 2000)).serialize();
    contributions.push_back(contribution);
  }
  const auto learned = learned_from(**made, model(), windows, contributions);
  ASSERT_TRUE(learned);
  EXPECT_FALSE(lacks_windows(**learned));
  EXPECT_EQ((*learned)->id, (*made)->id);
  EXPECT_EQ(find(*judge_values(**learned, model(), shifted), "psi")->verdict, Verdict::kCritical);
  EXPECT_EQ(find(*judge_values(**learned, model(), draws(78, 2000)), "psi")->verdict, Verdict::kOk);
}

/// Two segments, low and high values, whose days are like each other.
profile::Reference reference_of_segments(std::size_t rows_a_day) {
  profile::Reference reference = reference_of_days(rows_a_day);
  for (const auto& [name, shift] : {std::pair{"s=high", 2.0}, std::pair{"s=low", 0.0}}) {
    profile::Reference::Part& part = reference.parts.emplace_back();
    part.segment = name;
    part.profile = profile::Profile::empty_for(reference.schema);
    for (std::uint64_t day = 0; day < 20; ++day) {
      profile::Profile window =
          profile_of(reference.schema, draws(1000 + day, rows_a_day / 2, shift));
      EXPECT_TRUE(part.profile.merge(window));
      part.windows.push_back({kStart + std::chrono::hours(24 * day), std::move(window)});
    }
  }
  return reference;
}

Finding judge_segment(const ActiveReference& reference, const std::string& segment,
                      const std::vector<double>& values) {
  SegmentParts parts;
  parts.segment = segment;
  parts.profiles.push_back(profile_of(reference.reference.schema, values).serialize());
  const auto judgement =
      judge(reference, model(), window_of(values.size()), {.parts = {parts}}, kStart);
  EXPECT_TRUE(judgement);
  const Finding* const found = find(*judgement, "psi");
  EXPECT_NE(found, nullptr);
  EXPECT_EQ(found->segment, segment);
  EXPECT_TRUE(found->deciding);
  EXPECT_EQ(judgement->summary.judged + judgement->summary.unknown, 0U)
      << "segments are in no summary";
  return *found;
}

TEST(Judge, ComparesASegmentWithItsOwnPast) {
  const auto made = activate(reference_of_segments(2000), {}, {}, model(), false);
  ASSERT_TRUE(made);
  EXPECT_EQ(judge_segment(**made, "s=high", draws(77, 1000, 2.0)).verdict, Verdict::kOk);
  EXPECT_EQ(judge_segment(**made, "s=low", draws(77, 1000)).verdict, Verdict::kOk);
  EXPECT_EQ(judge_segment(**made, "s=low", draws(77, 1000, 0.8)).verdict, Verdict::kCritical);
  EXPECT_EQ(judge_segment(**made, "s=high", draws(77, 1000)).verdict, Verdict::kCritical);
}

TEST(Judge, SaysWhatASegmentLacks) {
  profile::Reference reference = reference_of_segments(2000);
  reference.parts[0].profile = profile_of(reference.schema, draws(1, 499));
  const auto made = activate(std::move(reference), {}, {}, model(), false);
  ASSERT_TRUE(made);
  const Finding small = judge_segment(**made, "s=high", draws(77, 1000, 2.0));
  EXPECT_EQ(small.verdict, Verdict::kTooFew);
  EXPECT_EQ(small.note, "the reference has 499 rows of this segment, 500 are needed");
  const Finding fresh = judge_segment(**made, "s=(rest)", draws(77, 1000));
  EXPECT_EQ(fresh.verdict, Verdict::kLearning);
  EXPECT_EQ(fresh.note, "a new segment: the reference has no rows of it");
}

TEST(Judge, SegmentsShareHalfOfTheBudgetOfFalseAlarms) {
  const auto limit_of = [](const threshold::Thresholds& thresholds) {
    return *thresholds.limit(0, "psi", 200.0).critical;
  };
  const auto alone = learn_thresholds(reference_of_days(2000), model());
  const auto together = learn_thresholds(reference_of_segments(2000), model());
  EXPECT_GT(limit_of(together.all), limit_of(alone.all));
  config::Model half = model();
  half.drift.false_alarms.count /= 2.0;
  EXPECT_EQ(limit_of(together.all), limit_of(learn_thresholds(reference_of_days(2000), half).all));
}

TEST(Judge, SaysNothingOfDriftWhileLearning) {
  const auto reference = active(model(), true);
  const auto judgement = judge_values(*reference, model(), draws(77, 2000, 0.8));
  ASSERT_TRUE(judgement);
  EXPECT_EQ(find(*judgement, "psi"), nullptr);
}

TEST(Judge, RefusesAContributionThatIsNoProfile) {
  const auto reference = active(model());
  SegmentParts parts;
  parts.profiles = {"not a profile"};
  const auto judgement = judge(*reference, model(), window_of(1), {.parts = {parts}}, kStart);
  ASSERT_FALSE(judgement);
  EXPECT_EQ(judgement.error().code, ErrorCode::kCorrupt);
}

TEST(Volume, AWindowWithoutRowsIsCriticalWhereRowsAreExpected) {
  const auto expected = expected_volume(reference_of_days(2000));
  ASSERT_TRUE(expected);
  EXPECT_EQ(expected->median, 2000.0);
  const config::Limits limits{.warning = 2.0, .critical = {}};
  EXPECT_EQ(judge_volume(expected, 0, limits).verdict, Verdict::kCritical);
  EXPECT_EQ(judge_volume(expected, 500, limits).verdict, Verdict::kWarning);
  EXPECT_EQ(judge_volume(expected, 1900, limits).verdict, Verdict::kOk);
  EXPECT_EQ(judge_volume(std::nullopt, 0, limits).verdict, Verdict::kNoData);
}

TEST(Volume, IsHeldAgainstFactorsToEitherSide) {
  const auto expected = expected_volume(reference_of_days(2000));
  const config::Limits limits{.warning = 1.5, .critical = 4.0};
  const auto found = [&](std::uint64_t rows) { return judge_volume(expected, rows, limits); };
  EXPECT_EQ(found(2900).verdict, Verdict::kOk);
  EXPECT_EQ(found(3100).verdict, Verdict::kWarning);
  EXPECT_EQ(found(3100).warning, 1.5);
  EXPECT_EQ(found(3100).note, "3100 rows, about 2000 expected");
  EXPECT_EQ(found(9000).verdict, Verdict::kCritical);
  EXPECT_EQ(found(1300).verdict, Verdict::kWarning);
  EXPECT_EQ(found(490).verdict, Verdict::kCritical);
  EXPECT_EQ(found(490).critical, 0.25);
  EXPECT_EQ(judge_volume(expected, 9000, {}).verdict, Verdict::kOk);
  EXPECT_EQ(judge_volume(expected, 0, {}).verdict, Verdict::kCritical);
}

// A small factor is not crossed by what the reference's own windows vary by.
TEST(Volume, AllowsForWhatTheReferencesWindowsVaryBy) {
  const VolumeExpectation expected{.median = 1000.0, .spread = 300.0};
  const config::Limits limits{.warning = 1.5, .critical = 2.0};
  EXPECT_EQ(judge_volume(expected, 2500, limits).verdict, Verdict::kOk);
  EXPECT_EQ(judge_volume(expected, 2500, limits).warning, 2.8);
  EXPECT_EQ(judge_volume(expected, 3000, limits).verdict, Verdict::kCritical);
  EXPECT_EQ(judge_volume(expected, 1, limits).verdict, Verdict::kOk);
  EXPECT_EQ(judge_volume(expected, 0, limits).verdict, Verdict::kCritical);
}

}  // namespace
}  // namespace leeway::monitor
