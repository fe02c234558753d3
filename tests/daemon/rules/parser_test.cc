#include "daemon/rules/parser.h"

#include <gmock/gmock.h>

#include "daemon/rules/paths.h"
#include "samples.h"

namespace leeway::rules {
namespace {

using ::testing::HasSubstr;
using tests::RandomExpressions;

TEST(Parser, ReadsATestWithAllItsParts) {
  const auto parsed = parse("all( drift.psi { column = delay* , segment = \"\" } ) >= 0.25");
  ASSERT_TRUE(parsed) << to_string(parsed.error());
  const rules::Test want{.quantifier = Quantifier::kAll,
                         .path = "drift.psi",
                         .selector = {{"column", "delay*"}, {"segment", ""}},
                         .comparison = Comparison::kGreaterOrEqual,
                         .operand = 0.25};
  EXPECT_EQ(std::get<rules::Test>(parsed->node()), want);
}

struct Readable {
  const char* text;
  const char* canonical;
};

TEST(Parser, GivesEachConditionItsCanonicalText) {
  const std::vector<Readable> table{
      {"drift.share>=0.3", "drift.share >= 0.3"},
      {"  (( drift.share > .3 ))  ", "drift.share > 0.3"},
      {"any(drift.psi) > threshold", "drift.psi > threshold"},
      {"share(drift.state{role=feature}) > 0.5", "share(drift.state{role=feature}) > 0.5"},
      {"freshness.age > 90m", "freshness.age > 1h30m"},
      {"volume.rows == 0", "volume.rows == 0"},
      {"volume.rows < 1e3", "volume.rows < 1000"},
      {"volume.rows < 1e+30", "volume.rows < 1e+30"},
      {"drift.ks > 1e-7", "drift.ks > 1e-07"},
      {"not volume.rows < 5", "not volume.rows < 5"},
      {"not (volume.rows < 5)", "not volume.rows < 5"},
      {"not (not volume.rows < 5)", "not (not volume.rows < 5)"},
      {"volume.rows<5 or volume.rows>9 and drift.share!=0",
       "volume.rows < 5 or volume.rows > 9 and drift.share != 0"},
      {"(volume.rows<5 or volume.rows>9) and drift.share!=0",
       "(volume.rows < 5 or volume.rows > 9) and drift.share != 0"},
      {"volume.rows<5 and (volume.rows>9 and drift.share<=1)",
       "volume.rows < 5 and volume.rows > 9 and drift.share <= 1"},
      {"not (volume.rows<5 and volume.rows>9)", "not (volume.rows < 5 and volume.rows > 9)"},
      {"drift.psi{column='a b'} > 1", "drift.psi{column=\"a b\"} > 1"},
      {R"(drift.psi{column="a\"b\\c"} > 1)", R"(drift.psi{column="a\"b\\c"} > 1)"},
      {"drift.psi{column=Größe} > 1", "drift.psi{column=Größe} > 1"},
      {"window.no_data==1\n  or\n  freshness.state==2",
       "window.no_data == 1 or freshness.state == 2"}};
  for (const Readable& row : table) {
    SCOPED_TRACE(row.text);
    const auto parsed = parse(row.text);
    if (!parsed) {
      ADD_FAILURE() << to_string(parsed.error());
      continue;
    }
    EXPECT_EQ(to_string(*parsed), row.canonical);
  }
}

struct Unreadable {
  const char* text;
  std::size_t column;
  const char* message;
  const char* help;
};

TEST(Parser, ShowsEachMistakeWithPlaceAndHelp) {
  const std::vector<Unreadable> table{
      {"", 1, "expected a name such as drift.share, found the end", ""},
      {"drift.shar >= 0.3", 1, "unknown path 'drift.shar'", "'drift.share'"},
      {"drift.kolmogorov > 1", 1, "unknown path", "drift.share, drift.drifted_columns"},
      {"endpont.up == 0", 1, "unknown path 'endpont.up'", "did you mean 'endpoint.up'?"},
      {"latency > 1", 1, "unknown path 'latency'", "there are drift.share"},
      {"drift.share 0.3", 13, "expected a comparison", ""},
      {"drift.share = 0.3", 13, "expected a comparison", "write '=='"},
      {"drift.share >=", 15, "expected a number or a duration, found the end", ""},
      {"drift.share >= lots", 16, "'lots' is neither", ""},
      {"drift.share >= 30%", 16, "'30%' is neither", "30 % is written 0.3"},
      {"drift.share >= 30", 16, "lies between 0 and 1", "0.3"},
      {"drift.share >= 1h", 16, "is no time", ""},
      {"drift.share > nan", 15, "neither", ""},
      {"drift.ks > 1e999", 12, "neither", ""},
      {"drift.psi > treshold", 13, "neither", "'threshold'"},
      {"drift.share > threshold", 15, "has no threshold", ""},
      {"drift.state > threshold", 15, "has no threshold", ""},
      {"drift.psi < benchmark", 13, "has no benchmark", ""},
      {"drift.state == critical", 16, "neither", "2 (critical)"},
      {"drift.state == 3", 16, "is 0 (ok), 1 (warning) or 2 (critical)", ""},
      {"window.no_data == 2", 19, "is 0 or 1", ""},
      {"freshness.age > 3600", 17, "a number has no unit", "6h"},
      {"freshness.age > 5parsecs", 17, "neither", ""},
      {"share(drift.share) > 0.3", 1, "needs verdicts", ""},
      {"share(drift.state) > 2", 22, "a number from 0 to 1", "0.3"},
      {"share(drift.psi) > threshold", 20, "a number from 0 to 1", ""},
      {"any(drift.psi > 0.2)", 15, "expected ')'", "column 4 is still open"},
      {"(drift.psi > 0.2", 17, "expected ')', found the end", "column 1"},
      {"drift.psi > 0.2)", 16, "found ')'", "there is no '(' for it"},
      {"drift.psi > 0.2 && drift.ks > 1", 17, "found '&'", "write 'and'"},
      {"drift.psi > 0.2 AND drift.ks > 1", 17, "found 'AND'", "write 'and'"},
      {"drift.psi > 0.2 drift.ks > 1", 17, "expected 'and', 'or' or the end", ""},
      {"!drift.psi > 0.2", 1, "expected a name", "write 'not'"},
      {"NOT drift.psi > 0.2", 1, "unknown path 'NOT'", "small letters"},
      {"not not drift.psi > 0.2", 5, "unknown path 'not'", ""},
      {"drift.psi{colum=a} > 1", 11, "has no label 'colum'", "'column'"},
      {"drift.psi{target=a} > 1", 11, "has no label", "it has column, role, segment"},
      {"drift.share{column=a} > 1", 13, "has no label", "no labels at all"},
      {"drift.psi{column=a,column=b} > 1", 20, "named twice", ""},
      {"drift.psi{} > 1", 11, "expected a label, found '}'", ""},
      {"drift.psi{column} > 1", 17, "expected '='", ""},
      {"drift.psi{column=} > 1", 18, "expected a name or a pattern", "\"\""},
      {"drift.psi{column=a > 1", 20, "expected ',' or '}'", "column 10"},
      {"drift.psi{column='a} > 1", 18, "the quote does not end", ""},
      {"drift.psi{column=\"a\\", 18, "the quote does not end", ""},
      {"drift.psi > 0.2 ≥", 17, "found '≥'", ""}};
  for (const Unreadable& row : table) {
    SCOPED_TRACE(row.text);
    const auto parsed = parse(row.text);
    if (parsed) {
      ADD_FAILURE() << to_string(*parsed);
      continue;
    }
    EXPECT_EQ(parsed.error().column, row.column);
    EXPECT_THAT(parsed.error().message, HasSubstr(row.message));
    EXPECT_THAT(parsed.error().help, HasSubstr(row.help));
  }
}

TEST(Parser, NestsSixteenDeepAndNoDeeper) {
  const auto nested = [](int depth) {
    std::string text = "volume.rows > 1";
    for (int i = 0; i < depth; ++i) text = "(" + text + ")";
    return parse(text);
  };
  EXPECT_TRUE(nested(kMaxDepth));
  const auto refused = nested(kMaxDepth + 1);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().column, 17U);
  EXPECT_THAT(refused.error().message, HasSubstr("nest more than 16 deep"));
}

TEST(Parser, CountsDepthAndNotTheNumberOfParentheses) {
  std::string text = "(volume.rows > 1)";
  for (int i = 0; i < 40; ++i) text += " or (volume.rows > 1)";
  EXPECT_TRUE(parse(text));
}

TEST(Parser, ReadsBackWhatIsPrinted) {
  RandomExpressions random(1);
  for (int i = 0; i < 2000; ++i) {
    const Expression expression = random.next(4);
    const std::string text = to_string(expression);
    const auto parsed = parse(text);
    ASSERT_TRUE(parsed) << text << "\n" << to_string(parsed.error());
    ASSERT_EQ(*parsed, expression) << text << "\n" << to_string(*parsed);
  }
}

TEST(Parser, SurvivesEveryPrefixAndEveryDamagedByte) {
  RandomExpressions random(2);
  for (int i = 0; i < 200; ++i) {
    std::string text = to_string(random.next(3));
    const std::string whole = text;
    text[random.below(text.size())] = static_cast<char>(random.below(256));
    for (const std::string& broken : {text, whole.substr(0, random.below(whole.size()))}) {
      const auto parsed = parse(broken);
      if (parsed) {
        EXPECT_EQ(parse(to_string(*parsed)), parsed) << broken;
      } else {
        EXPECT_LE(parsed.error().column, broken.size() + 1) << broken;
      }
    }
  }
}

TEST(Paths, AreFoundByTheirNamesAndDescribed) {
  for (const Path& path : paths()) {
    EXPECT_EQ(find_path(path.name), &path);
    EXPECT_FALSE(path.sentence.empty()) << path.name;
    EXPECT_FALSE(path.noun.empty()) << path.name;
  }
  EXPECT_EQ(find_path("drift"), nullptr);
}

}  // namespace
}  // namespace leeway::rules
