#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "daemon/config/csv.h"
#include "tests/daemon/config/support.h"

namespace leeway::config::testing {
namespace {

using std::chrono::hours;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;

TEST(Layers, MergeDeeplyFromDefaultsThroughSetsToTheModel) {
  const auto config = config_of(R"(
defaults: { team: base, owner: base, window: { size: 6h, min_rows: 50 } }
profiles_of_models:
  one: { team: one, window: { min_rows: 60 }, version: one }
  two: { version: two }
models: [{ name: a, extends: [one, two], batches: a.csv, window: { late: 9d } }]
)");
  const Model& model = config->models[0];
  EXPECT_EQ(model.owner, "base");
  EXPECT_EQ(model.team, "one");
  EXPECT_EQ(model.version, "two");
  EXPECT_EQ(model.window.size, hours(6));
  EXPECT_EQ(model.window.min_rows, 60U);
  EXPECT_EQ(model.window.late, hours(9 * 24));
}

TEST(Layers, ReplaceListsAndRemoveByNull) {
  const auto config = config_of(R"(
defaults:
  columns: { segments: [x, y], timestamp: at, types: { a: text, b: text } }
  window: { min_rows: 50 }
models: [{ name: a, batches: a.csv, columns: { segments: [z], timestamp: ~, types: { a: } }, window: }]
)");
  const Model& model = config->models[0];
  EXPECT_THAT(model.columns.segments, ElementsAre("z"));
  EXPECT_FALSE(model.columns.timestamp);
  EXPECT_EQ(model.columns.types.size(), 1U);
  EXPECT_EQ(model.window.min_rows, 200U);
}

TEST(Layers, MergeRulesByName) {
  const auto config = config_of(R"(
defaults: { rules: [{ name: r, if: drift.share > 0.1, severity: critical }, { name: s, if: drift.share > 0.2 }] }
models: [{ name: a, batches: a.csv, rules: [{ name: s, enabled: false }, { name: t, if: drift.share > 0.3 }, { name: r, severity: warning }] }]
)");
  const auto& rules = config->models[0].rules;
  ASSERT_EQ(rules.size(), 3U);
  EXPECT_EQ(rules[0].name, "r");
  EXPECT_EQ(rules[0].condition, "drift.share > 0.1");
  EXPECT_EQ(rules[0].severity, Severity::kWarning);
  EXPECT_FALSE(rules[1].enabled);
  EXPECT_EQ(rules[2].name, "t");
}

TEST(Layers, LetAShortFormKeepWhatItsSectionInherits) {
  const auto config = config_of(R"(
defaults: { batches: { every: 5m } }
models: [{ name: a, batches: a.csv }]
)");
  EXPECT_EQ(config->models[0].batches.every, std::chrono::minutes(5));
}

TEST(Layers, LetOneAlternativeTakeTheOthersPlace) {
  const auto config = config_of(R"(
defaults: { batches: a.csv, reference: { from_batches: { windows: 30 } } }
models: [{ name: a, reference: a.csv }, { name: b }, { name: c, reference: { from_batches: { windows: 7 } } }]
)");
  EXPECT_EQ(config->models[0].reference.learn_windows, 0U);
  EXPECT_THAT(config->models[0].reference.files, ElementsAre(EndsWith("a.csv")));
  EXPECT_EQ(config->models[1].reference.learn_windows, 30U);
  EXPECT_EQ(config->models[2].reference.learn_windows, 7U);
}

TEST(Layers, LetLearnedThresholdsReplaceFixedOnesAndFixedOnesJoin) {
  const auto config = config_of(R"(
defaults: { batches: a.csv, drift: { thresholds: { psi: { warning: 0.1, critical: 0.2 } } } }
models:
  - { name: a, drift: { thresholds: learned } }
  - { name: b, drift: { thresholds: { ks: { critical: 0.3 }, psi: { critical: 0.4 } } } }
)");
  EXPECT_TRUE(config->models[0].drift.thresholds.empty());
  EXPECT_EQ(config->models[1].drift.thresholds.at("psi"),
            (Limits{.warning = 0.1, .critical = 0.4}));
  EXPECT_EQ(config->models[1].drift.thresholds.at("ks"), (Limits{.warning = {}, .critical = 0.3}));
}

TEST(Layers, SwitchALimitOffByAnEmptySection) {
  const auto config = config_of("models: [{ name: a, batches: a.csv, quality: { missing: {} } }]");
  EXPECT_EQ(config->models[0].quality.missing, Limits{});
  EXPECT_EQ(config->models[0].quality.unseen.warning, 0.01);
}

TEST(ForEach, MakesAModelOfEachRow) {
  const auto config = config_of(R"(
defaults: { runbook: "https://wiki.example/${each.country}" }
profiles_of_models: { big: { window: { min_rows: "${each.rows}" } }, small: {} }
models:
  - name: delay-${each.country}
    extends: ["${each.size}"]
    for_each: [{ country: NO, rows: 500, size: big }, { country: SE, rows: 10, size: small }]
    batches: data/${each.country}/*.csv
    columns: { types: { "zip_${each.country}": categorical } }
)");
  ASSERT_EQ(config->models.size(), 2U);
  const Model& norway = config->models[0];
  EXPECT_EQ(norway.name, "delay-NO");
  EXPECT_EQ(norway.runbook, "https://wiki.example/NO");
  EXPECT_EQ(norway.window.min_rows, 500U);
  EXPECT_TRUE(norway.columns.types.contains("zip_NO"));
  EXPECT_THAT(norway.batches.files, ElementsAre(EndsWith("data/NO/*.csv")));
  EXPECT_EQ(config->models[1].window.min_rows, 200U);
}

TEST(ForEach, ReadsItsRowsFromACsvFileBesideTheConfiguration) {
  const Folder folder;
  folder.write("models.csv", "name,owner\r\ncredit,\"Smith, \"\"J\"\"\"\r\n\r\nchurn,x\n");
  const auto document = read_file(folder.write("leeway.yaml", R"(
models: [{ name: "${each.name}", owner: "${each.owner}", for_each: { file: models.csv }, batches: a.csv }]
)"));
  ASSERT_TRUE(document) << document.error().message;
  EXPECT_EQ(document->config()->find("production/credit")->owner, "Smith, \"J\"");
  EXPECT_EQ(document->config()->models.size(), 2U);
}

TEST(ForEach, NeverTurnsDataIntoAReference) {
  const auto config = config_of(R"(
models: [{ name: a, owner: "${each.owner} $${each.owner}", for_each: [{ owner: "${env:HOME} $$" }], batches: a.csv }]
)");
  EXPECT_EQ(config->models[0].owner, "${env:HOME} $$ ${each.owner}");
}

TEST(Csv, RefusesWhatIsNotATable) {
  const auto problem = [](std::string_view text) {
    Table table;
    const auto found = parse_csv(text, table);
    return found ? std::to_string(found->line) + ": " + found->sentence : "none";
  };
  EXPECT_EQ(problem("a,b\n1,2\n"), "none");
  EXPECT_EQ(problem(""), "1: the file has no header");
  EXPECT_EQ(problem("a,a\n"), "1: two columns have the same name");
  EXPECT_EQ(problem("a\n\"x\ny\"\n1,2\n"), "4: the row has 2 fields, the header 1");
  EXPECT_THAT(problem("a\n\"x\n"), HasSubstr("2: a quoted field does not end"));
  EXPECT_THAT(problem("a\n\"x\"y\n"), HasSubstr("2: a quoted field does not end"));
}

TEST(Include, GathersModelsTargetsAndSetsFromManyFiles) {
  const Folder folder;
  folder.write(
      "models.d/one.yaml",
      "models: [{ name: one, extends: daily, batches: a.csv, retraining: { target: two } }]");
  folder.write("models.d/two.yaml",
               "include: deeper/*.yaml\ntargets: { two: { webhook: { url: https://x.example } } }");
  folder.write(
      "models.d/deeper/three.yaml",
      "models: [{ name: three, batches: a.csv }]\nprofiles_of_models: { daily: { owner: x } }");
  const auto document =
      read_file(folder.write("leeway.yaml", "include: [models.d/*.yaml, none.d/*.yaml]"));
  ASSERT_TRUE(document) << document.error().message;
  EXPECT_EQ(document->config()->models.size(), 2U);
  EXPECT_EQ(document->config()->find("production/one")->owner, "x");
  EXPECT_TRUE(document->config()->targets.contains("two"));
}

TEST(Yaml, ExpandsAliasesWhereTheyAreUsed) {
  const auto config = config_of(R"(
defaults: { window: &window { size: 6h, min_rows: 50 } }
models: [{ name: a, batches: &files [a.csv, b.csv] }, { name: b, batches: *files, window: *window }]
)");
  EXPECT_EQ(config->models[1].batches.files.size(), 2U);
  EXPECT_EQ(config->models[1].window.min_rows, 50U);
}

TEST(Yaml, ReadsAThousandModels) {
  std::string text = "models:\n";
  for (int i = 0; i < 1000; ++i) {
    text += "  - { name: m" + std::to_string(i) + ", batches: data/" + std::to_string(i) +
            "/*.parquet, owner: o }\n";
  }
  EXPECT_EQ(config_of(text)->models.size(), 1000U);
}

}  // namespace
}  // namespace leeway::config::testing
