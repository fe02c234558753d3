#include "daemon/monitor/seasons.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "daemon/monitor/judge.h"
#include "detectors/base/random.h"
#include "detectors/profile/fold.h"

namespace leeway::monitor {
namespace {

using std::chrono::days;
using testing::HasSubstr;

constexpr std::size_t kRows = 1000;  // of a day
const TimePoint kMonday = parse_time("2001-01-01").value();

bool is_weekend(int day) { return day % 7 >= 5; }

/// A day's values: two standard deviations more at weekends.
std::vector<double> values_of(int day, double shift, Random& random) {
  std::vector<double> values(kRows);
  for (double& value : values) {
    value = shift + (is_weekend(day) ? 1.0 : 0.0) + random.uniform() + random.uniform() +
            random.uniform();
  }
  return values;
}

profile::Profile profile_of(const profile::Schema& schema, const std::vector<double>& values) {
  profile::ColumnFold fold(schema.columns[0]);
  fold.add_numbers(values, {});
  profile::Profile profile = profile::Profile::empty_for(schema);
  profile.rows = values.size();
  profile.columns[0] = fold.take();
  return profile;
}

/// Days from a Monday on, without those that `without` names.
profile::Reference reference_of(int count, bool (*without)(int) = nullptr) {
  Random random(3);
  std::vector<std::pair<int, std::vector<double>>> kept;
  std::vector<double> all;
  for (int day = 0; day < count; ++day) {
    if (without != nullptr && without(day)) continue;
    kept.emplace_back(day, values_of(day, 0.0, random));
    all.insert(all.end(), kept.back().second.begin(), kept.back().second.end());
  }
  std::ranges::sort(all);
  profile::Reference reference;
  reference.schema.columns.emplace_back().name = "x";
  reference.schema.columns[0].grid =
      std::make_shared<profile::Grid>(profile::Grid::from_sorted(all));
  reference.profile = profile::Profile::empty_for(reference.schema);
  for (const auto& [day, values] : kept) {
    profile::Profile rows = profile_of(reference.schema, values);
    EXPECT_TRUE(reference.profile.merge(rows));
    reference.windows.push_back({.start = kMonday + days(day), .profile = std::move(rows)});
  }
  return reference;
}

config::Model model_with(Season season) {
  config::Model model;
  model.reference.season = season;
  model.window.size = model.window.slide = days(1);
  model.window.time_zone = "UTC";
  model.window.min_rows = 200;
  model.drift = {.dialect = "leeway-1",
                 .numeric = {"psi"},
                 .categorical = {"psi"},
                 .thresholds = {},
                 .false_alarms = {.count = 1.0, .per = days(30)}};
  return model;
}

/// One model in force.
class Judged {
 public:
  Judged(profile::Reference reference, Season season)
      : model_(model_with(season)),
        active_(*activate(std::move(reference), {}, {}, model_, false)) {}

  /// The finding of one measure on that day; no values are no rows.
  Finding on(int day, const std::vector<double>& values, std::string_view measure = "psi") const {
    const TimePoint start = kMonday + days(day);
    SegmentParts part;
    if (!values.empty())
      part.profiles = {profile_of(active_->reference.schema, values).serialize()};
    const Closing window{.start = start,
                         .end = start + days(1),
                         .from = start,
                         .rows = values.size(),
                         .own_rows = values.size()};
    const auto judgement = judge(*active_, model_, window, {.parts = {part}}, start);
    EXPECT_TRUE(judgement);
    const auto found = std::ranges::find(judgement->findings, measure, &Finding::measure);
    EXPECT_NE(found, judgement->findings.end());
    return *found;
  }

 private:
  config::Model model_;
  std::shared_ptr<const ActiveReference> active_;
};

TEST(Seasons, FindAShiftInsideADayOfTheWeekThatIsLostWithoutThem) {
  Random random(11);
  const int wednesday = 58;
  const auto shifted = values_of(wednesday, 0.4, random);
  const Judged blind(reference_of(56), Season::kNone);
  const Judged seasonal(reference_of(56), Season::kDayOfWeek);
  EXPECT_NE(blind.on(wednesday, shifted).verdict, Verdict::kCritical);
  const Finding found = seasonal.on(wednesday, shifted);
  EXPECT_EQ(found.verdict, Verdict::kCritical);
  EXPECT_THAT(found.note, HasSubstr("compared with Wednesdays"));
  EXPECT_LT(*found.critical, *blind.on(wednesday, shifted).critical / 2.0);
}

TEST(Seasons, HoldNoDayForDriftThatIsAsThoseOfItsName) {
  Random random(12);
  const Judged seasonal(reference_of(56), Season::kDayOfWeek);
  int critical = 0;
  for (int day = 56; day < 56 + 70; ++day) {
    if (seasonal.on(day, values_of(day, 0.0, random)).verdict == Verdict::kCritical) ++critical;
  }
  EXPECT_LE(critical, 5) << "one in thirty is the budget";
  // What is usual on Sundays is not on Mondays.
  EXPECT_EQ(seasonal.on(63, values_of(62, 0.0, random)).verdict, Verdict::kCritical);
}

TEST(Seasons, FallBackToACoarserOneAndSaySo) {
  Random random(13);
  const Judged short_past(reference_of(21), Season::kDayOfWeek);
  const Finding found = short_past.on(23, values_of(23, 0.0, random));
  EXPECT_EQ(found.note,
            "compared with all windows: the reference has 3 windows with 3000 rows of Wednesdays, "
            "4 with 500 are needed");
}

TEST(Seasons, ExpectNoRowsWhenNoneAreUsual) {
  Random random(14);
  const Judged weekdays(reference_of(56, is_weekend), Season::kDayOfWeek);
  EXPECT_EQ(weekdays.on(61, {}, "volume").verdict, Verdict::kOk);  // a Saturday
  EXPECT_EQ(weekdays.on(63, {}, "volume").verdict, Verdict::kCritical);
  const Judged blind(reference_of(56, is_weekend), Season::kNone);
  EXPECT_EQ(blind.on(61, {}, "volume").verdict, Verdict::kCritical);
}

TEST(Seasons, AWindowOfSeveralPhasesIsComparedWithAllOfThem) {
  const auto clock = tables::SeasonClock::create({.size = days(1)});
  const auto levels =
      learn_seasons(reference_of(56), Season::kDayOfWeek, *clock,
                    [](const profile::Reference&) { return threshold::Thresholds{}; });
  ASSERT_EQ(levels.size(), 1U);
  const profile::Schema schema = reference_of(56).schema;
  const SeasonChoice both = choose(levels, *clock, kMonday + days(60), kMonday + days(62));
  EXPECT_EQ(both.name(), "Fridays and Saturdays");
  EXPECT_EQ(both.reference(schema).profile.rows, 16 * kRows);
  EXPECT_EQ(both.note, "");
}

}  // namespace
}  // namespace leeway::monitor
