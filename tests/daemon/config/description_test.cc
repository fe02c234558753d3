#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "daemon/config/check.h"
#include "daemon/config/keys.h"
#include "daemon/config/yaml.h"
#include "tests/daemon/config/json_schema.h"
#include "tests/daemon/config/support.h"

namespace leeway::config::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::string kDeploy = LEEWAY_SOURCE_DIR "/deploy/";

/// Every key of the language, each with its section, once.
void for_each_key(const std::function<void(const Section&, const Key&)>& visit) {
  std::set<const Section*> seen;
  const std::function<void(const Section&)> walk = [&](const Section& section) {
    if (!seen.insert(&section).second) return;
    for (const Key& key : section.keys) {
      visit(section, key);
      if (key.section != nullptr) walk(*key.section);
    }
  };
  walk(kRoot);
}

boost::json::object parsed_schema() { return boost::json::parse(schema()).as_object(); }

TEST(Description, GivesEveryKeyASentence) {
  for_each_key([](const Section& section, const Key& key) {
    EXPECT_FALSE(key.sentence.empty()) << section.name << "." << key.name;
    EXPECT_TRUE(key.sentence.ends_with('.')) << section.name << "." << key.name;
    EXPECT_EQ(key.sentence.find('|'), std::string_view::npos)
        << "breaks the table of " << section.name;
  });
}

TEST(Description, GivesEveryAmountARange) {
  for_each_key([](const Section& section, const Key& key) {
    switch (key.type) {
      case Type::kInteger:
      case Type::kNumber:
      case Type::kDuration:
      case Type::kSize:
      case Type::kRate:
      case Type::kHold:
        EXPECT_FALSE(key.low.empty() || key.high.empty()) << section.name << "." << key.name;
        break;
      default:
        break;
    }
  });
}

TEST(Description, HoldsDefaultsThatPassItsOwnCheck) {
  const Checkers none;
  for_each_key([&none](const Section& section, const Key& key) {
    if (key.fallback.empty()) return;
    Sources sources;
    sources.add("/leeway.yaml", "");
    Diagnostics diagnostics;
    Node tree = Node::map();
    tree.set(key.name, parse_yaml(key.fallback));
    Check(none, sources, diagnostics).section(tree, section, "default", Check::Extent::kPart);
    EXPECT_TRUE(diagnostics.empty()) << diagnostics.text(sources);
  });
}

TEST(Description, NamesNoPlannedKeyThatExists) {
  for_each_key([](const Section& section, const Key& key) {
    EXPECT_FALSE(is_planned(section.name, key.name)) << section.name << "." << key.name;
    for (const auto choice : key.choices) {
      EXPECT_FALSE(is_planned(std::string(section.name) + "." + std::string(key.name), choice))
          << choice;
    }
  });
}

TEST(ReferencePage, IsUpToDate) {
  if (std::getenv("LEEWAY_UPDATE_GOLDEN") != nullptr) {  // NOLINT(concurrency-mt-unsafe)
    std::ofstream(kDeploy + "CONFIGURATION.md", std::ios::binary) << reference_page();
  }
  EXPECT_EQ(reference_page(), read_whole(kDeploy + "CONFIGURATION.md"))
      << "run this test with LEEWAY_UPDATE_GOLDEN=1";
}

class Sample : public ::testing::TestWithParam<const char*> {};

TEST_P(Sample, Loads) {
  const auto document = read_file(kDeploy + GetParam());
  ASSERT_TRUE(document) << document.error().message;
  EXPECT_FALSE(document->config()->models.empty());
}

TEST_P(Sample, IsValidByTheSchema) {
  EXPECT_THAT(violations(parsed_schema(), yaml_as_json(read_whole(kDeploy + GetParam()))),
              IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Deploy, Sample, ::testing::Values("leeway.yaml", "leeway.minimal.yaml"),
                         [](const auto& test) {
                           return std::string(test.param) == "leeway.yaml" ? "Annotated"
                                                                           : "Minimal";
                         });

TEST(AnnotatedSample, ExplainsEveryKey) {
  const std::string text = read_whole(kDeploy + "leeway.yaml");
  for_each_key([&text](const Section& section, const Key& key) {
    const std::regex written("(^|[^A-Za-z_])" + std::string(key.name) + ":");
    EXPECT_TRUE(std::regex_search(text, written)) << section.name << "." << key.name;
  });
}

TEST(Schema, RefusesWhatTheReaderRefuses) {
  const auto root = parsed_schema();
  for (const char* text : {
           "modles: []",
           "models: [{ name: a }]",
           "models: [{ name: a, batches: a.csv, window: { size: 25x } }]",
           "models: [{ name: a, batches: a.csv, window: { min_rows: 0 } }]",
           "models: [{ name: a, batches: a.csv, environment: prod }]",
           "models: [{ name: a, batches: a.csv, performance: {} }]",
           "targets: { hook: { webhook: { url: ftp://x } } }",
           "targets: { hook: { webhook: { url: 'https://x', secret: literal } } }",
           "exporter: { max_series: many }",
       }) {
    EXPECT_FALSE(violations(root, yaml_as_json(text)).empty()) << text;
    EXPECT_FALSE(read(text)) << text;
  }
}

TEST(Schema, AcceptsWhatTheReaderAccepts) {
  const auto root = parsed_schema();
  for (const char* text : {
           "models: []",
           "models: [{ name: a, batches: [a.csv, b.csv], reference: r.csv, columns: { label: late "
           "} }]",
           "models: [{ name: a, batches: { files: a.csv }, drift: { numeric: ks, thresholds: { "
           "psi: { critical: 1 } } } }]",
           "models: [{ name: 'm${each.n}', for_each: [{ n: 1 }], batches: a.csv, window: { "
           "min_rows: '${each.n}' } }]",
           "defaults: { batches: { every: 5m }, columns: { timestamp: at } }\nmodels: []",
           "defaults: { team: x }\nmodels: [{ name: a, batches: a.csv, team: , window: { size: "
           "1h30m, late: 2w } }]",
           "models: [{ name: a, batches: a.csv, rules: [{ name: r, if: drift.share > 1, for: 2 "
           "windows, then: [] }] }]",
       }) {
    EXPECT_THAT(violations(root, yaml_as_json(text)), IsEmpty()) << text;
    const auto document = read(text);
    EXPECT_TRUE(document) << (document ? "" : document.error().message);
  }
}

}  // namespace
}  // namespace leeway::config::testing
