#include "daemon/endpoints/target.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "collectors/endpoints/protocols.h"
#include "collectors/endpoints/scrape.h"
#include "daemon/config/keys.h"
#include "tests/daemon/endpoints/probes.h"
#include "tests/support/temp_folder.h"

namespace leeway::endpoint {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::UnorderedElementsAreArray;
using tests::endpoint_config;

const config::Key& key(const config::Section& section, std::string_view name) {
  const config::Key* found = section.find(name);
  LEEWAY_ASSERT(found != nullptr, "the section has the key");
  return *found;
}

TEST(EndpointKeys, ListEveryProtocolAndMappingThatThereIs) {
  std::vector<std::string_view> protocols;
  for (const endpoints::Protocol& protocol : endpoints::protocols()) {
    protocols.push_back(protocol.name);
  }
  EXPECT_THAT(key(config::kEndpoint, "protocol").choices, UnorderedElementsAreArray(protocols));
  std::vector<std::string_view> mappings{"auto"};
  for (const endpoints::Mapping& mapping : endpoints::mappings()) mappings.push_back(mapping.name);
  EXPECT_THAT(key(*key(config::kEndpoint, "metrics").section, "mapping").choices,
              UnorderedElementsAreArray(mappings));
}

TEST(Target, OverridesTheTolerancesOfTheGoldenFile) {
  const tests::TempFolder folder;
  std::ofstream(folder / "golden.json")
      << R"({"golden": [{"name": "basic", "rows": {"names": ["age"], "cells": [[31]]},
            "outputs": [{"name": "score", "width": 1, "values": [0.25], "absolute": 1e-6}]}]})";
  auto config = endpoint_config();
  config.server.url = *config::Secret::parse("http://127.0.0.1:1/v2/models/m");
  config.golden = config::GoldenRows{.file = (folder / "golden.json").string(),
                                     .every = std::chrono::minutes(5),
                                     .absolute = 0.5,
                                     .relative = {}};
  const auto target = target_of(config, "m");
  ASSERT_TRUE(target) << target.error().message;
  ASSERT_EQ(target->golden.size(), 1U);
  EXPECT_EQ(target->golden[0].outputs[0].absolute, 0.5);
  EXPECT_EQ(target->limits.total, config.timeout);
}

TEST(Target, NamesTheKeyOfWhatIsMissing) {
  auto config = endpoint_config();
  config.server.url = *config::Secret::parse("http://127.0.0.1:1/");
  config.golden = config::GoldenRows{.file = "/nowhere/golden.json",
                                     .every = std::chrono::minutes(5),
                                     .absolute = {},
                                     .relative = {}};
  const auto target = target_of(config, "m");
  ASSERT_FALSE(target);
  EXPECT_EQ(target.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(target.error().message, HasSubstr("endpoint.golden.rows: cannot read '/nowhere"));
}

TEST(Target, ThatScoresRowsIsMarkedAndHasItsOwnDeadline) {
  auto config = endpoint_config();
  config.server.url = *config::Secret::parse("http://127.0.0.1:1/v2/models/m");
  config.checks = {{.least = 200, .most = 299}};
  config.canary.emplace();
  config.canary->timeout = std::chrono::seconds(30);
  const auto target = scoring_target(config, *config.canary, "m", "canary");
  ASSERT_TRUE(target) << target.error().message;
  EXPECT_EQ(target->limits.total, std::chrono::seconds(30));
  EXPECT_TRUE(target->checks.empty());
  EXPECT_THAT(target->headers, Contains(testing::Pair("x-leeway-purpose", "canary")));
  config::Shadow shadow;
  shadow.server.url = *config::Secret::parse("http://127.0.0.1:2/v2/models/m");
  shadow.server.protocol = "open_inference";
  shadow.scoring.timeout = std::chrono::seconds(3);
  const auto challenger = challenger_target(shadow, "m");
  ASSERT_TRUE(challenger) << challenger.error().message;
  EXPECT_EQ(challenger->url, "http://127.0.0.1:2/v2/models/m");
  EXPECT_EQ(challenger->limits.total, std::chrono::seconds(3));
  EXPECT_THAT(challenger->headers, Contains(testing::Pair("x-leeway-purpose", "shadow")));
}

struct Hopeless {
  const char* key;
  std::function<void(config::ModelEndpoint&)> make;
};

TEST(Problem, NamesWhatCanNeverWork) {
  EXPECT_EQ(problem_of(endpoint_config()), std::nullopt);
  const Hopeless table[] = {
      {"checks", [](auto& config) { config.checks = {{.least = -1, .most = -1}}; }},
      {"checks",
       [](auto& config) {
         config.checks = {{.subject = endpoints::Check::Subject::kBody,
                           .test = endpoints::Check::Test::kMatches,
                           .text = "(unclosed"}};
       }},
      {"golden",
       [](auto& config) {
         config.server.protocol = "http";
         config.golden.emplace();
       }},
      {"signature",
       [](auto& config) {
         config.server.protocol = "http";
         config.server.signature = "chat";
       }},
      {"canary",
       [](auto& config) {
         config.server.protocol = "http";
         config.canary.emplace();
       }},
      {"shadow",
       [](auto& config) {
         config.server.protocol = "openai";
         config.shadow.emplace();
       }},
      {"shadow.protocol",
       [](auto& config) {
         config.shadow.emplace();
         config.shadow->server.protocol = "http";
       }},
      {"metrics.series",
       [](auto& config) {
         config.metrics.emplace();
         config.metrics->series.push_back(
             {.metric = "x", .field = "requets", .label = {}, .matches = {}});
       }},
  };
  for (const Hopeless& row : table) {
    auto config = endpoint_config();
    row.make(config);
    const auto problem = problem_of(config);
    ASSERT_TRUE(problem) << row.key;
    EXPECT_EQ(problem->first, row.key);
    EXPECT_FALSE(problem->second.empty());
  }
}

}  // namespace
}  // namespace leeway::endpoint
