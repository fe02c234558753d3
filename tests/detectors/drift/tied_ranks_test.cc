#include <gtest/gtest.h>

#include "detectors/drift/cramer_von_mises.h"
#include "detectors/drift/mann_whitney.h"
#include "tests/detectors/drift/measured.h"

namespace leeway::drift {
namespace {

using Values = std::vector<double>;

struct Tied {
  Values reference, current;
  double cvm, cvm_exact, cvm_asymptotic;
  double u, two_sided, less, greater, asymptotic;
};

// SciPy 1.17.1: cramervonmises_2samp and mannwhitneyu with method="exact" and "asymptotic".
const Tied kTied[] = {
    {.reference = {0, 2, 3},
     .current = {2, 3, 3, 4},
     .cvm = 0.1875,
     .cvm_exact = 0.4,
     .cvm_asymptotic = 0.3513376148592393,
     .u = 2.5,
     .two_sided = 0.4,
     .less = 0.2,
     .greater = 0.9428571428571428,
     .asymptotic = 0.2663799233424825},
    {.reference = {0, 0, 0, 1, 2},
     .current = {1, 1, 1, 2, 2},
     .cvm = 0.3500000000000001,
     .cvm_exact = 0.1111111111111111,
     .cvm_asymptotic = 0.1018807305997761,
     .u = 5.5,
     .two_sided = 0.2222222222222222,
     .less = 0.1111111111111111,
     .greater = 0.9523809523809524,
     .asymptotic = 0.1502818402332788},
    {.reference = {0, 0, 0, 3, 3, 4},
     .current = {2, 2, 2, 3},
     .cvm = 0.2416666666666667,
     .cvm_exact = 0.2476190476190476,
     .cvm_asymptotic = 0.2171608304060305,
     .u = 11,
     .two_sided = 0.9142857142857143,
     .less = 0.4571428571428571,
     .greater = 0.6190476190476191,
     .asymptotic = 0.9118527704321069},
    {.reference = {0, 1, 2, 4, 5, 5, 5},
     .current = {1, 3, 4, 4, 4, 4, 5, 6},
     .cvm = 0.1150793650793651,
     .cvm_exact = 0.5751359751359751,
     .cvm_asymptotic = 0.5779430852129092,
     .u = 25,
     .two_sided = 0.7788655788655789,
     .less = 0.3894327894327895,
     .greater = 0.6528360528360528,
     .asymptotic = 0.7659509947255682},
    {.reference = {0, 0, 0, 1, 1, 1, 2, 3, 3},
     .current = {1, 2, 3, 4, 4, 4},
     .cvm = 0.585185185185185,
     .cvm_exact = 0.02437562437562438,
     .cvm_asymptotic = 0.02336647282039184,
     .u = 8,
     .two_sided = 0.02557442557442557,
     .less = 0.01278721278721279,
     .greater = 0.9912087912087911,
     .asymptotic = 0.02598425889143219},
    {.reference = {0, 0, 0, 2, 5, 6, 6, 6},
     .current = {2, 3, 3, 3, 4, 5, 5, 8},
     .cvm = 0.23828125,
     .cvm_exact = 0.2192696192696193,
     .cvm_asymptotic = 0.2159618578551946,
     .u = 27.5,
     .two_sided = 0.7209013209013208,
     .less = 0.3604506604506604,
     .greater = 0.7131313131313133,
     .asymptotic = 0.6705191370972027},
};

TEST(TiedRanks, GiveWhatSciPyGives) {
  for (const Tied& tied : kTied) {
    const auto exact = cramer_von_mises(tied.reference, tied.current, PMethod::kExact);
    const auto limit = cramer_von_mises(tied.reference, tied.current, PMethod::kAsymptotic);
    EXPECT_NEAR(exact->statistic, tied.cvm, 1e-14);
    EXPECT_NEAR(exact->p_value, tied.cvm_exact, 1e-13);
    EXPECT_NEAR(limit->p_value, tied.cvm_asymptotic, 1e-9);  // 1 minus a series there
    const auto u = mann_whitney(tied.reference, tied.current, PMethod::kExact);
    EXPECT_EQ(u->u_reference, tied.u);
    EXPECT_NEAR(*u->p_two_sided, tied.two_sided, 1e-13);
    EXPECT_NEAR(*u->p_less, tied.less, 1e-13);
    EXPECT_NEAR(*u->p_greater, tied.greater, 1e-13);
    const auto normal = mann_whitney(tied.reference, tied.current, PMethod::kAsymptotic);
    EXPECT_NEAR(*normal->p_two_sided, tied.asymptotic, 1e-13);
  }
}

Values steps(std::size_t n, double step, double first) {
  Values values(n);
  for (std::size_t i = 0; i < n; ++i) values[i] = first + step * static_cast<double>(i);
  return values;
}

// SciPy 1.17.1, mannwhitneyu by default: exact up to 8 values on a side, though 9 would be cheap.
TEST(TiedRanks, DialectsTakeTheExactPWhereSciPyDoes) {
  struct Case {
    std::size_t m, n;
    double p;
  };
  for (const Case& known : {Case{9, 9, 0.37722461666745344}, Case{8, 30, 0.004486264498248918},
                            Case{20, 12, 0.009639243104884725}}) {
    const TwoSamples samples(steps(known.m, 1.0, 1.0), steps(known.n, 0.7, 1.06));
    EXPECT_NEAR(*measured("scipy", "mann_whitney", samples.rows())->p_value, known.p, 1e-13);
  }
  const TwoSamples samples(steps(8, 1.0, 1.0), steps(30, 0.7, 1.06));
  EXPECT_NEAR(*measured("evidently-0.7", "mann_whitney", samples.rows())->p_value,
              0.002243132249124459, 1e-13);
}

}  // namespace
}  // namespace leeway::drift
