#include "daemon/cli/explain_rule.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/app/app.h"
#include "daemon/config/load.h"
#include "daemon/rules/defaults.h"
#include "tests/support/process.h"

namespace leeway::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

std::shared_ptr<const config::Config> config_of(std::string_view text) {
  const tests::TemporaryFolder folder;
  auto loaded = config::load(folder.write("leeway.yaml", text), app::checkers());
  EXPECT_TRUE(loaded) << loaded.error().message;
  return *loaded;
}

constexpr std::string_view kConfig = R"(
targets: { hook: { webhook: { url: "http://127.0.0.1/hook" } } }
routes:
  - { severity: critical, to: [hook] }
  - { to: [] }
models:
  - name: flights
    batches: in/*.csv
    quality: { freshness: 6h, missing: { warning: 0.02, critical: 0.1 } }
    rules:
      - { name: column_drifted, for: 5 windows }
      - { name: no_data, enabled: false }
      - { name: mine, if: "drift.psi{column=delay} > 0.3 and not freshness.state == 2", severity: critical }
)";

TEST(ExplainRule, ListsEveryDefaultRuleWithItsSentence) {
  const std::string text = explain_default_rules();
  for (const rules::Rule& rule : rules::default_rules()) {
    EXPECT_THAT(text, AllOf(HasSubstr(rule.name + " (default): "), HasSubstr(rule.sentence)));
  }
}

TEST(ExplainRule, SaysWhatEachPathMeans) {
  const auto text = explain_rules("dataset_drifted", nullptr, "");
  ASSERT_TRUE(text);
  EXPECT_THAT(*text, AllOf(HasSubstr("warning, after 2 windows"),
                           HasSubstr("if drift.share >= 0.3 and drift.drifted_columns >= 2"),
                           HasSubstr("drift.share"), HasSubstr("features only")));
}

TEST(ExplainRule, ShowsTheLimitsOfTheConfigurationAndWhoIsTold) {
  const auto config = config_of(kConfig);
  const auto stale = explain_rules("stale", config.get(), "flights");
  ASSERT_TRUE(stale);
  EXPECT_THAT(*stale,
              AllOf(HasSubstr("production/flights: stale (default)"),
                    HasSubstr("critical after 6h"), HasSubstr("tells nobody (by the routes)")));
  const auto broken = explain_rules("column_broken", config.get(), "");
  ASSERT_TRUE(broken);
  EXPECT_THAT(*broken, AllOf(HasSubstr("missing warning at 0.02, critical at 0.1"),
                             HasSubstr("tells hook (by the routes)")));
  const auto mine = explain_rules("mine", config.get(), "production/flights");
  ASSERT_TRUE(mine);
  EXPECT_THAT(*mine, AllOf(HasSubstr("mine: critical, at once"), HasSubstr("drift.psi"),
                           HasSubstr("learned from the reference, at most 1 per month"),
                           HasSubstr("freshness.state")));
}

TEST(ExplainRule, ShowsRulesAsTheModelChangesThem) {
  const auto config = config_of(kConfig);
  const auto all = explain_rules("", config.get(), "");
  ASSERT_TRUE(all);
  EXPECT_THAT(*all, AllOf(HasSubstr("column_drifted (default): warning, after 5 windows"),
                          Not(HasSubstr("no_data (default)"))));
}

TEST(ExplainRule, NamesTheNearestRuleAndModel) {
  const auto typo = explain_rules("colum_drifted", nullptr, "");
  ASSERT_FALSE(typo);
  EXPECT_THAT(typo.error().message, HasSubstr("did you mean 'column_drifted'?"));
  const auto config = config_of(kConfig);
  EXPECT_FALSE(explain_rules("stale", config.get(), "nobody"));
}

TEST(ExplainRule, ListsEverythingThatARuleCanAskAbout) {
  EXPECT_THAT(explain_paths(),
              AllOf(HasSubstr("quality.schema"), HasSubstr("{column, role, segment}")));
}

TEST(ExplainMeasure, SaysWhatItIs) {
  const auto psi = explain_measures("psi");
  ASSERT_TRUE(psi);
  EXPECT_THAT(*psi, AllOf(HasSubstr("population stability index"), Not(HasSubstr("Kolmogorov"))));
  const auto typo = explain_measures("psy");
  ASSERT_FALSE(typo);
  EXPECT_THAT(typo.error().message, HasSubstr("did you mean 'psi'?"));
}

TEST(ExplainKey, SaysTypeDefaultAndRange) {
  const auto grace = config::explain_key("models.window.grace");
  ASSERT_TRUE(grace) << grace.error().message;
  EXPECT_THAT(*grace, AllOf(HasSubstr("duration"), HasSubstr("a twelfth of the size"),
                            HasSubstr("0s to 30d")));
  EXPECT_TRUE(config::explain_key("window.grace"));
  EXPECT_TRUE(config::explain_key("models[0].drift.thresholds.psi.critical"));
  EXPECT_TRUE(config::explain_key("targets.oncall.webhook.url"));
  const auto section = config::explain_key("quality");
  ASSERT_TRUE(section);
  EXPECT_THAT(*section, HasSubstr("freshness"));
}

TEST(ExplainKey, NamesTheNearest) {
  const auto typo = config::explain_key("window.grce");
  ASSERT_FALSE(typo);
  EXPECT_THAT(typo.error().message, HasSubstr("'window' has no key 'grce'; did you mean 'grace'?"));
  EXPECT_FALSE(config::explain_key("window.grace.more"));
}

}  // namespace
}  // namespace leeway::cli
