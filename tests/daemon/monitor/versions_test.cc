#include "daemon/monitor/versions.h"

#include <gmock/gmock.h>

namespace leeway::monitor {
namespace {

using testing::HasSubstr;
using testing::Not;

TimePoint at(std::string_view time) { return *parse_time(time); }

store::Event change(std::string before, std::string after, std::optional<TimePoint> since) {
  return {.model = "m",
          .at = at("2001-02-03T12:01:00Z"),
          .kind = "registry.version",
          .note = "",
          .before = std::move(before),
          .after = std::move(after),
          .since = since};
}

TEST(ChangeSentence, SaysWhichVersionBecameWhichAndWhen) {
  EXPECT_EQ(change_sentence({}), "");
  EXPECT_EQ(change_sentence({change("3", "4", at("2001-02-03T12:00:00Z"))}),
            "version 3 became 4 between 2001-02-03T12:00:00Z and 2001-02-03T12:01:00Z (registry)");
  EXPECT_EQ(change_sentence({change("3", "4", {}), change("4", "3", {})}),
            "version 3 became 4 at 2001-02-03T12:01:00Z (registry); version 4 became 3 at "
            "2001-02-03T12:01:00Z (registry)");
}

TEST(ChangeSentence, StaysShortWhenAnAliasFlaps) {
  const std::vector<store::Event> changes(40, change("3", "4", {}));
  EXPECT_LT(change_sentence(changes).size(), 300U);
  EXPECT_THAT(change_sentence(changes), HasSubstr("; and 37 more"));
  EXPECT_THAT(change_sentence({changes.begin(), changes.begin() + 3}), Not(HasSubstr("more")));
}

TEST(MixedWindow, IsJudgedByItsRowsAndNotByWhatTheyAreComparedWith) {
  const auto of = [](std::string column, std::string measure, Verdict verdict, bool deciding) {
    Finding finding;
    finding.column = std::move(column);
    finding.measure = std::move(measure);
    finding.value = 0.4;
    finding.verdict = verdict;
    finding.deciding = deciding;
    return finding;
  };
  std::vector<Finding> findings = {of("", "volume", Verdict::kCritical, false),
                                   of("x", "schema", Verdict::kWarning, false),
                                   of("x", "missing", Verdict::kCritical, false),
                                   of("x", "psi", Verdict::kCritical, true),
                                   of("x", "ks", Verdict::kOk, false),
                                   of("y", "psi", Verdict::kTooFew, true),
                                   of("", "domain_classifier", Verdict::kWarning, false)};
  hold_back_mixed(findings);
  std::vector<Verdict> verdicts;
  for (const Finding& finding : findings) verdicts.push_back(finding.verdict);
  EXPECT_THAT(verdicts, testing::ElementsAre(Verdict::kCritical, Verdict::kWarning,
                                             Verdict::kCritical, Verdict::kMixed, Verdict::kMixed,
                                             Verdict::kTooFew, Verdict::kMixed));
  EXPECT_EQ(findings[3].value, 0.4);
  EXPECT_THAT(findings[3].note, HasSubstr("more than one version"));
}

TEST(VersionNow, IsTheRegistrysBeforeTheConfiguredOneBeforeTheEndpoints) {
  config::Model model;
  LiveBoard::Reports reports;
  EXPECT_EQ(version_now(reports, model), "");
  LiveReport endpoint;
  endpoint.version = "e";
  reports["endpoint"] = std::make_shared<const LiveReport>(endpoint);
  EXPECT_EQ(version_now(reports, model), "e");
  model.version = "c";
  EXPECT_EQ(version_now(reports, model), "c");
  LiveReport registry;
  registry.version = "r";
  reports["registry"] = std::make_shared<const LiveReport>(registry);
  EXPECT_EQ(version_now(reports, model), "r");
}

}  // namespace
}  // namespace leeway::monitor
