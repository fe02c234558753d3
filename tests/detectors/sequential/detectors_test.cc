#include "detectors/sequential/detectors.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <numeric>

#include "detectors/sequential/adwin.h"
#include "tests/detectors/sequential/streams.h"

namespace leeway::sequential {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::string refusal(std::string_view name, const Parameters::Given& given) {
  const auto detector = SequentialDetector::make(name, given);
  return detector ? "" : detector.error().message;
}

TEST(SequentialDetector, SaysAllThatIsWrongWithItsParameters) {
  EXPECT_EQ(refusal("page_hinkly", {}),
            "unknown detector 'page_hinkly'; did you mean 'page_hinkley'?");
  EXPECT_EQ(refusal("page_hinkley", {{"treshold", 3.0}}),
            "page_hinkley: unknown parameter 'treshold'; did you mean 'threshold'?");
  EXPECT_EQ(refusal("page_hinkley", {{"threshold", 0.0}, {"side", "left"}, {"min_samples", 2.5}}),
            "page_hinkley: 'min_samples' is 2.5, must be a whole number between 1 and 1e+09; "
            "'threshold' is 0, must be a number > 0; 'side' is 'left', must be one of both, up, "
            "down");
  EXPECT_EQ(refusal("cusum", {{"sigma", true}}),
            "cusum: 'mean' is missing, must be a number; 'sigma' is true, must be a number > 0");
  EXPECT_EQ(refusal("adwin", {{"delta", 1.0}}),
            "adwin: 'delta' is 1, must be a number between 0 and 1 (exclusive)");
  EXPECT_EQ(refusal("shewhart", {{"mean", std::nan("")}, {"sigma", 1.0}}),
            "shewhart: 'mean' is nan, must be a number");
  EXPECT_EQ(refusal("kswin", {{"stat", 60.0}}),
            "kswin: 'stat' is 60, must be at most half of 'window', 100");
  EXPECT_EQ(refusal("ddm", {{"warning", 4.0}}), "ddm: 'warning' must not be above 'drift'");
  EXPECT_EQ(refusal("eddm", {{"warning", 0.5}}), "eddm: 'drift' must not be above 'warning'");
  EXPECT_EQ(refusal("hddm_a", {{"drift", 0.1}}), "hddm_a: 'drift' must not be above 'warning'");
}

TEST(SequentialDetectors, DescribeEveryParameter) {
  for (const DetectorKind& kind : detectors()) {
    EXPECT_FALSE(kind.sentence.empty()) << kind.name;
    for (const Parameter& parameter : kind.parameters) {
      EXPECT_THAT(parameter.sentence, testing::EndsWith(".")) << kind.name << parameter.name;
      EXPECT_EQ(parameter.type == ParameterType::kChoice, !parameter.choices.empty());
      if (parameter.otherwise) {
        Parameters::Given given{{std::string(parameter.name), *parameter.otherwise}};
        EXPECT_TRUE(Parameters::check({&parameter, 1}, given)) << kind.name << parameter.name;
      }
    }
  }
}

std::vector<double> normals(std::size_t n, Random& random, double mean = 0.0) {
  std::vector<double> values(n);
  for (double& value : values) value = normal(random, mean);
  return values;
}

std::vector<double> step(std::size_t n, double change, std::uint64_t seed) {
  Random random(seed);
  std::vector<double> values = normals(n, random);
  const std::vector<double> after = normals(n, random, change);
  values.insert(values.end(), after.begin(), after.end());
  return values;
}

TEST(SequentialDetectors, SeeARiseAsUpAndAFallAsDown) {
  for (const char* name : {"page_hinkley", "cusum", "cusum_warm_up", "ewma", "shewhart"}) {
    const SequentialDetector rise = made(name);
    const SequentialDetector fall = made(name);
    for (const double value : step(500, 3.0, 21)) {
      ASSERT_EQ(rise->update(value), fall->update(-value)) << name;
      if (rise->state() != DetectorState::kDrift) continue;
      EXPECT_NE(rise->direction(), fall->direction()) << name;
    }
    EXPECT_GT(rise->drifts(), 0U) << name;
  }
}

// A change of scale that is also a change of all units leaves the reports where they are.
TEST(SequentialDetectors, DoNotDependOnTheUnit) {
  const std::vector<double> values = step(600, 1.5, 22);
  std::vector<double> fourfold = values;
  for (double& value : fourfold) value *= 4.0;
  const auto at = [](std::string_view name, const std::vector<double>& stream,
                     const Parameters::Given& given) { return drifts(*made(name, given), stream); };
  EXPECT_EQ(at("cusum_warm_up", values, {}), at("cusum_warm_up", fourfold, {}));
  EXPECT_EQ(at("ewma", values, {}), at("ewma", fourfold, {{"sigma", 4.0}}));
  EXPECT_EQ(at("page_hinkley", values, {}),
            at("page_hinkley", fourfold, {{"threshold", 200.0}, {"delta", 0.02}}));
  // Ranks do not change under any growing map.
  std::vector<double> mapped = values;
  for (double& value : mapped) value = std::exp(value);
  EXPECT_EQ(at("kswin", values, {}), at("kswin", mapped, {}));
  EXPECT_THAT(at("kswin", values, {}), testing::Not(IsEmpty()));
}

Adwin adwin(const Parameters::Given& given = {}) {
  return Adwin(*Parameters::check(Adwin::parameters(), given));
}

TEST(Adwin, HoldsTheLogarithmOfItsWindow) {
  Adwin detector = adwin();
  Random random(23);
  for (int i = 0; i < 1'000'000; ++i) detector.update(random.uniform());
  EXPECT_GT(detector.width(), 900'000.0);
  EXPECT_LE(detector.buckets(), 5 * 20U);  // five of each size up to 2^19
  // The window is the newest values: its mean is theirs.
  EXPECT_NEAR(detector.mean(), 0.5, 4.0 / std::sqrt(12e6));
}

TEST(Adwin, WindowIsTheNewestValues) {
  const std::vector<double> values = step(3000, 0.8, 24);
  Adwin detector = adwin({{"clock", 1.0}});
  for (std::size_t i = 0; i < values.size(); ++i) {
    detector.update(values[i]);
    const auto end = values.begin() + static_cast<std::ptrdiff_t>(i) + 1;
    const auto begin = end - static_cast<std::ptrdiff_t>(detector.width());
    const double mean = std::accumulate(begin, end, 0.0) / detector.width();
    ASSERT_NEAR(detector.mean(), mean, 1e-9) << i;
  }
  EXPECT_GT(detector.drifts(), 0U);
  EXPECT_LT(detector.width(), 3500.0);  // what lay before the change was dropped
}

TEST(Ddm, WarnsBeforeItReports) {
  Random random(25);
  std::vector<double> values;
  for (int i = 0; i < 4000; ++i) values.push_back(error(random, i < 2000 ? 0.1 : 0.3));
  const SequentialDetector detector = made("ddm");
  std::size_t warning = 0;
  std::size_t drift = 0;
  for (std::size_t i = 0; i < values.size() && drift == 0; ++i) {
    const DetectorState state = detector->update(values[i]);
    if (i >= 2000 && state == DetectorState::kWarning && warning == 0) warning = i;
    if (state == DetectorState::kDrift) drift = i;
  }
  EXPECT_GE(warning, 2000U);
  EXPECT_GT(drift, warning);
}

TEST(Hddm, SeesADecreaseOnlyIfItIsToldTo) {
  Random random(26);
  std::vector<double> values;
  for (int i = 0; i < 3000; ++i) values.push_back(error(random, i < 1500 ? 0.6 : 0.2));
  for (const char* name : {"hddm_a", "hddm_w"}) {
    EXPECT_THAT(drifts(*made(name), values), IsEmpty()) << name;
    const SequentialDetector two_sided = made(name, {{"two_sided", true}});
    const auto at = drifts(*two_sided, values);
    ASSERT_FALSE(at.empty()) << name;
    EXPECT_NEAR(static_cast<double>(at[0]), 1525.0, 25.0) << name;
    EXPECT_EQ(two_sided->direction(), Direction::kDown) << name;
  }
}

TEST(DetectorStates, HaveNames) {
  EXPECT_EQ(to_string(DetectorState::kWarmingUp), "warming up");
  EXPECT_EQ(to_string(DetectorState::kDrift), "drift");
  EXPECT_EQ(find_detector("adwinn"), nullptr);
  EXPECT_EQ(find_detector("adwin")->input, Input::kNumbers);
}

}  // namespace
}  // namespace leeway::sequential
