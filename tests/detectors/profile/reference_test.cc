#include "detectors/profile/reference.h"

#include <gtest/gtest.h>

#include "tests/detectors/profile/samples.h"

namespace leeway::profile {
namespace {

Reference some_reference() {
  Reference reference;
  reference.schema = some_schema();
  reference.schema.columns[2].reason = "almost all values are distinct";
  reference.profile = some_profile(reference.schema, 200, 1);
  for (int i = 0; i < 3; ++i) {
    reference.windows.push_back(
        {.start = from_micros(i * 86'400'000'000),
         .profile = some_profile(reference.schema, 60, static_cast<std::uint64_t>(i) + 2)});
  }
  for (const std::string segment : {"origin=ATL", "origin=ORD"}) {
    reference.parts.push_back(
        {.segment = segment, .profile = some_profile(reference.schema, 50, 7), .windows = {}});
    reference.parts.back().windows.push_back(reference.windows[1]);
  }
  reference.source = "data/january.parquet";
  reference.sampled_edges = true;
  return reference;
}

TEST(Reference, IsByteEqualAfterSavingAndLoading) {
  const Reference reference = some_reference();
  const std::string saved = reference.serialize();
  const auto loaded = Reference::deserialize(saved);
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_EQ(loaded->serialize(), saved);
  EXPECT_EQ(loaded->id(), reference.id());
  EXPECT_EQ(loaded->schema.id(), reference.schema.id());
  EXPECT_EQ(loaded->schema.columns[2].reason, "almost all values are distinct");
  EXPECT_TRUE(loaded->schema.columns[2].is_private);
  EXPECT_EQ(loaded->schema.find("origin")->role, ColumnRole::kFeature);
  EXPECT_EQ(loaded->windows.size(), 3U);
  ASSERT_EQ(loaded->parts.size(), 2U);
  EXPECT_EQ(loaded->parts[1].segment, "origin=ORD");
  EXPECT_EQ(loaded->parts[1].profile.rows, 50U);
  EXPECT_EQ(loaded->parts[1].windows.size(), 1U);
  EXPECT_EQ(loaded->source, "data/january.parquet");
  EXPECT_TRUE(loaded->sampled_edges);
}

TEST(Reference, IsNamedByItsContent) {
  Reference reference = some_reference();
  const std::string id = reference.id();
  EXPECT_EQ(id.size(), 16U);
  reference.profile.columns[0].missing += 1;
  EXPECT_NE(reference.id(), id);
}

TEST(Reference, OfASegmentIsThatOfItsRows) {
  const Reference reference = some_reference();
  const auto alone = reference.of_segment("origin=ORD");
  ASSERT_TRUE(alone);
  EXPECT_EQ(alone->profile.rows, 50U);
  EXPECT_EQ(alone->windows.size(), 1U);
  EXPECT_TRUE(alone->parts.empty());
  EXPECT_TRUE(alone->profile.fits(alone->schema));
  EXPECT_EQ(alone->schema.id(), reference.schema.id());
  EXPECT_FALSE(reference.of_segment("origin=SEA"));
}

TEST(Reference, RefusesEveryPrefixAndEveryThirdFlippedBit) {
  const std::string saved = some_reference().serialize();
  for (std::size_t length = 0; length < saved.size(); length += 11) {
    EXPECT_FALSE(Reference::deserialize(std::string_view(saved).substr(0, length))) << length;
  }
  for (std::size_t bit = 0; bit < 8 * saved.size(); bit += 3) {
    std::string flipped = saved;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_FALSE(Reference::deserialize(flipped)) << "bit " << bit;
  }
}

TEST(Reference, RefusesSegmentsOutOfOrderOrWithoutAName) {
  Reference reference = some_reference();
  std::swap(reference.parts[0], reference.parts[1]);
  EXPECT_FALSE(Reference::deserialize(reference.serialize()));
  reference = some_reference();
  reference.parts[0].segment = "";
  EXPECT_FALSE(Reference::deserialize(reference.serialize()));
}

TEST(Reference, RefusesWindowsOutOfOrderOrOfAnotherSchema) {
  Reference reference = some_reference();
  std::swap(reference.windows[0].start, reference.windows[1].start);
  EXPECT_FALSE(Reference::deserialize(reference.serialize()));
  reference = some_reference();
  reference.windows[1].profile.schema_id ^= 1U;
  EXPECT_FALSE(Reference::deserialize(reference.serialize()));
}

}  // namespace
}  // namespace leeway::profile
