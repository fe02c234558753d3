#include <gmock/gmock.h>

#include "tests/detectors/sequential/streams.h"

namespace leeway::sequential {
namespace {

using testing::HasSubstr;

/// A stream that every detector takes, with changes on the way.
std::vector<double> errors(std::size_t n, std::uint64_t seed) {
  Random random(seed);
  std::vector<double> values(n);
  for (std::size_t i = 0; i < n; ++i) values[i] = error(random, i / 700 % 2 == 0 ? 0.15 : 0.55);
  return values;
}

class EachDetector : public testing::TestWithParam<DetectorKind> {};

// Compared by their bytes: every bit of their states is the same.
TEST_P(EachDetector, GoesOnAfterBeingRestoredAsIfNothingHadHappened) {
  const SequentialDetector uninterrupted = made(GetParam().name);
  SequentialDetector detector = made(GetParam().name);
  Random random(77);
  for (const double value : errors(5000, 3)) {
    if (random.below(40) == 0) {
      auto restored = SequentialDetector::deserialize(detector.serialize());
      ASSERT_TRUE(restored) << restored.error().message;
      detector = std::move(*restored);
      ASSERT_EQ(detector.serialize(), uninterrupted.serialize());
    }
    ASSERT_EQ(detector->update(value), uninterrupted->update(value));
  }
  EXPECT_EQ(detector.serialize(), uninterrupted.serialize());
  EXPECT_EQ(detector->drifts(), uninterrupted->drifts());
  EXPECT_EQ(detector->values(), 5000U);
}

TEST_P(EachDetector, KeepsItsParametersWhenItIsSaved) {
  Parameters::Given given;
  for (const Parameter& parameter : GetParam().parameters) {
    if (parameter.type == ParameterType::kChoice)
      given.emplace(parameter.name, parameter.choices.back());
    if (parameter.type == ParameterType::kSwitch)
      given.emplace(parameter.name, !std::get<bool>(*parameter.otherwise));
  }
  const SequentialDetector detector = made(GetParam().name, given);
  auto restored = SequentialDetector::deserialize(detector.serialize());
  ASSERT_TRUE(restored) << restored.error().message;
  const std::vector<double> values = errors(3000, 4);
  EXPECT_EQ(drifts(*detector, values), drifts(**restored, values));
  EXPECT_EQ(detector.serialize(), restored->serialize());
}

TEST_P(EachDetector, IsNotRestoredFromDamagedBytes) {
  const SequentialDetector detector = made(GetParam().name);
  drifts(*detector, errors(333, 5));
  const std::string saved = detector.serialize();
  Random random(6);
  for (int i = 0; i < 200; ++i) {
    std::string damaged = saved;
    damaged[random.below(damaged.size())] ^= static_cast<char>(1 + random.below(255));
    const auto restored = SequentialDetector::deserialize(damaged);
    ASSERT_FALSE(restored);
    EXPECT_EQ(restored.error().code, ErrorCode::kCorrupt);
    EXPECT_FALSE(SequentialDetector::deserialize(saved.substr(0, random.below(saved.size()))));
  }
}

// With the right checksum: what a checksum does not catch must not do harm.
TEST_P(EachDetector, DoesNotBreakOnForgedStates) {
  const SequentialDetector detector = made(GetParam().name);
  drifts(*detector, errors(999, 5));
  const std::string saved = detector.serialize();
  const auto opened = open_frame("LWSEQDET", saved);
  ASSERT_TRUE(opened);
  Random random(6);
  int restored_states = 0;
  for (int i = 0; i < 400; ++i) {
    std::string body(opened->body);
    body[random.below(body.size())] ^= static_cast<char>(1 + random.below(255));
    auto restored = SequentialDetector::deserialize(frame("LWSEQDET", 1, body));
    if (!restored) continue;
    ++restored_states;
    drifts(**restored, errors(200, 7));  // under the sanitizers
    EXPECT_TRUE(SequentialDetector::deserialize(frame("LWSEQDET", 1, body)));
  }
  EXPECT_LE(restored_states, 400);
}

TEST_P(EachDetector, CountsWhatItCannotTakeAndStaysAsItIs) {
  const SequentialDetector clean = made(GetParam().name);
  const SequentialDetector dirty = made(GetParam().name);
  Random random(8);
  std::uint64_t bad = 0;
  for (const double value : errors(3000, 9)) {
    if (random.below(5) == 0) {
      const double nothing = random.below(2) == 0 ? std::nan("") : INFINITY;
      EXPECT_NE(dirty->update(nothing), DetectorState::kDrift);
      ++bad;
    }
    ASSERT_EQ(dirty->update(value), clean->update(value));
  }
  EXPECT_EQ(dirty->ignored(), bad);
  EXPECT_EQ(dirty->values(), 3000U);
}

TEST_P(EachDetector, StartsAnewWhenItIsReset) {
  const SequentialDetector detector = made(GetParam().name);
  const std::vector<double> values = errors(2000, 10);
  const std::vector<std::size_t> first = drifts(*detector, values);
  detector->reset();
  EXPECT_EQ(detector->state(), DetectorState::kWarmingUp);
  EXPECT_EQ(drifts(*detector, values), first);
  EXPECT_EQ(detector->values(), 4000U);
}

INSTANTIATE_TEST_SUITE_P(Restore, EachDetector,
                         testing::ValuesIn(detectors().begin(), detectors().end()),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(SequentialDetector, NamesWhatIsWrongWithSavedBytes) {
  EXPECT_THAT(SequentialDetector::deserialize("LWPROFIL").error().message,
              HasSubstr("saved detector: "));
  ByteWriter body;
  body.text("adwinn");
  EXPECT_EQ(SequentialDetector::deserialize(frame("LWSEQDET", 1, body.bytes())).error().message,
            "saved detector: unknown detector 'adwinn'; did you mean 'adwin'?");
  EXPECT_EQ(SequentialDetector::deserialize(frame("LWSEQDET", 9, body.bytes())).error().message,
            "saved detector: version 9 is not known");
}

}  // namespace
}  // namespace leeway::sequential
