#include "detectors/drift/dialects.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/detectors/drift/samples.h"

namespace leeway::drift {
namespace {

/// The generator of the executed cross-check values: x = (1103515245 x + 12345) mod 2^31, u =
/// x/2^31.
class Congruential {
 public:
  explicit Congruential(std::uint64_t seed) : state_(seed) {}
  double next() {
    state_ = (1103515245 * state_ + 12345) % (std::uint64_t{1} << 31U);
    return static_cast<double>(state_) / static_cast<double>(std::uint64_t{1} << 31U);
  }

 private:
  std::uint64_t state_;
};

std::vector<double> continuous(std::uint64_t seed, std::size_t n, double a = 1.0, double b = 0.0) {
  Congruential random(seed);
  std::vector<double> values(n);
  for (double& value : values) {
    double sum = 0.0;
    for (int i = 0; i < 4; ++i) sum += random.next();
    value = a * sum + b;
  }
  return values;
}

std::vector<double> discrete(std::uint64_t seed, std::size_t n, double k, double m) {
  Congruential random(seed);
  std::vector<double> values(n);
  for (double& value : values) value = std::floor(std::pow(random.next(), m) * k);
  return values;
}

std::vector<std::string> as_text(const std::vector<double>& values) {
  std::vector<std::string> texts;
  for (const double value : values) texts.push_back(std::to_string(static_cast<int>(value)));
  return texts;
}

double psi_of_numbers(const char* dialect, const std::vector<double>& reference,
                      const std::vector<double>& current) {
  const profile::Column column = numeric_column("x", reference);
  const auto before = folded(column, reference);
  const auto after = folded(column, current);
  const auto reference_sorted = sorted(reference);
  const auto current_sorted = sorted(current);
  const Classes classes(column, before, 200);
  return find_measure(*find_dialect(dialect), "psi", ColumnType::kNumeric)
      ->measure({.column = column,
                 .reference = before,
                 .current = after,
                 .classes = classes,
                 .reference_sorted = reference_sorted,
                 .current_sorted = current_sorted})
      ->value;
}

Result<Measured> psi_of_categories(const char* dialect, const std::vector<std::string>& reference,
                                   const std::vector<std::string>& current) {
  const profile::Column column = categorical_column("c", reference);
  const auto before = folded(column, reference);
  const auto after = folded(column, current);
  const Classes classes(column, before, 200);
  return find_measure(*find_dialect(dialect), "psi", ColumnType::kCategorical)
      ->measure({.column = column, .reference = before, .current = after, .classes = classes});
}

// Computed with Evidently 0.7's own, unchanged functions on the same data.
TEST(EvidentlyDialect, GivesEvidentlysNumbers) {
  const char* const name = "evidently-0.7";
  EXPECT_NEAR(psi_of_numbers(name, continuous(1, 500), continuous(2, 400, 1.1, 0.1)),
              0.459303749942, 1e-11);
  EXPECT_NEAR(psi_of_numbers(name, continuous(3, 2000), continuous(4, 1500, 1.0, 0.2)),
              0.101151150048, 1e-11);
  EXPECT_NEAR(psi_of_numbers(name, continuous(5, 12000), continuous(6, 3000, 0.9, 0.1)),
              0.0581648080701, 1e-11);
  EXPECT_NEAR(psi_of_numbers(name, discrete(13, 800, 12, 1), discrete(14, 700, 12, 2)),
              0.322464218479, 1e-11);
  const auto categorical = [name](std::uint64_t seed, std::size_t n, double k, double m,
                                  std::uint64_t seed2, std::size_t n2, double k2, double m2) {
    return psi_of_categories(name, as_text(discrete(seed, n, k, m)),
                             as_text(discrete(seed2, n2, k2, m2)))
        ->value;
  };
  EXPECT_NEAR(categorical(7, 600, 5, 2, 8, 450, 5, 1), 0.283067667477, 1e-11);
  EXPECT_NEAR(categorical(9, 600, 4, 1, 10, 450, 5, 1), 1.48072280044,
              1e-10);  // with a new category
  EXPECT_NEAR(categorical(11, 300, 2, 1, 12, 300, 2, 2), 0.0693481653673, 1e-11);
}

// Scouter's decile rule, evaluated by its definition: the zero rules differ, and no bin is empty
// here.
TEST(ScorecardDialect, BinsByTheDecilesOfTheReference) {
  EXPECT_NEAR(psi_of_numbers("scorecard-1", continuous(1, 500), continuous(2, 400, 1.1, 0.1)),
              0.261050085866, 1e-8);
  EXPECT_NEAR(psi_of_numbers("scorecard-1", continuous(5, 12000), continuous(6, 3000, 0.9, 0.1)),
              0.0580164146183, 1e-8);
}

TEST(Dialects, WithABinForEachNewCategoryNeedToKnowThemAll) {
  std::vector<std::string> many;
  for (int i = 0; i < 500; ++i) many.push_back("new-" + std::to_string(i));
  const auto psi = psi_of_categories("evidently-0.7", {"a", "b"}, many);
  ASSERT_FALSE(psi);
  EXPECT_EQ(psi.error().code, ErrorCode::kInsufficientData);
  EXPECT_TRUE(psi_of_categories("leeway-1", {"a", "b"}, many));
}

TEST(Dialects, AreFoundByTheirVersionedNames) {
  EXPECT_EQ(find_dialect("leeway-1"), &kDialects.front());
  EXPECT_EQ(find_dialect("leeway"), nullptr);
  for (const Dialect& dialect : kDialects) EXPECT_EQ(find_dialect(dialect.name), &dialect);
}

}  // namespace
}  // namespace leeway::drift
