#include "detectors/profile/distinct.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "detectors/base/wide.h"

namespace leeway::profile {
namespace {

constexpr std::size_t kSparseLimit =
    Distinct::kRegisters / 3;  // three bytes for each taken register

/// x + sum over k >= 1 of x^(2^k) 2^(k-1); Ertl 2017, algorithm 6.
double sigma(double x) {
  if (x == 1.0) return std::numeric_limits<double>::infinity();
  double y = 1.0;
  double z = x;
  for (double before = -1.0; z != before;) {
    before = z;
    x *= x;
    z += x * y;
    y += y;
  }
  return z;
}

/// (1 - x - sum over k >= 1 of (1 - x^(2^-k))^2 2^-k) / 3; same place.
double tau(double x) {
  if (x == 0.0 || x == 1.0) return 0.0;
  double y = 1.0;
  double z = 1.0 - x;
  for (double before = -1.0; z != before;) {
    before = z;
    x = std::sqrt(x);
    y *= 0.5;
    z -= (1.0 - x) * (1.0 - x) * y;
  }
  return z / 3.0;
}

LEEWAY_WIDE void hash_all(const double* values, std::size_t n, std::uint64_t* hashes) {
  for (std::size_t i = 0; i < n; ++i) hashes[i] = Distinct::hash_of(values[i]);
}

LEEWAY_WIDE std::uint8_t least_of(const std::vector<std::uint8_t>& registers) {
  std::uint8_t least = registers[0];
  for (const std::uint8_t rank : registers) least = std::min(least, rank);
  return least;
}

}  // namespace

/// Only hashes that can raise a register touch one: few, once every register is taken.
void Distinct::add_numbers(std::span<const double> values) {
  constexpr std::size_t kBatch = 512;
  std::array<std::uint64_t, kBatch> hashes;
  if (!values.empty() && registers_.empty()) registers_.resize(kRegisters, 0);
  while (!values.empty()) {
    const std::size_t n = std::min(kBatch, values.size());
    hash_all(values.data(), n, hashes.data());
    // A rank above the least of the registers begins with as many zeros.
    const std::uint64_t limit = ~std::uint64_t{0} >> least_of(registers_);
    std::size_t kept = 0;
    for (std::size_t i = 0; i < n; ++i) {
      const std::uint64_t hash = hashes[i];
      hashes[kept] = hash;
      kept += (hash << kRegisterBits) <= limit ? 1U : 0U;
    }
    std::uint8_t* const registers = registers_.data();  // a byte may alias anything
    for (std::size_t i = 0; i < kept; ++i) raise(registers, hashes[i]);
    values = values.subspan(n);
  }
}

void Distinct::merge(const Distinct& other) {
  if (other.registers_.empty()) return;
  if (registers_.empty()) registers_.resize(kRegisters, 0);
  std::transform(registers_.begin(), registers_.end(), other.registers_.begin(), registers_.begin(),
                 [](std::uint8_t a, std::uint8_t b) { return std::max(a, b); });
}

double Distinct::estimate() const {
  if (registers_.empty()) return 0.0;
  std::array<double, kMaxRank + 1> ranks{};
  for (const std::uint8_t rank : registers_) ranks[rank] += 1.0;
  const auto m = static_cast<double>(kRegisters);
  double z = m * tau(1.0 - ranks[kMaxRank] / m);
  for (std::size_t rank = kMaxRank - 1; rank >= 1; --rank) z = 0.5 * (z + ranks[rank]);
  z += m * sigma(ranks[0] / m);
  return m * m / (2.0 * std::log(2.0) * z);
}

void Distinct::write(ByteWriter& out) const {
  const auto taken = static_cast<std::size_t>(std::count_if(
      registers_.begin(), registers_.end(), [](std::uint8_t rank) { return rank != 0; }));
  const bool sparse = taken <= kSparseLimit;
  out.u8(sparse ? 0 : 1);
  if (!sparse) {
    for (const std::uint8_t rank : registers_) out.u8(rank);
    return;
  }
  out.varint(taken);
  std::size_t next = 0;
  for (std::size_t at = 0; at < registers_.size(); ++at) {
    if (registers_[at] == 0) continue;
    out.varint(at - next);
    out.u8(registers_[at]);
    next = at + 1;
  }
}

Distinct Distinct::read(ByteReader& in) {
  Distinct made;
  const std::uint8_t dense = in.u8();
  const std::size_t taken = dense != 0 ? kRegisters : in.count(2);
  if (dense > 1 || taken > kRegisters) in.refuse();
  if (!in.ok() || taken == 0) return made;
  made.registers_.resize(kRegisters, 0);
  std::uint64_t next = 0;
  for (std::size_t i = 0; i < taken; ++i) {
    const std::uint64_t gap = dense != 0 ? 0 : in.varint();
    const std::uint8_t rank = in.u8();
    if (gap >= kRegisters - next || rank > kMaxRank || (dense == 0 && rank == 0)) {
      in.refuse();
      return {};
    }
    made.registers_[next + gap] = rank;
    next += gap + 1;
  }
  return in.ok() ? made : Distinct{};
}

}  // namespace leeway::profile
