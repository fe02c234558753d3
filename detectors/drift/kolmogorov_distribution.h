#pragma once

#include <cstdint>

namespace leeway::drift {

/// P(sqrt(n) D_n >= z) for n to infinity: the Kolmogorov distribution.
double kolmogorov_limit_sf(double z);

/// The z at which kolmogorov_limit_sf(z) = p, for p in (0, 1).
double kolmogorov_limit_isf(double p);

/// P(D_n >= d) of the one-sample statistic. Exact for n <= 140 (Marsaglia, Tsang, Wang 2003, J.
/// Stat. Softw. 8(18)) and in the tail for n <= 5,000 (Smirnov's sum, some 0.2 ms); else by the
/// expansions of Pelz and Good 1976, off by less than 2e-6, and of Lauwerier 1963 for the tail, off
/// by 1e-6 of itself at 1e-4 and by 1 % at 1e-80.
double kolmogorov_sf(double d, std::uint64_t n);

}  // namespace leeway::drift
