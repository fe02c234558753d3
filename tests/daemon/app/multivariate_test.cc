#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <numbers>

#include "detectors/base/bytes.h"
#include "detectors/base/random.h"
#include "tests/daemon/app/models.h"

namespace leeway::tests {
namespace {

using std::chrono::hours;
using testing::Contains;
using testing::Each;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

/// Days of rows whose columns `a` and `b` are normal, each by itself always in the same way; only
/// their correlation differs. `v` is a vector in the plane, around one that is `degrees` away from
/// the axis.
struct Pairs {
  std::string day;
  double correlation = 0.7;
  double degrees = 0.0;
};

std::string csv_of(const std::vector<Pairs>& days) {
  constexpr int kRows = 400;
  std::string text = "at,a,b,v\n";
  for (const Pairs& day : days) {
    Random random(hash64(day.day));
    const auto normal = [&random] {
      return std::sqrt(-2.0 * std::log(1.0 - random.uniform())) *
             std::cos(2.0 * std::numbers::pi * random.uniform());
    };
    for (int row = 0; row < kRows; ++row) {
      const double a = normal();
      const double b =
          day.correlation * a + std::sqrt(1.0 - day.correlation * day.correlation) * normal();
      const double angle = day.degrees * std::numbers::pi / 180.0 + 0.1 * normal();
      const double length = 1.0 + 0.1 * normal();
      const int minutes = row * 3;
      std::array<char, 160> line{};
      std::snprintf(line.data(), line.size(), "%sT%02d:%02d:00Z,%.6f,%.6f,\"[%.6f, %.6f]\"\n",
                    day.day.c_str(), minutes / 60, minutes % 60, a, b, length * std::cos(angle),
                    length * std::sin(angle));
      text += line.data();
    }
  }
  return text;
}

class Multivariate : public testing::Test {
 protected:
  void start(const std::string& more) {
    std::vector<Pairs> days;
    for (const Flights& day : january()) days.push_back({.day = day.day});
    days.resize(20);  // each is measured once against the others
    world_.write("january.csv", csv_of(days));
    std::string model = january_model(world_, "pairs", more);
    if (more.find("columns:") != std::string::npos) {  // in the place of the usual ones
      const std::string usual = "    columns: { timestamp: at }\n";
      model.erase(model.find(usual), usual.size());
    }
    configure(model);
  }
  void configure(const std::string& model) {
    app_.configure(model);
    const Result<> started = app_.start();
    ASSERT_TRUE(started) << started.error().message;
  }
  void live_through(const Pairs& pairs) {
    world_.write("incoming/" + pairs.day + ".csv", csv_of({pairs}));
    world_.pass(hours(24));
  }
  std::vector<boost::json::object> findings() {
    std::vector<boost::json::object> found;
    const boost::json::object model = app_.model();
    for (const auto& finding : model.at("findings").as_array())
      found.push_back(finding.as_object());
    return found;
  }
  /// "column measure" of the findings of the newest window with a verdict.
  std::vector<std::string> found(std::string_view verdict) {
    std::vector<std::string> found;
    for (const auto& finding : findings())
      if (text(finding, "verdict") == verdict)
        found.push_back(text(finding, "column") + " " + text(finding, "measure"));
    return found;
  }
  std::string note_of(std::string_view measure) {
    for (const auto& finding : findings())
      if (text(finding, "measure") == measure) return text(finding, "note");
    return "none";
  }

  World world_{"2001-02-02T06:00:00Z"};
  RunningApp app_{world_, "leeway"};
};

constexpr auto kAll = "    drift: { multivariate: [domain_classifier, correlation] }\n";

TEST_F(Multivariate, SeesColumnsThatChangedOnlyInHowTheyGoTogether) {
  start(kAll);
  live_through({.day = february(1)});
  EXPECT_THAT(found("critical"), IsEmpty());
  EXPECT_THAT(found("ok"), Contains(" domain_classifier"));
  EXPECT_THAT(found("ok"), Contains(" correlation"));
  live_through({.day = february(2), .correlation = -0.7});
  EXPECT_THAT(found("critical"),
              testing::UnorderedElementsAre(" domain_classifier", " correlation"));
  EXPECT_THAT(found("ok"), testing::IsSupersetOf({"a psi", "a ks", "b psi", "b ks"}));
  EXPECT_THAT(note_of("correlation"), HasSubstr("rank correlation of a and b fell from 0.6"));
  EXPECT_EQ(app_.metric("leeway_finding_state{environment=\"production\",model=\"pairs\","
                        "measure=\"domain_classifier\"}"),
            2.0);
  EXPECT_GT(app_.metric("leeway_drift_value{environment=\"production\",model=\"pairs\","
                        "measure=\"domain_classifier\",against=\"reference\"}")
                .value_or(0.0),
            0.7);
  live_through({.day = february(3), .correlation = -0.7});
  EXPECT_THAT(rules_of(app_.incidents(), "firing"), Contains("dependence_drifted"));
}

TEST_F(Multivariate, IsQuietWhileTheDistributionStays) {
  start("    drift: { multivariate: [domain_classifier, correlation, pca_reconstruction, mmd] }\n");
  for (int day = 1; day <= 10; ++day) {
    live_through({.day = february(day)});
    EXPECT_THAT(found("critical"), IsEmpty()) << day;
  }
  EXPECT_THAT(app_.incidents(), IsEmpty());
}

TEST_F(Multivariate, GivesTheSameFindingsAfterARestart) {
  start(kAll);
  live_through({.day = february(1), .correlation = 0.5});
  const auto before = findings();
  ASSERT_TRUE(app_.stop());
  ASSERT_TRUE(app_.start());
  world_.pass(hours(2));
  EXPECT_EQ(findings(), before);
  live_through({.day = february(2), .correlation = -0.7});
  EXPECT_THAT(found("critical"), Contains(" correlation"));
}

TEST_F(Multivariate, SeesAnEmbeddingThatRotates) {
  start("    columns: { timestamp: at, types: { v: embedding } }\n");
  live_through({.day = february(1)});
  EXPECT_THAT(found("ok"), testing::IsSupersetOf({"v mmd", "v cosine", "v norm"}));
  live_through({.day = february(2), .degrees = 20.0});
  EXPECT_THAT(found("critical"), testing::UnorderedElementsAre("v mmd", "v cosine"));
  EXPECT_EQ(app_.metric("leeway_finding_state{environment=\"production\",model=\"pairs\","
                        "column=\"v\"}"),
            2.0);
}

TEST_F(Multivariate, IsLearnedFromTheFirstWindowsWhereThereIsNoReference) {
  configure("models:\n  - name: pairs\n    batches: { files: " + world_.path("incoming").string() +
            "/*.csv, every: 1h }\n    reference: { from_batches: { windows: 8 } }\n"
            "    columns: { timestamp: at }\n" +
            kAll);
  for (int day = 1; day <= 8; ++day) {
    live_through({.day = february(day)});
    EXPECT_THAT(found("ok"), Not(Contains(" correlation"))) << day;
  }
  live_through({.day = february(9)});
  EXPECT_THAT(found("ok"), Contains(" correlation"));
  live_through({.day = february(10), .correlation = -0.7});
  EXPECT_THAT(found("critical"), Contains(" correlation"));
}

TEST_F(Multivariate, HasTooFewRowsInASmallWindow) {
  start("    window: { extend: 0s }\n" + std::string(kAll));
  std::string few = csv_of({{.day = february(1)}});
  few.resize(few.rfind('\n', 2000) + 1);  // about forty rows
  world_.write("incoming/few.csv", few);
  world_.pass(hours(24));
  EXPECT_THAT(found("too_few"), testing::IsSupersetOf({" domain_classifier", " correlation"}));
}

}  // namespace
}  // namespace leeway::tests
