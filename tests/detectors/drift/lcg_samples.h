#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

namespace leeway::drift {

/// The generator of the sets on which other tools were executed for comparison:
/// x = (1103515245 x + 12345) mod 2^31, a draw is x/2^31.
class Lcg {
 public:
  explicit Lcg(std::uint64_t seed) : state_(seed) {}

  double next() {
    state_ = (1103515245 * state_ + 12345) % (std::uint64_t{1} << 31U);
    return static_cast<double>(state_) / 2147483648.0;
  }

 private:
  std::uint64_t state_;
};

/// n values a (u1 + u2 + u3 + u4) + b.
inline std::vector<double> cont(std::uint64_t seed, std::size_t n, double a = 1.0, double b = 0.0) {
  Lcg random(seed);
  std::vector<double> values(n);
  for (double& value : values) {
    double sum = random.next();
    for (int i = 1; i < 4; ++i) sum += random.next();
    value = a * sum + b;
  }
  return values;
}

/// n values floor(u^power k).
inline std::vector<double> cat(std::uint64_t seed, std::size_t n, double k, double power) {
  Lcg random(seed);
  std::vector<double> values(n);
  for (double& value : values) value = std::floor(std::pow(random.next(), power) * k);
  return values;
}

/// One of the sets A, B, C (continuous, less and less shifted) and G (twelve whole numbers).
struct LcgSet {
  char name;
  std::vector<double> reference;
  std::vector<double> current;
};

inline LcgSet lcg_set(char name) {
  switch (name) {
    case 'A':
      return {name, cont(1, 500), cont(2, 400, 1.1, 0.1)};
    case 'B':
      return {name, cont(3, 2000), cont(4, 1500, 1.0, 0.2)};
    case 'C':
      return {name, cont(5, 12000), cont(6, 3000, 0.9, 0.1)};
    default:
      return {name, cat(13, 800, 12, 1), cat(14, 700, 12, 2)};
  }
}

}  // namespace leeway::drift
