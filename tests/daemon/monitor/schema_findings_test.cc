#include "daemon/monitor/schema_findings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace leeway::monitor {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

profile::Schema schema() {
  profile::Schema schema;
  for (const auto& [name, role] : {std::pair{"delay", ColumnRole::kFeature},
                                   {"late", ColumnRole::kLabel},
                                   {"row", ColumnRole::kId}}) {
    profile::Column column;
    column.name = name;
    column.role = role;
    schema.columns.push_back(std::move(column));
  }
  return schema;
}

std::vector<std::string> said(const tables::FoldAnswer& answer,
                              const config::Columns& columns = {}) {
  std::vector<std::string> lines;
  for (const Finding& finding : schema_findings(answer, schema(), columns)) {
    lines.push_back(finding.column + " " + std::string(to_string(finding.verdict)));
  }
  return lines;
}

TEST(SchemaFindings, AreNoneForTheColumnsOfTheReference) { EXPECT_THAT(said({}), IsEmpty()); }

TEST(SchemaFindings, AreCriticalForJudgedColumnsOnly) {
  tables::FoldAnswer answer;
  answer.vanished_columns = {"delay", "late", "row"};
  EXPECT_THAT(said(answer), ElementsAre("delay critical", "late immature", "row warning"));
  answer = {};
  answer.retyped_columns = {{.name = "delay", .file_type = "VARCHAR"},
                            {.name = "row", .file_type = "VARCHAR"}};
  EXPECT_THAT(said(answer), ElementsAre("delay critical", "row warning"));
}

TEST(SchemaFindings, SayNothingOfNewColumnsThatTheConfigurationKnows) {
  tables::FoldAnswer answer;
  answer.new_columns = {"gate", "p", "row_7", "truth"};
  config::Columns columns;
  columns.score = "p";
  columns.label = config::Label{.name = "truth", .positive = {}};
  columns.features.except = {"row_*"};
  EXPECT_THAT(said(answer, columns), ElementsAre("gate warning"));
  columns.features = {.only = {"delay*"}, .except = {}};
  EXPECT_THAT(said(answer, columns), IsEmpty());
}

TEST(SchemaFindings, NameFiftyNewColumnsAndCountTheRest) {
  tables::FoldAnswer answer;
  for (int i = 0; i < 1000; ++i) answer.new_columns.push_back("c" + std::to_string(i));
  const std::vector<Finding> findings = schema_findings(answer, schema(), {});
  ASSERT_THAT(findings, SizeIs(51));
  EXPECT_EQ(findings.front().column, "");
  EXPECT_EQ(findings.front().note, "950 more new columns");
}

TEST(WorstByColumn, KeepsTheWorstOfEachColumn) {
  const auto finding = [](std::string column, Verdict verdict) {
    return Finding{.column = std::move(column), .measure = "schema", .verdict = verdict};
  };
  const std::vector<Finding> worst =
      worst_by_column({finding("b", Verdict::kOk), finding("a", Verdict::kWarning),
                       finding("b", Verdict::kImmature), finding("a", Verdict::kCritical),
                       finding("a", Verdict::kOk)});
  ASSERT_THAT(worst, SizeIs(2));
  EXPECT_EQ(worst[0].verdict, Verdict::kCritical);
  EXPECT_EQ(worst[1].verdict, Verdict::kImmature);
}

}  // namespace
}  // namespace leeway::monitor
