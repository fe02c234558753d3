#pragma once

#include <cstdint>

namespace leeway::drift {

/// P(sqrt(n) D_n >= z) for n to infinity: the Kolmogorov distribution.
double kolmogorov_limit_sf(double z);

/// The z at which kolmogorov_limit_sf(z) = p, for p in (0, 1).
double kolmogorov_limit_isf(double p);

/// P(D_n >= d) of the one-sample statistic. Exact for n <= 140 (Marsaglia, Tsang, Wang 2003, J.
/// Stat. Softw. 8(18)) and in the tail, below 0.014, for all n (Smirnov's sum, relatively to some
/// 1e-11; some 0.2 ms); else by the expansion of Pelz and Good 1976, off by less than 2e-6.
double kolmogorov_sf(double d, std::uint64_t n);

}  // namespace leeway::drift
