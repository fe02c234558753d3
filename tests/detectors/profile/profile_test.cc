#include "detectors/profile/profile.h"

#include <gmock/gmock.h>

#include "detectors/base/compression.h"
#include "tests/detectors/profile/samples.h"

namespace leeway::profile {
namespace {

using testing::HasSubstr;

std::string body_of(const Profile& profile) {
  ByteWriter out;
  profile.write(out);
  return std::move(out).take();
}

std::string message_of(const Profile& profile) {
  const auto read = Profile::deserialize(profile.serialize());
  return read ? "" : read.error().message;
}

TEST(Profile, IsByteEqualAfterSavingAndLoading) {
  const Schema schema = some_schema();
  for (const unsigned rows : {0U, 1U, 2000U}) {
    const Profile profile = some_profile(schema, rows, 1);
    const std::string saved = profile.serialize();
    const auto loaded = Profile::deserialize(saved);
    ASSERT_TRUE(loaded) << loaded.error().message;
    EXPECT_EQ(loaded->serialize(), saved);
    EXPECT_EQ(body_of(*loaded), body_of(profile));
    EXPECT_TRUE(loaded->fits(schema));
  }
}

TEST(Profile, MergesWithItsLikeOnly) {
  const Schema schema = some_schema();
  Profile profile = some_profile(schema, 100, 1);
  ASSERT_TRUE(profile.merge(some_profile(schema, 50, 2)));
  EXPECT_EQ(profile.rows, 150U);
  for (const ColumnProfile& column : profile.columns) EXPECT_EQ(column.rows, 150U);

  Schema other = schema;
  other.columns[1].categories =
      std::make_shared<const Categories>(*Categories::from_names({"JFK"}));
  EXPECT_EQ(profile.merge(Profile::empty_for(other)).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(profile.rows, 150U);
}

TEST(Profile, MergedInTheSameOrderIsByteEqual) {
  const Schema schema = some_schema();
  const auto merged = [&] {
    Profile profile = Profile::empty_for(schema);
    for (std::uint64_t seed = 1; seed < 6; ++seed)
      EXPECT_TRUE(profile.merge(some_profile(schema, 300, seed)));
    return profile.serialize();
  };
  EXPECT_EQ(merged(), merged());
}

TEST(Profile, RefusesEveryPrefixOfItsBytes) {
  const std::string saved = some_profile(some_schema(), 200, 1).serialize();
  for (std::size_t length = 0; length < saved.size(); ++length) {
    EXPECT_FALSE(Profile::deserialize(std::string_view(saved).substr(0, length))) << length;
  }
  EXPECT_FALSE(Profile::deserialize(saved + "x"));
}

TEST(Profile, RefusesEveryFlippedBitOfItsBytes) {
  const std::string saved = some_profile(some_schema(), 200, 1).serialize();
  for (std::size_t bit = 0; bit < 8 * saved.size(); ++bit) {
    std::string flipped = saved;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_FALSE(Profile::deserialize(flipped)) << "bit " << bit;
  }
}

// Behind the checksum: somebody who computes it can write anything into the body.
TEST(Profile, SurvivesEveryPrefixAndFlippedBitOfItsBody) {
  const Schema schema = some_schema();
  const std::string body = body_of(some_profile(schema, 60, 1));
  for (std::size_t length = 0; length < body.size(); ++length) {
    ByteReader in(std::string_view(body).substr(0, length));
    EXPECT_FALSE(Profile::read(in)) << length;
  }
  std::size_t accepted = 0;
  for (std::size_t bit = 0; bit < 8 * body.size(); ++bit) {
    std::string flipped = body;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
    ByteReader in(flipped);
    const auto read = Profile::read(in);
    if (!read || !read->fits(schema)) continue;
    ++accepted;  // a sum, a mean, a hash: nothing that could be checked
    Profile merged = some_profile(schema, 60, 1);
    EXPECT_TRUE(merged.merge(*read)) << "bit " << bit;
    for (const ColumnProfile& column : read->columns) {
      EXPECT_EQ(column.rows, column.missing + column.not_a_number + column.type_errors +
                                 column.cells.total() + column.unseen);
    }
  }
  EXPECT_LT(accepted, 8 * body.size());
}

TEST(Profile, RefusesPartsThatDoNotAddUp) {
  const Schema schema = some_schema();
  Profile profile = some_profile(schema, 100, 1);
  ++profile.columns[1].missing;
  EXPECT_THAT(message_of(profile), HasSubstr("column 1: its parts do not add up to its rows"));

  profile = some_profile(schema, 100, 1);
  ++profile.rows;
  EXPECT_THAT(message_of(profile), HasSubstr("other rows than the profile"));

  profile = some_profile(schema, 100, 1);
  profile.columns[0].positive_infinite = 1000;
  EXPECT_THAT(message_of(profile), HasSubstr("more infinities than values"));

  profile = some_profile(schema, 100, 1);
  profile.columns[0].empty_texts = 101;
  EXPECT_THAT(message_of(profile), HasSubstr("more kinds of missing values than missing ones"));

  profile = some_profile(schema, 100, 1);
  profile.columns[0].checks.range = {.checked = 101, .violations = 0};
  EXPECT_THAT(message_of(profile), HasSubstr("its checks are of other rows"));

  profile = some_profile(schema, 100, 1);
  profile.columns[0].checks.set = {.checked = 1, .violations = 2};
  EXPECT_THAT(message_of(profile), HasSubstr("its checks are of other rows"));

  profile = some_profile(schema, 100, 1);
  profile.columns[2].keys.add_hash(0, 1);
  EXPECT_THAT(message_of(profile), HasSubstr("its keys are of other rows"));

  profile = some_profile(schema, 100, 1);
  profile.row_keys.add_hash(0, 101);
  EXPECT_THAT(message_of(profile), HasSubstr("its keys are of other rows"));

  profile = some_profile(schema, 100, 1);
  ++profile.columns[0].moments.count;
  EXPECT_THAT(message_of(profile), HasSubstr("its moments are of other rows"));

  profile = some_profile(schema, 100, 1);
  profile.columns[0].missing = ~std::uint64_t{0};  // the sum wraps around
  EXPECT_THAT(message_of(profile), HasSubstr("do not add up"));
}

TEST(Profile, FitsNoSchemaThatLacksItsCells) {
  const Schema schema = some_schema();
  Profile profile = some_profile(schema, 100, 1);
  EXPECT_TRUE(profile.fits(schema));
  profile.columns[1].cells.index.back() = 3;  // JFK, LAX, SFO are 0 to 2
  EXPECT_FALSE(profile.fits(schema));

  Schema other = schema;
  other.columns.pop_back();
  EXPECT_FALSE(some_profile(schema, 100, 1).fits(other));
}

TEST(Profile, RefusesABodyOfAnUnknownVersionOrSize) {
  EXPECT_FALSE(Profile::deserialize(frame("LWPROFIL", 3, compress("x"))));
  EXPECT_FALSE(Profile::deserialize(frame("LWPROFIL", 1, "x")));
  const std::string bomb =
      frame("LWPROFIL", 1, compress(std::string((std::size_t{256} << 20U) + 1, '\0')));
  EXPECT_THAT(Profile::deserialize(bomb).error().message, HasSubstr("more than"));
}

}  // namespace
}  // namespace leeway::profile
