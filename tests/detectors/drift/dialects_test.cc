// The numbers are what the peers' own, unchanged functions gave on the same values.

#include "detectors/drift/dialects.h"

#include <gmock/gmock.h>

#include <cmath>
#include <ostream>

#include "tests/detectors/drift/lcg_samples.h"
#include "tests/detectors/drift/measured.h"

namespace leeway::drift {
namespace {

using testing::ElementsAre;

std::vector<std::string> as_text(const std::vector<double>& values) {
  std::vector<std::string> texts;
  for (const double value : values) texts.push_back(std::to_string(static_cast<int>(value)));
  return texts;
}

/// The sets of numbers A, B, C, G, and of categories D, E (with a new one), F (two).
TwoSamples set(char name) {
  switch (name) {
    case 'D':
      return {as_text(cat(7, 600, 5, 2)), as_text(cat(8, 450, 5, 1))};
    case 'E':
      return {as_text(cat(9, 600, 4, 1)), as_text(cat(10, 450, 5, 1))};
    case 'F':
      return {as_text(cat(11, 300, 2, 1)), as_text(cat(12, 300, 2, 2))};
    default: {
      LcgSet numbers = lcg_set(name);
      return {std::move(numbers.reference), std::move(numbers.current)};
    }
  }
}

/// One row of a table of executed values: what each set gives; null where there is no value.
struct Executed {
  const char* dialect;
  const char* measure;
  bool p_value;
  std::string_view sets;
  std::vector<const char*> printed;
};

void PrintTo(const Executed& row, std::ostream* out) {
  *out << row.dialect << ' ' << row.measure << (row.p_value ? " p" : "");
}

class ExecutedValues : public testing::TestWithParam<Executed> {};

TEST_P(ExecutedValues, AreReproducedToThePrintedDigits) {
  const Executed& row = GetParam();
  ASSERT_EQ(row.sets.size(), row.printed.size());
  for (std::size_t i = 0; i < row.sets.size(); ++i) {
    const TwoSamples samples = set(row.sets[i]);
    const auto found = measured(row.dialect, row.measure, samples.rows());
    ASSERT_TRUE(found) << row.sets[i] << ": " << found.error().message;
    const double got = row.p_value ? found->p_value.value_or(NAN) : found->value;
    const double printed = std::strtod(row.printed[i], nullptr);
    // Far tails are printed with more digits than the peers' own arithmetic has.
    const double tail = row.p_value ? 1e-10 * printed : 0.0;
    EXPECT_NEAR(got, printed, std::max(tail, half_digit(row.printed[i]))) << "set " << row.sets[i];
    EXPECT_EQ(found->error_bound, 0.0);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Evidently, ExecutedValues,
    testing::Values(
        Executed{"evidently-0.7",
                 "psi",
                 false,
                 "ABCGDEF",
                 {"0.459303749942", "0.101151150048", "0.0581648080701", "0.322464218479",
                  "0.283067667477", "1.48072280044", "0.0693481653673"}},
        Executed{"evidently-0.7",
                 "jensen_shannon",
                 false,
                 "ABCGDEF",
                 {"0.198824711445", "0.110689671991", "0.0847543578432", "0.197772961354",
                  "0.18634265114", "0.269242547803", "0.0929301363057"}},
        Executed{"evidently-0.7",
                 "kl",
                 false,
                 "ABCGDEF",
                 {"0.143842025044", "0.0531543320947", "0.0321088949906", "0.152265281612",
                  "0.147122661224", "0.21797463226", "0.0355040809739"}},
        Executed{"evidently-0.7",
                 "hellinger",
                 false,
                 "ABCGDEF",
                 {"0.215203516762", "0.114327302036", "0.0865247650901", "0.179128269792",
                  "0.187215092838", "0.318578747646", "0.0930173228915"}},
        Executed{"evidently-0.7",
                 "wasserstein",
                 false,
                 "ABCG",
                 {"0.541906040306", "0.293359658225", "0.184291959723", "0.515762609506"}},
        Executed{"evidently-0.7",
                 "energy",
                 false,
                 "ABCG",
                 {"0.306819357466", "0.165574425284", "0.113046896094", "0.819768664481"}},
        Executed{
            "evidently-0.7",
            "ks",
            true,
            "ABCG",
            {"1.3247773909e-08", "1.45934836283e-11", "5.94574771207e-16", "5.48705633116e-19"}},
        Executed{"evidently-0.7",
                 "anderson_darling",
                 true,
                 "ABCG",
                 {"0.001", "0.001", "0.001", "0.001"}},
        Executed{"evidently-0.7",
                 "mann_whitney",
                 true,
                 "ABCG",
                 {"4.61392115468e-13", "1.49215917226e-16", "1", "1"}},
        Executed{
            "evidently-0.7",
            "student",
            true,
            "ABCG",
            {"4.00722319815e-14", "8.61454787891e-18", "7.85034652035e-20", "4.26134575688e-23"}},
        Executed{
            "evidently-0.7",
            "epps_singleton",
            true,
            "ABCG",
            {"3.90938455858e-12", "8.5327066238e-16", "2.18127057979e-34", "7.34741305904e-25"}},
        Executed{"evidently-0.7",
                 "chi_squared",
                 true,
                 "DEF",
                 {"3.11088554705e-25", "0", "9.53788007687e-06"}},
        Executed{"evidently-0.7", "g", true, "F", {"6.59777706957e-06"}},
        Executed{"evidently-0.7", "two_proportion_z", true, "F", {"0.00131267972271"}}));

INSTANTIATE_TEST_SUITE_P(
    Nannyml, ExecutedValues,
    testing::Values(
        Executed{"nannyml-0.13",
                 "jensen_shannon",
                 false,
                 "ABCGDEF",
                 {"0.249746050287", "0.134183047941", "0.101800358448", "0.237549535734",
                  "0.223820333997", "0.323393257565", "0.111620469168"}},
        Executed{"nannyml-0.13",
                 "hellinger",
                 false,
                 "ABCGDEF",
                 {"0.229441549264", "0.115158399982", "0.0865247650901", "0.199243299922",
                  "0.187215092838", "0.318578747646", "0.0930173228915"}},
        Executed{"nannyml-0.13",
                 "ks",
                 false,
                 "ABCG",
                 {"0.2045", "0.122", "0.0861666666667", "0.237678571429"}},
        Executed{"nannyml-0.13",
                 "wasserstein",
                 false,
                 "ABCG",
                 {"0.326556978393", "0.17015567033", "0.105334222064", "1.80571428571"}},
        Executed{"nannyml-0.13",
                 "l_infinity",
                 false,
                 "DEF",
                 {"0.231111111111", "0.188888888889", "0.126666666667"}},
        Executed{"nannyml-0.13",
                 "chi_squared",
                 false,
                 "DEF",
                 {"69.18232185", "127.3538031", "9.788359788"}},
        Executed{"nannyml-0.13",
                 "chi_squared",
                 true,
                 "DEF",
                 {"3.377472663e-14", "1.432920948e-26", "0.001756200454"}}));

// Also what Frouros passes on of SciPy's.
INSTANTIATE_TEST_SUITE_P(
    Scipy, ExecutedValues,
    testing::Values(
        Executed{
            "scipy",
            "ks",
            true,
            "ABCG",
            {"1.3247773909e-08", "1.45934836283e-11", "5.94574771207e-16", "5.48705633116e-19"}},
        Executed{"scipy",
                 "wasserstein",
                 false,
                 "ABCG",
                 {"0.326556978393", "0.17015567033", "0.10533640102", "1.80571428571"}},
        Executed{"scipy",
                 "energy",
                 false,
                 "ABCG",
                 {"0.306819357466", "0.165574425284", "0.113046896094", "0.819768664481"}},
        Executed{"scipy",
                 "cramer_von_mises",
                 false,
                 "ABCG",
                 {"4.962192037", "6.355376", "8.4110192", "10.63198975"}},
        Executed{
            "scipy", "mann_whitney", false, "ABCG", {"72325", "1258176", "19905382", "364736.5"}},
        Executed{"scipy",
                 "mann_whitney",
                 true,
                 "ABCG",
                 {"9.227842309e-13", "2.984318345e-16", "2.664813362e-19", "2.317209121e-24"}},
        Executed{"scipy",
                 "welch",
                 false,
                 "ABCG",
                 {"7.596774788", "8.654337151", "9.655788187", "10.07859059"}},
        Executed{"scipy",
                 "welch",
                 true,
                 "ABCG",
                 {"8.364962321e-14", "7.667740719e-18", "7.222738377e-22", "3.762401333e-23"}},
        Executed{"scipy",
                 "anderson_darling",
                 false,
                 "ABCG",
                 {"33.3730141", "43.39811573", "58.83449373", "85.25251394"}},
        Executed{
            "scipy", "chi_squared", false, "DEF", {"69.18232185", "127.3538031", "9.788359788"}}));

// The divergence of TFDV, and homogeneity without Yates' correction, evaluated by their
// definitions.
INSTANTIATE_TEST_SUITE_P(
    Definitions, ExecutedValues,
    testing::Values(
        Executed{"leeway-1",
                 "jensen_shannon_divergence",
                 false,
                 "DEF",
                 {"0.0500955419107", "0.104583199038", "0.0124591291374"}},
        Executed{"leeway-1",
                 "l_infinity",
                 false,
                 "DEF",
                 {"0.231111111111", "0.188888888889", "0.126666666667"}},
        Executed{
            "leeway-1", "chi_squared", false, "DEF", {"69.18232185", "127.3538031", "10.32461032"}},
        Executed{"scorecard-1",
                 "chi_squared",
                 true,
                 "DEF",
                 {"3.377472663e-14", "1.432920948e-26", "0.001312679723"}}));

std::vector<double> range(double first, double last) {
  std::vector<double> values;
  for (double value = first; value <= last; value += 1.0) values.push_back(value);
  return values;
}

std::vector<std::string> of(std::initializer_list<std::pair<const char*, std::size_t>> counts) {
  std::vector<std::string> values;
  for (const auto& [value, count] : counts) values.insert(values.end(), count, value);
  return values;
}

double value_of(const char* dialect, const char* measure, const TwoSamples& samples) {
  const auto found = measured(dialect, measure, samples.rows());
  return found ? found->value : NAN;
}

double p_of(const char* dialect, const char* measure, const TwoSamples& samples) {
  const auto found = measured(dialect, measure, samples.rows());
  return found && found->p_value ? *found->p_value : NAN;
}

TEST(EdgeCases, OfNumbersAreWhatThePeersMakeOfThem) {
  const TwoSamples apart(range(0, 99), range(1000, 1099));
  EXPECT_NEAR(value_of("evidently-0.7", "psi", apart), 18.4188386759, 5e-11);
  EXPECT_NEAR(value_of("evidently-0.7", "jensen_shannon", apart), 0.832554611158, 5e-13);
  EXPECT_NEAR(value_of("evidently-0.7", "wasserstein", apart), 34.6427483321, 5e-11);
  EXPECT_NEAR(value_of("nannyml-0.13", "jensen_shannon", apart), 1.0, 1e-12);
  EXPECT_NEAR(value_of("nannyml-0.13", "wasserstein", apart), 1000.0, 1e-9);
  EXPECT_NEAR(p_of("evidently-0.7", "ks", apart), 2.2087606932e-59, 5e-70);

  const TwoSamples half(range(0, 99), range(50, 149));
  EXPECT_NEAR(value_of("evidently-0.7", "psi", half), 7.41453274587, 5e-12);
  EXPECT_NEAR(value_of("evidently-0.7", "jensen_shannon", half), 0.588705011258, 5e-13);
  EXPECT_NEAR(value_of("evidently-0.7", "wasserstein", half), 1.7321374166, 5e-11);
  EXPECT_NEAR(value_of("nannyml-0.13", "jensen_shannon", half), 0.707106781187, 5e-13);
  EXPECT_NEAR(value_of("nannyml-0.13", "wasserstein", half), 50.0, 1e-9);

  const std::vector<double> fives(100, 5.0);
  const TwoSamples same(fives, fives);
  for (const char* dialect : {"evidently-0.7", "nannyml-0.13", "leeway-1", "azureml-v2"}) {
    EXPECT_EQ(value_of(dialect, "jensen_shannon", same), 0.0) << dialect;
    EXPECT_EQ(value_of(dialect, "psi", same), 0.0) << dialect;
  }
  EXPECT_EQ(value_of("evidently-0.7", "wasserstein", same), 0.0);
  EXPECT_EQ(value_of("nannyml-0.13", "wasserstein", same), 0.0);

  const TwoSamples moved(fives, std::vector<double>(100, 6.0));
  EXPECT_NEAR(value_of("evidently-0.7", "psi", moved), 18.4188386759, 5e-11);
  EXPECT_NEAR(value_of("evidently-0.7", "jensen_shannon", moved), 0.832554611158, 5e-13);
  EXPECT_NEAR(value_of("evidently-0.7", "wasserstein", moved), 1000.0, 1e-9);
  EXPECT_NEAR(value_of("nannyml-0.13", "jensen_shannon", moved), 1.0, 1e-12);
  EXPECT_NEAR(value_of("nannyml-0.13", "wasserstein", moved), 1.0, 1e-12);
}

struct CategoryEdge {
  const char* name;
  std::vector<std::string> reference;
  std::vector<std::string> current;
  const char* psi;
  const char* jensen_shannon;
  const char* chi_squared_p;  ///< null: Evidently has none
  const char* nannyml;
};

TEST(EdgeCases, OfCategoriesAreWhatThePeersMakeOfThem) {
  const std::vector<CategoryEdge> table = {
      {"a/a", of({{"a", 50}}), of({{"a", 60}}), "0", "0", nullptr, "0"},
      {"a/b", of({{"a", 50}}), of({{"b", 60}}), "18.4188386759", "0.832554611158", "0", "1"},
      {"b vanished", of({{"a", 50}, {"b", 50}}), of({{"a", 100}}), "4.60431846667",
       "0.464501404022", "1.524e-23", "0.557923045284"},
      {"rare", of({{"a", 999}, {"b", 1}}), of({{"a", 990}, {"b", 10}}), "0.0208047143566",
       "0.0463356448954", "2.166e-19", "0.0556547814095"},
  };
  for (const CategoryEdge& edge : table) {
    const TwoSamples samples(edge.reference, edge.current);
    const auto near = [&](double got, const char* printed) {
      EXPECT_NEAR(got, std::strtod(printed, nullptr), half_digit(printed)) << edge.name;
    };
    near(value_of("evidently-0.7", "psi", samples), edge.psi);
    near(value_of("evidently-0.7", "jensen_shannon", samples), edge.jensen_shannon);
    near(value_of("nannyml-0.13", "jensen_shannon", samples), edge.nannyml);
    if (edge.chi_squared_p != nullptr) {
      near(p_of("evidently-0.7", "chi_squared", samples), edge.chi_squared_p);
    } else {
      EXPECT_FALSE(measured("evidently-0.7", "chi_squared", samples.rows()));
    }
  }
}

// Scouter's decile rule, evaluated by its definition: it adds 1e-10 to each share.
TEST(ScorecardDialect, BinsByTheDecilesOfTheReference) {
  EXPECT_NEAR(value_of("scorecard-1", "psi", set('A')), 0.261050085866, 1e-8);
  EXPECT_NEAR(value_of("scorecard-1", "psi", set('C')), 0.0580164146183, 1e-8);
}

TEST(EvidentlyDialect, RefusesWhatEvidentlyCannot) {
  const auto sizes_differ = measured("evidently-0.7", "g", set('D').rows());
  ASSERT_FALSE(sizes_differ);
  EXPECT_EQ(sizes_differ.error().code, ErrorCode::kInvalidArgument);
  EXPECT_FALSE(measured("evidently-0.7", "two_proportion_z", set('D').rows()));
  EXPECT_FALSE(measured("evidently-0.7", "fisher", set('D').rows()));
  // One constant on both sides is no drift.
  const TwoSamples constant(of({{"a", 50}}), of({{"a", 60}}));
  EXPECT_EQ(p_of("evidently-0.7", "two_proportion_z", constant), 1.0);
}

std::vector<std::string> choice(const TwoSamples& samples, bool with_rows = true) {
  const Sides sides = with_rows ? samples.rows() : samples.profiles();
  const MeasureNames names = default_measures(*find_dialect("evidently-0.7"), sides);
  return {names.begin(), names.end()};
}

TEST(EvidentlyDialect, ChoosesByReferenceRowsAndDistinctValuesOfBothSides) {
  Random random(1);
  const std::vector<double> small = normals(1000, random);
  const std::vector<double> large = normals(1001, random);
  const std::vector<double> two = {0, 1, 1, 0};
  const std::vector<double> five = {0, 1, 2, 3, 4};
  const auto times = [](std::vector<double> values, std::size_t n) {
    std::vector<double> many;
    for (std::size_t i = 0; i < n; ++i) many.push_back(values[i % values.size()]);
    return many;
  };
  for (const bool with_rows : {true, false}) {
    EXPECT_THAT(choice({small, large}, with_rows), ElementsAre("ks"));
    EXPECT_THAT(choice({large, small}, with_rows), ElementsAre("wasserstein"));
    EXPECT_THAT(choice({times(five, 1000), five}, with_rows), ElementsAre("chi_squared"));
    EXPECT_THAT(choice({times(five, 1001), five}, with_rows), ElementsAre("jensen_shannon"));
    // The sixth value may come from the current side.
    EXPECT_THAT(choice({times(five, 1000), {0, 7}}, with_rows), ElementsAre("ks"));
    EXPECT_THAT(choice({times(two, 1000), two}, with_rows), ElementsAre("two_proportion_z"));
    EXPECT_THAT(choice({times(two, 1001), two}, with_rows), ElementsAre("jensen_shannon"));
  }
  EXPECT_THAT(choice(set('D')), ElementsAre("chi_squared"));
  EXPECT_THAT(choice(set('F')), ElementsAre("two_proportion_z"));
  // A missing value is no row of the reference.
  std::vector<double> with_missing = small;
  with_missing.push_back(NAN);
  EXPECT_THAT(choice({with_missing, small}), ElementsAre("ks"));
}

TEST(Dialects, WithABinForEachNewCategoryNeedToKnowThemAll) {
  std::vector<std::string> many;
  for (int i = 0; i < 500; ++i) many.push_back("new-" + std::to_string(i));
  const TwoSamples samples({"a", "b"}, many);
  const auto psi = measured("evidently-0.7", "psi", samples.rows());
  ASSERT_FALSE(psi);
  EXPECT_EQ(psi.error().code, ErrorCode::kInsufficientData);
  EXPECT_TRUE(measured("leeway-1", "psi", samples.rows()));
}

TEST(Dialects, NameOnlyMeasuresThatExist) {
  for (const Dialect& dialect : kDialects) {
    EXPECT_EQ(find_dialect(dialect.name), &dialect);
    for (const Measure& measure : dialect.measures()) {
      EXPECT_NE(find_measure(measure.name), nullptr) << dialect.name << ' ' << measure.name;
      EXPECT_FALSE(measure.sentence.empty());
      const bool limited = measure.limits.warning || measure.limits.critical;
      EXPECT_EQ(limited, measure.limits_from == LimitsFrom::kDialect)
          << dialect.name << ' ' << measure.name;
    }
    for (const auto& name : dialect.numeric)
      EXPECT_TRUE(find_measure(dialect, name, ColumnType::kNumeric)->numeric);
    for (const auto& name : dialect.categorical)
      EXPECT_TRUE(find_measure(dialect, name, ColumnType::kCategorical)->categorical);
  }
  EXPECT_EQ(find_dialect("leeway-1"), &kDialects.front());
  EXPECT_EQ(find_dialect("leeway"), nullptr);
}

}  // namespace
}  // namespace leeway::drift
