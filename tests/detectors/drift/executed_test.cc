// Numbers that other tools gave when they were executed on the same values: SciPy, and Evidently,
// NannyML and Frouros where they pass SciPy's on.

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <ostream>
#include <string>

#include "detectors/drift/anderson_darling.h"
#include "detectors/drift/cramer_von_mises.h"
#include "detectors/drift/energy.h"
#include "detectors/drift/epps_singleton.h"
#include "detectors/drift/mann_whitney.h"
#include "detectors/drift/sorted_distances.h"
#include "detectors/drift/t_tests.h"
#include "detectors/drift/wasserstein.h"
#include "tests/detectors/drift/lcg_samples.h"

namespace leeway::drift {
namespace {

/// Numbers as they were printed.
struct Printed {
  char set;
  const char* checksum_reference;
  const char* checksum_current;
  const char* ks;
  const char* ks_p_asymptotic;
  const char* wasserstein;
  const char* wasserstein_over_std;
  const char* energy;
  const char* cvm;
  const char* cvm_p;
  const char* u;
  const char* u_p_two_sided;
  const char* u_p_less;
  const char* welch_t;
  const char* welch_p;
  const char* student_p;
  const char* anderson;
  const char* epps_p;
};

void PrintTo(const Printed& printed, std::ostream* out) { *out << "set " << printed.set; }

constexpr Printed kPrinted[] = {
    {.set = 'A',
     .checksum_reference = "998.663660463",
     .checksum_current = "929.553719728",
     .ks = "0.2045",
     .ks_p_asymptotic = "1.284143736e-08",
     .wasserstein = "0.326556978393",
     .wasserstein_over_std = "0.541906040306",
     .energy = "0.306819357466",
     .cvm = "4.962192037",
     .cvm_p = "4.29e-11",
     .u = "72325",
     .u_p_two_sided = "9.227842309e-13",
     .u_p_less = "4.61392115468e-13",
     .welch_t = "-7.596774788",
     .welch_p = "8.364962321e-14",
     .student_p = "4.00722319815e-14",
     .anderson = "33.3730141",
     .epps_p = "3.90938455858e-12"},
    {.set = 'B',
     .checksum_reference = "4012.41225211",
     .checksum_current = "3264.54269458",
     .ks = "0.122",
     .ks_p_asymptotic = "1.419516174e-11",
     .wasserstein = "0.17015567033",
     .wasserstein_over_std = "0.293359658225",
     .energy = "0.165574425284",
     .cvm = "6.355376",
     .cvm_p = "2.72e-11",
     .u = "1258176",
     .u_p_two_sided = "2.984318345e-16",
     .u_p_less = "1.49215917226e-16",
     .welch_t = "-8.654337151",
     .welch_p = "7.667740719e-18",
     .student_p = "8.61454787891e-18",
     .anderson = "43.39811573",
     .epps_p = "8.5327066238e-16"},
    {.set = 'C',
     .checksum_reference = "24022.9978973",
     .checksum_current = "5691.75543317",
     .ks = "0.0861666666667",
     .ks_p_asymptotic = "5.945747712e-16",
     .wasserstein = "0.10533640102",
     .wasserstein_over_std = "0.184291959723",
     .energy = "0.113046896094",
     .cvm = "8.4110192",
     .cvm_p = "7.11e-11",
     .u = "19905382",
     .u_p_two_sided = "2.664813362e-19",
     .u_p_less = "1",
     .welch_t = "9.655788187",
     .welch_p = "7.222738377e-22",
     .student_p = "7.85034652035e-20",
     .anderson = "58.83449373",
     .epps_p = "2.18127057979e-34"},
    {.set = 'G',
     .checksum_reference = "4192",
     .checksum_current = "2404",
     .ks = "0.237678571429",
     .ks_p_asymptotic = "5.04798534e-19",
     .wasserstein = "1.80571428571",
     .wasserstein_over_std = "0.515762609506",
     .energy = "0.819768664481",
     .cvm = "10.63198975",
     .cvm_p = "1.16e-10",
     .u = "364736.5",
     .u_p_two_sided = "2.317209121e-24",
     .u_p_less = "1",
     .welch_t = "10.07859059",
     .welch_p = "3.762401333e-23",
     .student_p = "4.26134575688e-23",
     .anderson = "85.25251394",
     .epps_p = "7.34741305904e-25"},
};

/// Within half a unit of the last printed digit. Trailing zeros are not printed, so that what looks
/// like few digits may be many. In the tail p moves relatively by t^2 or W/2 times the rounding of
/// its statistic, in the printed numbers too (40 digits give 7.347413059269e-25 for Epps-Singleton
/// of G and 8.6145478789039e-18 for Student of B): 1e-10 is granted there.
void expect_printed(double value, const std::string& printed) {
  constexpr int kDigits = 10;  // at least so many were asked for
  std::string digits = printed.substr(0, printed.find('e'));
  std::erase_if(digits, [](char c) { return c < '0' || c > '9'; });
  digits.erase(0, digits.find_first_not_of('0'));
  const double expected = std::stod(printed);
  const int significant = std::max(kDigits, static_cast<int>(digits.size()));
  const double unit = std::pow(10.0, std::floor(std::log10(std::abs(expected))) - significant + 1);
  const double rounding = std::abs(expected) < 1e-9 ? 1e-10 * std::abs(expected) : 0.0;
  EXPECT_NEAR(value, expected, 0.5001 * unit + rounding) << printed;
}

class Executed : public testing::TestWithParam<Printed> {};

TEST_P(Executed, GivesTheSameNumbers) {
  const Printed& printed = GetParam();
  const LcgSet set = lcg_set(printed.set);
  const auto sum = [](const std::vector<double>& values) {
    return std::accumulate(values.begin(), values.end(), 0.0);
  };
  expect_printed(sum(set.reference), printed.checksum_reference);
  expect_printed(sum(set.current), printed.checksum_current);
  std::vector<double> r = set.reference;
  std::vector<double> c = set.current;
  std::sort(r.begin(), r.end());
  std::sort(c.begin(), c.end());

  const SortedDistances distances = *sorted_distances(r, c);
  expect_printed(distances.ks.statistic(), printed.ks);
  expect_printed(ks_p_asymptotic(distances.ks.statistic(), r.size(), c.size()),
                 printed.ks_p_asymptotic);
  expect_printed(*distances.wasserstein, printed.wasserstein);
  expect_printed(*distances.wasserstein / population_deviation(r), printed.wasserstein_over_std);
  expect_printed(*energy_distance(r, c), printed.energy);

  const CramerVonMises cvm = *cramer_von_mises(r, c);
  expect_printed(cvm.statistic, printed.cvm);
  // SciPy's p is 1 minus a series and below 1e-9 its rounding noise; ours falls with the statistic.
  EXPECT_NEAR(cvm.p_value, std::stod(printed.cvm_p), 1e-9);

  const MannWhitney mann = *mann_whitney(r, c);
  expect_printed(mann.u_reference, printed.u);
  expect_printed(*mann.p_two_sided, printed.u_p_two_sided);
  expect_printed(*mann.p_less, printed.u_p_less);

  const auto reference = profile::Moments::of(set.reference);
  const auto current = profile::Moments::of(set.current);
  const TTest welch = *welch_t_test(reference, current);
  expect_printed(welch.t, printed.welch_t);
  expect_printed(welch.p_two_sided, printed.welch_p);
  expect_printed(student_t_test(reference, current)->p_two_sided, printed.student_p);

  const AndersonDarling anderson = *anderson_darling(std::vector<std::span<const double>>{r, c});
  expect_printed(anderson.statistic, printed.anderson);
  EXPECT_EQ(anderson.p_interpolated, 0.001);
  EXPECT_LT(*anderson.p_limit, 1e-10);

  expect_printed(epps_singleton(r, c)->p_value, printed.epps_p);
}

INSTANTIATE_TEST_SUITE_P(Sets, Executed, testing::ValuesIn(kPrinted),
                         [](const auto& info) { return std::string(1, info.param.set); });

TEST(Executed, AgreesOnSamplesThatLieApart) {
  // NannyML's Wasserstein distance and Evidently's, which divides by max(std of reference, 0.001).
  struct Case {
    double shift;
    std::size_t values;
    double wasserstein;
    double evidently;
  };
  for (const Case& c : {Case{1000, 100, 1000, 34.6427483321}, Case{50, 100, 50, 1.7321374166},
                        Case{0, 1, 0, 0}, Case{1, 1, 1, 1000}}) {
    std::vector<double> reference;
    std::vector<double> current;
    for (std::size_t i = 0; i < 100; ++i) {
      reference.push_back(static_cast<double>(i % c.values));
      current.push_back(reference.back() + c.shift);
    }
    const double distance = *wasserstein_distance(reference, current);
    EXPECT_DOUBLE_EQ(distance, c.wasserstein);
    EXPECT_NEAR(distance / std::max(population_deviation(reference), 0.001), c.evidently, 5e-11);
  }
}

TEST(Executed, CramerVonMisesPFallsWithTheStatistic) {
  // SciPy prints 2.72e-11 and 7.11e-11 for the statistics 6.36 of B and 8.41 of C.
  double last = 1.0;
  for (const char set : {'A', 'B', 'C', 'G'}) {
    LcgSet values = lcg_set(set);
    std::sort(values.reference.begin(), values.reference.end());
    std::sort(values.current.begin(), values.current.end());
    const double p = cramer_von_mises(values.reference, values.current)->p_value;
    EXPECT_LT(p, last) << set;
    EXPECT_GT(p, 0.0) << set;
    last = p;
  }
}

}  // namespace
}  // namespace leeway::drift
