// What holds of every measure of every dialect, and what each measure of the table claims. A new
// entry of the table without a line here fails.

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <ostream>
#include <set>

#include "tests/detectors/drift/measured.h"

namespace leeway::drift {

namespace {

using Values = std::vector<double>;
using Words = std::vector<std::string>;

/// Under which maps of the values of a numeric column, applied to both sides, the value stays.
enum class Stays {
  kUnderMonotoneMaps,  ///< ranks alone count
  kInAnyUnit,          ///< positive affine maps
  kProportional,       ///< it is in the unit of the column
  kNotNumeric,
};

/// Where the sides may be swapped.
enum class Symmetric {
  kNever,
  kOfCategories,  ///< bins of numbers are the reference's
  kAlways,
};

struct Claims {
  const char* measure;
  Stays stays;
  Symmetric symmetric;
};

constexpr Claims kClaims[] = {
    {"psi", Stays::kUnderMonotoneMaps, Symmetric::kNever},
    {"ks", Stays::kUnderMonotoneMaps, Symmetric::kAlways},
    {"ks_up", Stays::kUnderMonotoneMaps, Symmetric::kNever},
    {"ks_down", Stays::kUnderMonotoneMaps, Symmetric::kNever},
    {"jensen_shannon", Stays::kUnderMonotoneMaps, Symmetric::kOfCategories},
    {"jensen_shannon_divergence", Stays::kUnderMonotoneMaps, Symmetric::kOfCategories},
    {"kl", Stays::kUnderMonotoneMaps, Symmetric::kNever},
    {"hellinger", Stays::kUnderMonotoneMaps, Symmetric::kOfCategories},
    {"total_variation", Stays::kUnderMonotoneMaps, Symmetric::kOfCategories},
    {"l_infinity", Stays::kUnderMonotoneMaps, Symmetric::kOfCategories},
    {"wasserstein", Stays::kInAnyUnit, Symmetric::kNever},
    {"wasserstein_plain", Stays::kProportional, Symmetric::kAlways},
    {"energy", Stays::kInAnyUnit, Symmetric::kNever},
    {"empirical_mmd", Stays::kInAnyUnit, Symmetric::kNever},
    {"cramer_von_mises", Stays::kUnderMonotoneMaps, Symmetric::kAlways},
    {"anderson_darling", Stays::kUnderMonotoneMaps, Symmetric::kAlways},
    {"epps_singleton", Stays::kInAnyUnit, Symmetric::kAlways},
    {"mann_whitney", Stays::kUnderMonotoneMaps, Symmetric::kAlways},
    {"welch", Stays::kInAnyUnit, Symmetric::kAlways},
    {"student", Stays::kInAnyUnit, Symmetric::kAlways},
    {"levene", Stays::kInAnyUnit, Symmetric::kAlways},
    {"mean_shift", Stays::kInAnyUnit, Symmetric::kNever},
    {"quantile_shift", Stays::kInAnyUnit, Symmetric::kNever},
    {"chi_squared", Stays::kUnderMonotoneMaps, Symmetric::kOfCategories},
    {"chi_squared_fit", Stays::kUnderMonotoneMaps, Symmetric::kNever},
    {"g", Stays::kUnderMonotoneMaps, Symmetric::kOfCategories},
    {"cramers_v", Stays::kUnderMonotoneMaps, Symmetric::kOfCategories},
    {"two_proportion_z", Stays::kNotNumeric, Symmetric::kAlways},
    {"fisher", Stays::kNotNumeric, Symmetric::kAlways},
};

TEST(MeasureProperties, AreClaimedForExactlyTheMeasuresOfTheTable) {
  std::set<std::string_view> claimed;
  for (const Claims& claims : kClaims) claimed.insert(claims.measure);
  std::set<std::string_view> listed;
  for (const Measure& measure : measures()) listed.insert(measure.name);
  EXPECT_EQ(claimed, listed);
  EXPECT_EQ(claimed.size(), std::size(kClaims));
}

/// An entry of the table, or of a dialect's own.
struct Entry {
  std::string_view dialect;
  Measure measure;
};

void PrintTo(const Entry& entry, std::ostream* out) {
  *out << entry.dialect << ' ' << entry.measure.name;
}

std::vector<Entry> all_entries() {
  std::vector<Entry> entries;
  for (const Measure& measure : measures()) entries.push_back({"leeway_1", measure});
  for (const Dialect& dialect : kDialects) {
    for (const Measure& measure : dialect.measures()) entries.push_back({dialect.name, measure});
  }
  return entries;
}

/// Half of the values are unlike all others, half tie.
Values some_values(std::size_t n, Random& random, double mean = 0.0) {
  return draws(n, random, [mean](Random& r) {
    const double value = normal(r, mean, 1.0 + mean);
    return r.below(2) == 0 ? std::round(4.0 * value) / 4.0 : value;
  });
}

Words some_words(std::size_t n, Random& random, std::size_t kinds) {
  Words words(n);
  for (std::string& word : words) {
    const std::uint64_t at = std::min(random.below(kinds), random.below(kinds));
    word = std::string(1, static_cast<char>('a' + at));
  }
  return words;
}

template <class T>
std::vector<T> shuffled(std::vector<T> values, Random& random) {
  for (std::size_t i = values.size(); i-- > 1;) std::swap(values[i], values[random.below(i + 1)]);
  return values;
}

class EveryEntry : public testing::TestWithParam<Entry> {
 protected:
  static constexpr std::size_t kRows = 900;

  static const Measure& measure() { return GetParam().measure; }

  /// Samples of each kind of column that the measure takes, of equal size since Evidently's G
  /// wants it; categories two, as Fisher's test wants them, and five.
  struct Drawn {
    Values reference_numbers{}, current_numbers{};
    Words reference_words{}, current_words{};
    bool numeric = false;

    TwoSamples samples() const {
      return numeric ? TwoSamples(reference_numbers, current_numbers)
                     : TwoSamples(reference_words, current_words);
    }
  };

  static std::vector<Drawn> drawn() {
    Random random(29);
    std::vector<Drawn> all;
    if (measure().numeric) {
      all.push_back({.reference_numbers = some_values(kRows, random),
                     .current_numbers = some_values(kRows, random, 0.2),
                     .numeric = true});
    }
    for (const std::size_t kinds : {std::size_t{2}, std::size_t{5}}) {
      if (!measure().categorical) continue;
      all.push_back({.reference_words = some_words(kRows, random, kinds),
                     .current_words = some_words(kRows, random, kinds)});
    }
    return all;
  }
};

void expect_same(const Result<Measured>& a, const Result<Measured>& b) {
  ASSERT_EQ(a.has_value(), b.has_value());
  if (!a) {
    EXPECT_EQ(a.error().message, b.error().message);
    return;
  }
  // Sums that are made in another order differ in their last digits.
  const auto near = [](double x, double y) {
    if (x != y) EXPECT_NEAR(x, y, 1e-12 + 1e-9 * std::abs(x));  // equal where infinite
  };
  near(a->value, b->value);
  near(a->error_bound, b->error_bound);
  ASSERT_EQ(a->p_value.has_value(), b->p_value.has_value());
  if (a->p_value) near(*a->p_value, *b->p_value);
}

TEST_P(EveryEntry, DoesNotDependOnTheOrderOfRows) {
  Random random(31);
  for (Drawn given : drawn()) {
    const TwoSamples before = given.samples();
    given.reference_numbers = shuffled(given.reference_numbers, random);
    given.current_numbers = shuffled(given.current_numbers, random);
    given.reference_words = shuffled(given.reference_words, random);
    given.current_words = shuffled(given.current_words, random);
    expect_same(measure().measure(before.rows()), measure().measure(given.samples().rows()));
    if (!measure().needs_rows)
      expect_same(measure().measure(before.profiles()),
                  measure().measure(given.samples().profiles()));
  }
}

/// Every third row in a profile of its own, merged.
template <class T>
profile::ColumnProfile in_three_parts(const profile::Column& column, const std::vector<T>& values) {
  std::vector<T> parts[3];
  for (std::size_t i = 0; i < values.size(); ++i) parts[i % 3].push_back(values[i]);
  profile::ColumnProfile all = folded(column, parts[0]);
  all.merge(folded(column, parts[1]));
  all.merge(folded(column, parts[2]));
  return all;
}

TEST_P(EveryEntry, SaysTheSameOfMergedProfilesAsOfWholeOnes) {
  for (const Drawn& given : drawn()) {
    const TwoSamples whole = given.samples();
    const Sides sides = measure().needs_rows ? whole.rows() : whole.profiles();
    const profile::ColumnProfile current = given.numeric
                                               ? in_three_parts(sides.column, given.current_numbers)
                                               : in_three_parts(sides.column, given.current_words);
    const profile::ColumnProfile reference =
        given.numeric ? in_three_parts(sides.column, given.reference_numbers)
                      : in_three_parts(sides.column, given.reference_words);
    const Classes classes(sides.column, reference, 200);
    const Sides merged{.column = sides.column,
                       .reference = reference,
                       .current = current,
                       .classes = classes,
                       .reference_sorted = sides.reference_sorted,
                       .current_sorted = sides.current_sorted};
    expect_same(measure().measure(sides), measure().measure(merged));
  }
}

TEST_P(EveryEntry, StaysWithinItsRange) {
  Random random(37);
  for (int i = 0; i < 20; ++i) {
    const std::size_t m = 6 + random.below(40);
    const std::size_t n = 6 + random.below(40);
    const double mean = 3.0 * random.uniform();
    const TwoSamples numbers(some_values(m, random), some_values(n, random, mean));
    const TwoSamples words(some_words(m, random, 2), some_words(n, random, 2 + random.below(3)));
    for (const TwoSamples* samples : {&numbers, &words}) {
      if (samples == &numbers ? !measure().numeric : !measure().categorical) continue;
      const auto found = measure().measure(samples->rows());
      if (!found) continue;
      EXPECT_GE(found->value, measure().least);
      EXPECT_LE(found->value, measure().most);
      EXPECT_GE(found->error_bound, 0.0);
      if (found->p_value)
        EXPECT_THAT(*found->p_value, testing::AllOf(testing::Ge(0.0), testing::Le(1.0)));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Dialects, EveryEntry, testing::ValuesIn(all_entries()),
                         [](const auto& info) {
                           std::string name = std::string(info.param.dialect) + "_" +
                                              std::string(info.param.measure.name) + "_" +
                                              std::to_string(info.index);
                           std::erase_if(name, [](char c) { return c == '-' || c == '.'; });
                           return name;
                         });

void PrintTo(const Claims& claims, std::ostream* out) { *out << claims.measure; }

class EveryClaim : public testing::TestWithParam<Claims> {
 protected:
  static const Measure& measure() { return *find_measure(GetParam().measure); }

  static double value(const Values& reference, const Values& current) {
    const auto found = measure().measure(TwoSamples(reference, current).rows());
    return found ? found->value : NAN;
  }
};

Values mapped(Values values, double (*map)(double)) {
  std::ranges::transform(values, values.begin(), map);
  return values;
}

TEST_P(EveryClaim, HoldsUnderMapsOfTheValues) {
  if (GetParam().stays == Stays::kNotNumeric) {
    EXPECT_FALSE(measure().numeric);
    return;
  }
  Random random(41);
  const Values reference = some_values(800, random);
  const Values current = some_values(700, random, 0.3);
  const double before = value(reference, current);
  ASSERT_TRUE(std::isfinite(before));
  const auto after = [&](double (*map)(double)) {
    return value(mapped(reference, map), mapped(current, map));
  };
  const double doubled = after([](double x) { return 2.0 * x + 3.0; });
  const double bent = after([](double x) { return std::exp(x / 2.0); });
  const double cubed = after([](double x) { return x * x * x; });
  const double rounding = 1e-9 * std::abs(before);
  switch (GetParam().stays) {
    case Stays::kUnderMonotoneMaps:
      EXPECT_NEAR(bent, before, rounding);
      EXPECT_NEAR(cubed, before, rounding);
      EXPECT_NEAR(doubled, before, rounding);
      break;
    case Stays::kInAnyUnit:
      EXPECT_NEAR(doubled, before, rounding);
      EXPECT_GT(std::abs(cubed - before), 1e-6 * std::abs(before));  // it looks at more than ranks
      break;
    case Stays::kProportional:
      EXPECT_NEAR(doubled, 2.0 * before, rounding);
      break;
    case Stays::kNotNumeric:
      break;
  }
}

TEST_P(EveryClaim, HoldsWithTheSidesSwapped) {
  Random random(43);
  if (measure().numeric && GetParam().symmetric == Symmetric::kAlways) {
    const Values a = some_values(800, random);
    const Values b = some_values(700, random, 0.3);
    EXPECT_NEAR(value(a, b), value(b, a), 1e-9 * value(a, b));
  }
  if (measure().categorical && GetParam().symmetric != Symmetric::kNever) {
    const Words a = some_words(800, random, 4);
    const Words b = some_words(700, random, 4);
    const auto there = measure().measure(TwoSamples(a, b).rows());
    const auto back = measure().measure(TwoSamples(b, a).rows());
    ASSERT_TRUE(there && back);
    EXPECT_NEAR(there->value, back->value, 1e-9 * there->value);
  }
}

INSTANTIATE_TEST_SUITE_P(Table, EveryClaim, testing::ValuesIn(kClaims),
                         [](const auto& info) { return std::string(info.param.measure); });

}  // namespace
}  // namespace leeway::drift
