#include <gmock/gmock.h>

#include <cmath>

#include "collectors/tables/fold.h"
#include "collectors/tables/learn.h"
#include "collectors/tables/multivariate.h"
#include "collectors/tables/sampled_rows.h"
#include "detectors/profile/reference.h"
#include "tests/collectors/tables/table_files.h"

namespace leeway::tables {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;

/// 2,000 rows a day: `b` goes with `a`, `name` and `flag` with nothing.
std::string rows(int days, const std::string& b = "a + 0.5 * noise", int seed = 1) {
  const auto random = [](const std::string& salt) {
    return "(hash(i, " + salt + ") % 1000003) / 1000003.0";
  };
  const std::string s = std::to_string(seed);
  return "SELECT \"at\", a, " + b +
         " AS b, i * 1.0 AS i, name, flag FROM (SELECT i, TIMESTAMP '2001-01-01' + "
         "INTERVAL (i * 43) SECOND AS \"at\", " +
         random(s) + " AS a, " + random(s + "1") + " AS noise, " + random(s + "2") +
         " AS other, CASE WHEN i % 10 = 3 THEN NULL ELSE 'n' || (i % 5) END AS name, i % 2 = 0 AS "
         "flag FROM range(" +
         std::to_string(days * 2009) + ") t(i))";
}

class Sampling : public testing::Test {
 protected:
  LearnAnswer learned(const std::string& select) {
    LearnPlan plan = files_.learn_plan({files_.write("reference.parquet", select)});
    plan.scratch.sample_rows = 400;
    auto answer = learn(plan);
    EXPECT_TRUE(answer) << answer.error().message;
    if (!answer) return {};
    EXPECT_TRUE(check(*answer, plan));
    return std::move(*answer);
  }
  FoldAnswer folded(const LearnAnswer& reference, const std::string& select,
                    const std::string& stem) {
    FoldPlan plan = files_.fold_plan(reference, {files_.write(stem + ".parquet", select)});
    plan.scratch.stem = stem;
    plan.scratch.sample_rows = 400;
    auto answer = fold(plan);
    EXPECT_TRUE(answer) << answer.error().message;
    if (!answer) return {};
    EXPECT_TRUE(check(*answer, plan));
    schema_ = plan.schema;
    return std::move(*answer);
  }
  std::vector<SampledRows> sample(const std::optional<std::string>& name) {
    auto read = read_sample(files_.folder() / name.value());
    EXPECT_TRUE(read) << read.error().message;
    return read ? std::move(*read) : std::vector<SampledRows>{};
  }
  MeasureAnswer measured(const LearnAnswer& reference, std::vector<std::string> current) {
    MeasurePlan plan;
    plan.columns = compared_columns(profile::Reference::deserialize(reference.reference)->schema);
    // A clock, which a plan for a window does without.
    if (!current.empty()) std::erase_if(plan.columns, [](auto& each) { return each.name == "i"; });
    plan.reference = files_.folder() / reference.sample.value();
    for (const std::string& name : current) plan.current.push_back(files_.folder() / name);
    plan.measures = {"domain_classifier", "correlation"};
    plan.rows = 400;
    auto answer = measure(plan);
    EXPECT_TRUE(answer) << answer.error().message;
    if (!answer) return {};
    EXPECT_TRUE(check(*answer, plan));
    return std::move(*answer);
  }

  tests::TableFiles files_;
  profile::Schema schema_;
};

TEST_F(Sampling, DrawsWholeRowsOfEveryDay) {
  const LearnAnswer reference = learned(rows(3));
  const FoldAnswer answer = folded(reference, rows(3, "a"), "fold");
  ASSERT_EQ(answer.panes.size(), 3U);
  const auto index = [&](const char* name) {
    return static_cast<std::uint32_t>(*schema_.index_of(name));
  };
  for (const FoldedPane& pane : answer.panes) {
    const std::vector<SampledRows> drawn = sample(pane.sample);
    ASSERT_EQ(drawn.size(), 1U);
    EXPECT_EQ(drawn[0].start, pane.start);
    EXPECT_EQ(drawn[0].of, pane.rows);
    ASSERT_EQ(drawn[0].keys.size(), 400U);
    const auto column = [&](const char* name) {
      for (const SampledColumn& each : drawn[0].columns) {
        if (each.index == index(name)) return each.values;
      }
      ADD_FAILURE() << name;
      return std::vector<double>(400);
    };
    const auto a = column("a");
    const auto b = column("b");
    const auto i = column("i");
    const auto name = column("name");
    const auto flag = column("flag");
    for (std::size_t row = 0; row < 400; ++row) {
      EXPECT_EQ(a[row], b[row]);
      const auto number = static_cast<std::int64_t>(i[row]);
      EXPECT_EQ(flag[row], number % 2 == 0 ? 1.0 : 0.0);
      if (number % 10 == 3) {
        EXPECT_TRUE(std::isnan(name[row]));
      } else {  // n0 to n4 in the order of the reference's categories
        EXPECT_EQ(name[row], multivariate::TableColumn::kFirst + static_cast<double>(number % 5));
      }
    }
  }
}

TEST_F(Sampling, GivesTheSameRowsForTheSameStem) {
  const LearnAnswer reference = learned(rows(2));
  const auto keys = [&](const std::string& stem) {
    return sample(folded(reference, rows(1), stem).panes.at(0).sample).at(0).keys;
  };
  const auto first = keys("a");
  EXPECT_EQ(keys("a"), first);
  EXPECT_NE(keys("b"), first);
}

TEST_F(Sampling, OfAReferenceIsOneFileWithASampleADay) {
  const LearnAnswer reference = learned(rows(5));
  const std::vector<SampledRows> windows = sample(reference.sample);
  ASSERT_EQ(windows.size(), 5U);
  EXPECT_EQ(windows[4].start, tests::time_of("2001-01-05"));
  for (const SampledRows& window : windows) EXPECT_EQ(window.keys.size(), 400U);
  // The samples of the days alone are gone.
  EXPECT_FALSE(std::filesystem::exists(files_.folder() / "scratch.0.sample"));
}

TEST_F(Sampling, OfManyPanesStaysInItsBounds) {
  const LearnAnswer reference = learned(rows(5));
  FoldPlan plan = files_.fold_plan(reference, {files_.write("many.parquet", rows(5))});
  plan.panes.size = std::chrono::minutes(10);
  plan.scratch.sample_rows = 400;
  plan.limits.memory_bytes = std::uint64_t{64} << 20U;
  const auto answer = fold(plan);
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_GT(answer->panes.size(), 700U);
  for (const FoldedPane& pane : answer->panes) EXPECT_TRUE(pane.sample.has_value());
}

TEST_F(Sampling, SeesColumnsThatChangedOnlyInHowTheyGoTogether) {
  const LearnAnswer reference = learned(rows(6));
  const FoldAnswer same = folded(reference, rows(1, "a + 0.5 * noise", 2), "same");
  // Independent of `a` and distributed as before.
  const FoldAnswer apart = folded(reference, rows(1, "other + 0.5 * noise", 2), "apart");
  const auto p_values = [&](const FoldAnswer& answer) {
    std::vector<double> values;
    const MeasureAnswer found = measured(reference, {*answer.panes.at(0).sample});
    EXPECT_EQ(found.windows.size(), 1U);
    for (const MeasuredDrift& drift : found.windows.at(0)) {
      EXPECT_TRUE(drift.measured) << drift.trouble;
      if (drift.measured) values.push_back(drift.measured->p_value);
    }
    return values;
  };
  EXPECT_THAT(p_values(same), Each(testing::Gt(0.001)));
  EXPECT_THAT(p_values(apart), Each(testing::Lt(1e-6)));
  const MeasureAnswer found = measured(reference, {*apart.panes.at(0).sample});
  EXPECT_THAT(found.windows[0][0].measured->moved, HasSubstr("by "));
  EXPECT_THAT(found.windows[0][1].measured->moved,
              HasSubstr("the rank correlation of a and b fell from 0."));
}

TEST_F(Sampling, ComparesEveryWindowOfTheReferenceWithTheOthers) {
  const MeasureAnswer found = measured(learned(rows(6)), {});
  EXPECT_THAT(found.clocks, ElementsAre("i"));
  ASSERT_EQ(found.windows.size(), 6U);
  for (const auto& window : found.windows) {
    ASSERT_EQ(window.size(), 2U);
    ASSERT_TRUE(window[0].measured);
    EXPECT_NEAR(window[0].measured->value, 0.5, 0.1);
  }
}

TEST_F(Sampling, MeasuresAWindowOfSeveralSources) {
  const LearnAnswer reference = learned(rows(4));
  const FoldAnswer one = folded(reference, rows(1, "other", 3), "one");
  const FoldAnswer two = folded(reference, rows(1, "other", 4), "two");
  const MeasureAnswer found =
      measured(reference, {*one.panes.at(0).sample, *two.panes.at(0).sample});
  EXPECT_LT(found.windows.at(0).at(1).measured->p_value, 1e-6);
}

TEST_F(Sampling, SaysWhatCouldNotBeMeasured) {
  const LearnAnswer reference = learned(rows(4));
  const FoldAnswer few = folded(reference, rows(1) + " LIMIT 12", "few");
  const MeasureAnswer found = measured(reference, {*few.panes.at(0).sample});
  for (const MeasuredDrift& drift : found.windows.at(0)) {
    EXPECT_FALSE(drift.measured);
    EXPECT_TRUE(drift.too_few);
    EXPECT_THAT(drift.trouble, HasSubstr("12 rows"));
  }
  MeasurePlan missing;
  missing.reference = files_.folder() / "none.sample";
  EXPECT_EQ(measure(missing).error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace leeway::tables
