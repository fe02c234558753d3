#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "daemon/config/expand.h"
#include "tests/daemon/config/support.h"

namespace leeway::config::testing {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;

TEST(Document, ThreeLinesAreAWorkingMonitor) {
  const auto config = config_of("models:\n  - name: flight-delay\n    batches: data/*.parquet\n");
  ASSERT_EQ(config->models.size(), 1U);
  const Model& model = config->models[0];
  EXPECT_EQ(model.key(), "production/flight-delay");
  EXPECT_EQ(model.reference.learn_windows, 14U);
  EXPECT_EQ(model.window.size, hours(24));
  EXPECT_EQ(model.window.slide, hours(24));
  EXPECT_EQ(model.window.grace, hours(2));
  EXPECT_EQ(model.window.extend, hours(7 * 24));
  EXPECT_EQ(model.quality.freshness, hours(50));
  EXPECT_EQ(model.batches.every, minutes(1));
  EXPECT_THAT(model.drift.numeric, ElementsAre("psi", "ks"));
  EXPECT_TRUE(model.drift.thresholds.empty());
  EXPECT_EQ(model.quality.missing.critical, 0.05);
  EXPECT_FALSE(model.quality.missing.warning);
  EXPECT_THAT(model.columns.missing_values, ElementsAre(""));
  EXPECT_FALSE(model.columns.private_columns);
  EXPECT_FALSE(model.retraining);
  EXPECT_EQ(config->server.listen.port, 9960);
  EXPECT_EQ(config->exporter.max_series, 200'000U);
  EXPECT_TRUE(config->routes.empty());
}

TEST(Document, MakesPathsAbsoluteFromTheFolderOfTheFile) {
  const Folder folder;
  const auto document = read_file(folder.write("leeway.yaml", R"(
include: more/models.yaml
models: [{ name: a, batches: ./data/../data/*.csv, reference: /srv/a.csv }]
)"));
  EXPECT_FALSE(document);
  folder.write("more/models.yaml", "models: [{ name: b, batches: [b.csv, ../c.csv] }]");
  const auto config = read_file(folder.path("leeway.yaml"))->config();
  EXPECT_THAT(config->find("production/a")->batches.files, ElementsAre(folder.path("data/*.csv")));
  EXPECT_THAT(config->find("production/a")->reference.files, ElementsAre("/srv/a.csv"));
  EXPECT_THAT(config->find("production/b")->batches.files,
              ElementsAre(folder.path("more/b.csv"), folder.path("c.csv")));
}

TEST(Document, TakesTheStateDirectoryFromSystemd) {
  const Folder folder;
  const std::string path = folder.write("leeway.yaml", "models: []");
  const Variables systemd = [](std::string_view name) {
    return name == "STATE_DIRECTORY" ? std::optional<std::string>("/var/lib/leeway-two:/other")
                                     : std::nullopt;
  };
  EXPECT_EQ(Document::read(path, checkers(), systemd)->config()->state, "/var/lib/leeway-two");
  EXPECT_EQ(read_file(path)->config()->state, "/var/lib/leeway");
  EXPECT_EQ(config_of("models: []\nstate: /srv/state")->state, "/srv/state");
}

TEST(Document, SaysWhenTheFileIsNotThere) {
  const auto document = read_file("/nowhere/leeway.yaml");
  ASSERT_FALSE(document);
  EXPECT_EQ(document.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(document.error().message, HasSubstr("No such file"));
}

TEST(Document, AcceptsAFileThatItsEditorBeganWithAByteOrderMark) {
  EXPECT_EQ(config_of("\xEF\xBB\xBFmodels: [{ name: a, batches: a.csv }]\r\n")->models.size(), 1U);
}

TEST(Document, NeedsNoQuotesForReferencesAndQuestionMarksBetweenBraces) {
  const auto config = config_of(R"(
targets: { hook: { webhook: { url: https://ops.example/?a=1, secret: ${credential:hook} } } }
models: [{ name: a, batches: [data/?.csv, x/a?b.csv] }]
)");
  const auto& webhook = std::get<Webhook>(config->targets.at("hook").kind);
  EXPECT_EQ(*webhook.url.read(), "https://ops.example/?a=1");
  EXPECT_EQ(webhook.secret->parts()[0].text, "hook");
  EXPECT_THAT(config->models[0].batches.files,
              ElementsAre(EndsWith("data/?.csv"), EndsWith("x/a?b.csv")));
}

TEST(Document, SendsIncidentsToEveryTargetThatStartsNoRetrainingWhenThereAreNoRoutes) {
  const auto config = config_of(R"(
targets:
  hook: { webhook: { url: https://ops.example/hook } }
  pipeline: { webhook: { url: https://ops.example/train } }
models: [{ name: a, batches: a.csv, retraining: { target: pipeline } }]
)");
  ASSERT_EQ(config->routes.size(), 1U);
  EXPECT_THAT(config->routes[0].to, ElementsAre("hook"));
  EXPECT_EQ(
      config_of(
          "targets: { hook: { webhook: { url: https://ops.example } } }\nroutes: []\nmodels: []")
          ->routes.size(),
      0U);
}

TEST(Document, AsksForApprovalInProductionOnly) {
  const auto config = config_of(R"(
targets: { pipeline: { webhook: { url: https://ops.example/train } } }
defaults: { batches: a.csv, retraining: { target: pipeline } }
models: [{ name: a }, { name: a, environment: staging }]
)");
  EXPECT_EQ(config->find("production/a")->retraining->approval, Approval::kRequired);
  EXPECT_EQ(config->find("staging/a")->retraining->approval, Approval::kNone);
  EXPECT_EQ(config->models[0].retraining->at_most, (Rate{3, hours(168)}));
}

TEST(Document, KeepsApartARuleThatTellsNobodyAndOneThatLeavesItToTheRoutes) {
  const auto config = config_of(R"(
models:
  - name: a
    batches: a.csv
    rules:
      - { name: silent, if: drift.share > 0.1, then: [] }
      - { name: routed, if: drift.share > 0.1, for: 2 windows, keep_firing: 1h }
      - { name: column_drifted, enabled: false }
)");
  const auto& rules = config->models[0].rules;
  ASSERT_EQ(rules.size(), 3U);
  EXPECT_TRUE(rules[0].then && rules[0].then->empty());
  EXPECT_FALSE(rules[1].then);
  EXPECT_EQ(rules[1].hold, (Hold{.windows = 2, .duration = {}}));
  EXPECT_EQ(rules[1].keep_firing, (Hold{.windows = 0, .duration = hours(1)}));
  EXPECT_FALSE(rules[2].enabled);
  EXPECT_FALSE(rules[2].condition);
}

TEST(Document, ReadsSecretsInHeadersAndAddresses) {
  const auto config = config_of(R"(
targets:
  hook:
    webhook:
      url: ${env:LEEWAY_TEST_URL}
      headers: { Authorization: "Bearer ${credential:token}", X-Sent-By: leeway $$1 }
models: []
)");
  const auto& webhook = std::get<Webhook>(config->targets.at("hook").kind);
  EXPECT_EQ(to_string(webhook.url), "<secret>");
  EXPECT_EQ(to_string(webhook.headers.at("Authorization")), "Bearer <secret>");
  EXPECT_EQ(*webhook.headers.at("X-Sent-By").read(), "leeway $1");
}

TEST(Hash, IsThatOfTheMeaningAndNotOfTheText) {
  const auto one = config_of(
      "models:\n  - name: a\n    batches: /a.csv\n    window: { size: 1d, min_rows: 300 }\n");
  const auto same = config_of(
      "# again\nmodels: [{ window: { min_rows: 300 }, batches: { files: [/a.csv] }, name: a }]\n");
  const auto other =
      config_of("models: [{ name: a, batches: /a.csv, window: { min_rows: 301 } }]\n");
  EXPECT_EQ(one->hash, same->hash);
  EXPECT_NE(one->hash, other->hash);
}

TEST(Hash, OfAModelIsUntouchedByOtherModelsAndByTheDaemon) {
  const auto before =
      config_of("models: [{ name: a, batches: /a.csv }, { name: b, batches: /b.csv }]\n");
  const auto after = config_of(
      "log: { level: debug }\nmodels: [{ name: a, batches: /a.csv }, { name: b, batches: /c.csv "
      "}]\n");
  EXPECT_EQ(before->find("production/a")->hash, after->find("production/a")->hash);
  EXPECT_NE(before->find("production/b")->hash, after->find("production/b")->hash);
  EXPECT_NE(before->hash, after->hash);
}

TEST(Show, NamesTheLineOfEachValueAndTheDefaults) {
  const Folder folder;
  folder.write("leeway.yaml", R"(defaults: { owner: ml }
profiles_of_models:
  hourly:
    window: { size: 1h }
models:
  - name: credit
    extends: hourly
    batches: /srv/*.csv
    window: { min_rows: 300 }
)");
  const auto document = read_file(folder.path("leeway.yaml"));
  ASSERT_TRUE(document);
  const auto text = document->show("credit", Format::kText);
  ASSERT_TRUE(text);
  EXPECT_THAT(*text, ::testing::ContainsRegex("name: credit +# .*leeway.yaml:6\n"));
  EXPECT_THAT(*text, ::testing::ContainsRegex("owner: ml +# .*leeway.yaml:1\n"));
  EXPECT_THAT(*text, ::testing::ContainsRegex(
                         "window:\n  size: 1h +# .*leeway.yaml:4\n  slide: 1h +# default\n"));
  EXPECT_THAT(*text, ::testing::ContainsRegex("  min_rows: 300 +# .*leeway.yaml:9\n"));
  EXPECT_THAT(*text, ::testing::ContainsRegex("  files: \\[/srv/\\*.csv\\] +# .*leeway.yaml:8\n"));
}

TEST(Show, GivesJsonWithTypes) {
  const auto document = read("models: [{ name: a, batches: /a.csv, window: { min_rows: 300 } }]");
  const auto text = document->show("production/a", Format::kJson);
  EXPECT_THAT(*text, HasSubstr(R"({"path":"window.min_rows","value":300,"from":")"));
  EXPECT_THAT(*text,
              HasSubstr(R"({"path":"drift.numeric","value":["psi","ks"],"from":"default"})"));
}

TEST(Show, ShowsTheDaemonWithItsSecretsAsReferences) {
  const auto document = read(
      "targets: { hook: { webhook: { url: https://x.example, secret: '${credential:hook}' } } "
      "}\nmodels: []");
  const auto text = document->show("", Format::kText);
  EXPECT_THAT(*text, ::testing::ContainsRegex("      secret: \\$\\{credential:hook\\}"));
  EXPECT_THAT(*text, HasSubstr("listen: 127.0.0.1:9960"));
}

TEST(Show, AsksForTheEnvironmentWhereANameIsAmbiguous) {
  const auto document =
      read("models: [{ name: a, batches: a }, { name: a, batches: a, environment: staging }]");
  EXPECT_EQ(document->show("a", Format::kText).error().message,
            "'a' is ambiguous: 'production/a', 'staging/a'");
  EXPECT_TRUE(document->show("staging/a", Format::kText));
  EXPECT_EQ(document->show("b", Format::kText).error().code, ErrorCode::kNotFound);
}

TEST(Show, ReadsBackAsTheSameModel) {
  const Folder folder;
  const auto first = read_file(LEEWAY_SOURCE_DIR "/deploy/leeway.yaml");
  ASSERT_TRUE(first) << first.error().message;
  std::string copy = *first->show("", Format::kText) + "models:\n";
  for (const Model& model : first->config()->models) {
    std::string text = *first->show(model.key(), Format::kText);
    for (std::size_t at = text.find('\n'); at + 1 < text.size(); at = text.find('\n', at + 1))
      text.insert(at + 1, "    ");
    copy += "  - " + text;
  }
  const auto second = read_file(folder.write("leeway.yaml", copy));
  ASSERT_TRUE(second) << second.error().message << copy;
  EXPECT_EQ(first->config()->hash, second->config()->hash);
}

TEST(Explain, SaysWhatTheSampleMeans) {
  const auto document = read_file(LEEWAY_SOURCE_DIR "/deploy/leeway.yaml");
  ASSERT_TRUE(document) << document.error().message;
  const std::string text = document->explain(Format::kText);
  EXPECT_THAT(text, HasSubstr("production/flight-delay\n"));
  EXPECT_THAT(text, HasSubstr("1d of 'scheduled_at' in UTC; judged 2h after the end"));
  EXPECT_THAT(text, HasSubstr("critical, production, team arrivals, model flight-*: hook"));
  EXPECT_THAT(text, HasSubstr("more missing values than in the reference: critical at 0.05"));
  EXPECT_THAT(text, HasSubstr("the group system.slice/flight-delay.service, the process in "
                              "/run/flight-delay.pid, pods in ml, "));
  EXPECT_THAT(text, HasSubstr("in USD: 0.53 an hour + "));
  EXPECT_THAT(text,
              HasSubstr("critical from 15 a day on, a warning where the month heads for more"));
  EXPECT_THAT(document->explain(Format::kJson),
              HasSubstr(R"({"topic":"freshness","text":"stale after 2d2h)"));
}

}  // namespace
}  // namespace leeway::config::testing
