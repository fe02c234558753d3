#include "detectors/drift/measures.h"

#include <gmock/gmock.h>

#include <cmath>
#include <functional>
#include <map>
#include <ostream>

#include "tests/detectors/drift/measured.h"

namespace leeway::drift {

void PrintTo(const Measure& measure, std::ostream* out) { *out << measure.name; }

namespace {

using testing::HasSubstr;
using testing::Not;

std::vector<std::string> letters(std::size_t n, Random& random, std::vector<double> weights) {
  double total = 0.0;
  for (const double weight : weights) total += weight;
  std::vector<std::string> values(n);
  for (std::string& value : values) {
    double left = random.uniform() * total;
    std::size_t at = 0;
    while (at + 1 < weights.size() && left >= weights[at]) left -= weights[at++];
    value = std::string(1, static_cast<char>('a' + at));
  }
  return values;
}

double exponential(Random& random) { return -std::log(1.0 - random.uniform()); }

/// References of different shapes, and windows like them.
struct Shape {
  const char* name;
  bool numeric;
  std::function<TwoSamples(std::size_t, std::size_t, Random&)> draw;
};

void PrintTo(const Shape& shape, std::ostream* out) { *out << shape.name; }

std::vector<Shape> shapes() {
  const auto numbers = [](const std::function<double(Random&)>& value) {
    return [value](std::size_t m, std::size_t n, Random& random) {
      return TwoSamples(draws(m, random, value), draws(n, random, value));
    };
  };
  const auto categories = [](const std::vector<double>& weights) {
    return [weights](std::size_t m, std::size_t n, Random& random) {
      return TwoSamples(letters(m, random, weights), letters(n, random, weights));
    };
  };
  return {{"normal", true, numbers([](Random& r) { return normal(r); })},
          {"uniform", true, numbers([](Random& r) { return r.uniform(); })},
          {"exponential", true, numbers(&exponential)},
          {"even", false, categories({1, 1, 1, 1, 1, 1, 1, 1})},
          {"skewed", false, categories({80, 10, 5, 5})},
          {"two", false, categories({3, 1})}};
}

class WithoutDrift : public testing::TestWithParam<Shape> {};

// The mean may be below the noise floor where that is a bound, by no more than a third, and hardly
// above it. Beyond a quantile lie at most 5 % and what chance adds with 300 draws (4 standard
// errors: 5 %); none at all would be blind.
TEST_P(WithoutDrift, EveryMeasureBehavesAsItSays) {
  struct Tally {
    double sum = 0.0;
    double noise = 0.0;
    int beyond = 0;
  };
  constexpr int kDraws = 300;
  const Shape& shape = GetParam();
  Random random(7);
  std::map<std::string_view, Tally> tallies;
  for (int i = 0; i < kDraws; ++i) {
    const TwoSamples samples = shape.draw(1500, 400, random);
    const Sides sides = samples.rows();
    for (const Measure& measure : measures()) {
      if (!applies(measure, sides.column.type) || !measure.has_null()) continue;
      const auto found = measure.measure(sides);
      ASSERT_TRUE(found) << measure.name;
      const NullParameters null =
          measure.null_parameters(sides.column, sides.reference, sides.classes);
      const double floor =
          measure.noise_floor(null, measure.rows(sides.reference), measure.rows(sides.current));
      Tally& tally = tallies[measure.name];
      tally.sum += found->value;
      tally.noise += floor;
      tally.beyond += found->value > floor * measure.null_quantile(null, 0.05) ? 1 : 0;
    }
  }
  for (const auto& [name, tally] : tallies) {
    EXPECT_GT(tally.sum / tally.noise, 0.66) << name;
    EXPECT_LT(tally.sum / tally.noise, 1.12) << name;
    EXPECT_LE(tally.beyond, kDraws * 10 / 100) << name;
    EXPECT_GE(tally.beyond, 1) << name;
  }
}

INSTANTIATE_TEST_SUITE_P(Shapes, WithoutDrift, testing::ValuesIn(shapes()),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(Measures, WithoutANullDistributionOnlyInform) {
  for (const Measure& measure : measures())
    EXPECT_EQ(measure.has_null(), measure.limits_from == LimitsFrom::kLearned) << measure.name;
}

class EveryMeasure : public testing::TestWithParam<Measure> {
 protected:
  static bool fits(const Shape& shape) {
    return shape.numeric ? GetParam().numeric : GetParam().categorical;
  }
  static std::optional<Measured> value(const Sides& sides) {
    const auto found = GetParam().measure(sides);
    return found ? std::optional(*found) : std::nullopt;
  }
};

TEST_P(EveryMeasure, IsLeastForEqualSamples) {
  for (const Shape& shape : shapes()) {
    if (!fits(shape)) continue;
    Random random(3);
    const TwoSamples once = shape.draw(800, 800, random);
    const Sides sides = once.rows();
    const Sides same{.column = sides.column,
                     .reference = sides.reference,
                     .current = sides.reference,
                     .classes = sides.classes,
                     .reference_sorted = sides.reference_sorted,
                     .current_sorted = sides.reference_sorted};
    const auto found = value(same);
    ASSERT_TRUE(found) << shape.name;
    const auto other = value(sides);
    EXPECT_LE(found->value, other->value) << shape.name;
    // Shrinkage draws even an equal current side a little to the reference.
    const double shrunk = GetParam().name == "psi" || GetParam().name == "kl" ? 1e-4 : 1e-7;
    if (GetParam().least == 0.0) EXPECT_NEAR(found->value, 0.0, shrunk) << shape.name;
    if (found->p_value) EXPECT_GT(*found->p_value, 0.99) << shape.name;
  }
}

// One step of drift against two steps of it.
std::pair<TwoSamples, TwoSamples> drifted(bool numeric) {
  Random random(5);
  if (!numeric) {
    const auto reference = letters(4000, random, {6, 2, 1, 1});
    return {{reference, letters(1500, random, {5, 3, 1, 1})},
            {reference, letters(1500, random, {4, 4, 1, 1})}};
  }
  const auto reference = normals(4000, random);
  return {{reference, normals(1500, random, 0.25, 1.15)},
          {reference, normals(1500, random, 0.5, 1.3)}};
}

TEST_P(EveryMeasure, GrowsWithDriftAndSaysWhatMoved) {
  for (const bool numeric : {true, false}) {
    if (numeric ? !GetParam().numeric : !GetParam().categorical) continue;
    auto [some, more] = drifted(numeric);
    const bool falling = GetParam().name == "ks_down";  // values rise
    const auto a = value(some.rows());
    const auto b = value(more.rows());
    ASSERT_TRUE(a && b);
    if (!falling) EXPECT_LT(a->value, b->value);
    const bool permuted = GetParam().name == "empirical_mmd";  // of 199: at least 1/200
    if (!falling && b->p_value) EXPECT_LT(*b->p_value, permuted ? 0.006 : 1e-6);
    EXPECT_LE(b->value, GetParam().most);

    const Explanation moved = GetParam().explain(more.rows());
    EXPECT_GT(moved.sentence.size(), 15U);
    EXPECT_LT(moved.sentence.size(), 120U) << moved.sentence;
    EXPECT_THAT(moved.sentence, Not(HasSubstr("  ")));
  }
}

// On the grid the exact value lies in [value, value + error bound]; what the grid cannot say it
// leaves to the rows.
TEST_P(EveryMeasure, IsBoundedByTheGrid) {
  if (GetParam().needs_rows || !GetParam().numeric) return;
  for (const Shape& shape : shapes()) {
    if (!shape.numeric) continue;
    Random random(11);
    for (int i = 0; i < 10; ++i) {
      const TwoSamples samples = shape.draw(3000, 500, random);
      const auto exact = value(samples.rows());
      const auto grid = value(samples.profiles());
      ASSERT_TRUE(exact && grid);
      EXPECT_EQ(exact->error_bound, 0.0);
      EXPECT_LE(grid->value, exact->value + 1e-9) << shape.name;
      EXPECT_GE(grid->value + grid->error_bound, exact->value - 1e-9) << shape.name;
      if (!exact->p_value) continue;
      EXPECT_GE(*grid->p_value, *exact->p_value - 1e-3) << shape.name;
      EXPECT_LE(grid->p_value_at_bound.value_or(*grid->p_value), *exact->p_value + 1e-3)
          << shape.name;
    }
  }
}

TEST_P(EveryMeasure, NamesNoValueOfAPrivateColumn) {
  Random random(13);
  // Values that no share, count or size can be mistaken for.
  const auto reference = normals(3000, random, 7'654'321.0, 100.0);
  const auto current = normals(1000, random, 7'654'421.0, 130.0);
  const TwoSamples numbers(reference, current, true);
  const TwoSamples words(letters(3000, random, {6, 2, 1, 1}),
                         letters(1000, random, {3, 5, 1, 1, 2}), true);
  for (const TwoSamples* samples : {&numbers, &words}) {
    const bool numeric = samples == &numbers;
    if (numeric ? !GetParam().numeric : !GetParam().categorical) continue;
    const Explanation moved = GetParam().explain(samples->rows());
    std::vector<std::string> texts = {moved.sentence};
    for (const Shift& shift : moved.shifts) texts.push_back(shift.what);
    for (const std::string& text : texts) {
      EXPECT_THAT(text, Not(HasSubstr("765")));
      EXPECT_THAT(text, Not(HasSubstr("7.65")));
      EXPECT_THAT(text, Not(HasSubstr("'")));
    }
    EXPECT_FALSE(moved.sentence.empty());
  }
}

TEST_P(EveryMeasure, SaysThatASideIsEmpty) {
  for (const bool numeric : {true, false}) {
    if (numeric ? !GetParam().numeric : !GetParam().categorical) continue;
    const TwoSamples samples = numeric ? TwoSamples(std::vector<double>{1, 2, 3, 4, 5, 6}, {})
                                       : TwoSamples(std::vector<std::string>{"a", "b"}, {});
    const auto found = GetParam().measure(samples.rows());
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code, ErrorCode::kInsufficientData) << found.error().message;
  }
}

INSTANTIATE_TEST_SUITE_P(Table, EveryMeasure,
                         testing::ValuesIn(measures().begin(), measures().end()),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(Measures, HaveNamesOfTheirOwn) {
  std::map<std::string_view, int> names;
  for (const Measure& measure : measures()) {
    ++names[measure.name];
    EXPECT_TRUE(measure.numeric || measure.categorical) << measure.name;
    EXPECT_EQ(find_measure(measure.name), &measure);
  }
  for (const auto& [name, count] : names) EXPECT_EQ(count, 1) << name;
}

TEST(Lines, SayOnWhichSideALimitIsCrossed) {
  EXPECT_TRUE(is_beyond(Line::kAtLeast, 0.1, 0.1));
  EXPECT_FALSE(is_beyond(Line::kAbove, 0.1, 0.1));
  EXPECT_TRUE(is_beyond(Line::kAbove, 0.11, 0.1));
  EXPECT_FALSE(is_beyond(Line::kPBelow, 0.05, 0.05));
  EXPECT_TRUE(is_beyond(Line::kPAtMost, 0.05, 0.05));
  EXPECT_FALSE(is_beyond(Line::kPAtMost, 0.051, 0.05));
}

}  // namespace
}  // namespace leeway::drift
