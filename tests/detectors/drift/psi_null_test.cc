#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "detectors/base/random.h"
#include "detectors/drift/psi.h"

namespace leeway::drift {
namespace {

using Counts = std::vector<std::uint64_t>;

constexpr std::uint64_t kCurrentRows = 200;
constexpr int kComparisons = 6'000;

/// Rows into bins by a table of 4,096 slots: fast enough for references of millions of rows.
class Bins {
 public:
  explicit Bins(const std::vector<double>& shares) {
    double sum = 0.0;
    for (std::uint8_t bin = 0; bin < shares.size(); ++bin) {
      sum += shares[bin];
      while (static_cast<double>(slots_.size()) < sum * kSlots - 0.5) slots_.push_back(bin);
    }
    slots_.resize(kSlots, slots_.back());
    bins_ = shares.size();
  }

  Counts draw(std::uint64_t rows, Random& random) const {
    Counts counts(bins_);
    std::uint64_t bits = 0;
    for (std::uint64_t i = 0; i < rows; ++i) {
      bits = i % 5 == 0 ? random.next() : bits >> 12U;
      ++counts[slots_[bits % kSlots]];
    }
    return counts;
  }

 private:
  static constexpr std::size_t kSlots = 4096;
  std::vector<std::uint8_t> slots_;
  std::size_t bins_ = 0;
};

struct Shape {
  const char* name;
  std::vector<double> shares;
  std::size_t empty;  ///< bins that hold nothing on either side
};

const std::vector<Shape>& shapes() {
  static const std::vector<Shape> all = {
      {"tenths", std::vector<double>(10, 0.1), 0},
      {"tenths_and_three_empty", std::vector<double>(10, 0.1), 3},
      {"uneven", {0.4, 0.25, 0.15, 0.1, 0.05, 0.05}, 0},
      {"uneven_and_ten_empty", {0.4, 0.25, 0.15, 0.1, 0.05, 0.05}, 10},
      {"two", {0.9, 0.1}, 3}};
  return all;
}

class PsiMeans : public testing::TestWithParam<std::tuple<std::size_t, std::uint64_t>> {};

TEST_P(PsiMeans, WithoutDriftAreTheNoiseFloor) {
  const Shape& shape = shapes()[std::get<0>(GetParam())];
  const std::uint64_t ratio = std::get<1>(GetParam());
  const Bins bins(shape.shares);
  Random random(17 + ratio);
  double mean = 0.0;
  double squares = 0.0;
  double floor = 0.0;
  // A large reference serves many windows: next to their own noise its is nothing.
  const int windows = ratio <= 10 ? 1 : static_cast<int>(ratio) / 10;
  const int references = kComparisons / windows;
  for (int i = 0; i < references; ++i) {
    Counts reference = bins.draw(kCurrentRows * ratio, random);
    reference.resize(reference.size() + shape.empty);
    for (int j = 0; j < windows; ++j) {
      Counts current = bins.draw(kCurrentRows, random);
      current.resize(reference.size());
      const auto psi = population_stability_index(reference, current);
      ASSERT_TRUE(psi);
      const double share = 1.0 / (references * windows);
      mean += psi->value * share;
      squares += psi->value * psi->value * share;
      floor += share * psi_noise_floor(psi->bins, static_cast<double>(kCurrentRows * ratio),
                                       static_cast<double>(kCurrentRows));
    }
  }
  // 10 % is the claim; for two bins, the most scattered, it is five standard errors.
  const double error = std::sqrt((squares - mean * mean) / kComparisons) / floor;
  EXPECT_LT(error, 0.02);
  EXPECT_NEAR(mean / floor, 1.0, 0.1) << "error " << error;
}

TEST(PsiMean, WithoutDriftIsNotAboveTheNoiseFloorWhereTheReferenceBarelyFillsBins) {
  // Bins that 200 rows hardly ever meet count in full in (B-1)(1/n_c + 1/n_r), which is then a
  // bound: the mean lies between it and that of the ten bins alone.
  std::vector<double> shares(10, 0.0998);
  shares.insert(shares.end(), 4, 0.0005);
  const Bins bins(shares);
  Random random(19);
  double mean = 0.0;
  for (int i = 0; i < 60; ++i) {
    const Counts reference = bins.draw(200'000, random);
    for (int j = 0; j < 100; ++j) {
      mean += population_stability_index(reference, bins.draw(kCurrentRows, random))->value / 6'000;
    }
  }
  EXPECT_GT(mean, 0.9 * psi_noise_floor(10, 200'000, kCurrentRows));
  EXPECT_LT(mean, 1.1 * psi_noise_floor(14, 200'000, kCurrentRows));
}

INSTANTIATE_TEST_SUITE_P(Sizes, PsiMeans,
                         testing::Combine(testing::Range<std::size_t>(0, 5),
                                          testing::Values(1, 3, 10, 100, 1'000, 10'000)),
                         [](const auto& info) {
                           return std::string(shapes()[std::get<0>(info.param)].name) + "_" +
                                  std::to_string(std::get<1>(info.param)) + "_to_1";
                         });

}  // namespace
}  // namespace leeway::drift
