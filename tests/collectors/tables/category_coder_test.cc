#include "collectors/tables/category_coder.h"

#include <gmock/gmock.h>

#include <limits>

namespace leeway::tables {
namespace {

std::shared_ptr<const profile::Categories> categories(std::vector<std::string> names) {
  return std::make_shared<const profile::Categories>(
      profile::Categories::from_names(std::move(names)).value());
}

class Coder : public testing::Test {
 protected:
  MissingValues none_;
};

TEST_F(Coder, GivesOneCodeToOneNameWhateverItsType) {
  CategoryCoder coder(categories({"7", "8"}), none_, {});
  const std::uint32_t code = coder.code(std::string_view("7"));
  EXPECT_EQ(coder.name(code), "7");
  EXPECT_EQ(coder.code(std::int64_t{7}), code);
  EXPECT_EQ(coder.code(7.0), code);
  EXPECT_NE(coder.code(7.5), code);
  EXPECT_EQ(coder.name(coder.code(7.5)), "7.5");
  EXPECT_EQ(coder.name(coder.code(-0.0)), "0");
}

TEST_F(Coder, CountsNoNumberAsMissing) {
  CategoryCoder coder(nullptr, none_, {});
  EXPECT_EQ(coder.code(std::nan("")), CategoryCoder::kMissing);
  EXPECT_EQ(coder.name(coder.code(std::numeric_limits<double>::infinity())), "inf");
}

TEST_F(Coder, RemembersNamesThatAreNotKnownInTheirOrder) {
  CategoryCoder coder(categories({"a"}), none_, {});
  const std::uint32_t first = coder.code(std::string_view("z"));
  const std::uint32_t second = coder.code(std::string_view("b"));
  EXPECT_EQ(second, first + 1);
  EXPECT_EQ(coder.name(first), "z");
  EXPECT_EQ(coder.code(std::string_view("z")), first);
  EXPECT_EQ(coder.end(), second + 1);
}

TEST_F(Coder, CountsWhatItCannotRemember) {
  CategoryCoder coder(categories({"a"}), none_, {.max_new = 1});
  EXPECT_GE(coder.code(std::string_view("b")), CategoryCoder::kFirst);
  EXPECT_EQ(coder.code(std::string_view("c")), CategoryCoder::kOther);
  EXPECT_EQ(coder.code(std::string_view("d")), CategoryCoder::kOther);
  EXPECT_EQ(coder.code(std::string_view("a")), CategoryCoder::kFirst);
  EXPECT_NEAR(coder.others().estimate(), 2.0, 0.1);
  CategoryCoder small(nullptr, none_, {.max_bytes = 4});
  EXPECT_EQ(small.code(std::string_view("12345")), CategoryCoder::kOther);
}

TEST_F(Coder, KnowsValuesThatAreMissing) {
  const MissingValues missing({"NA", "-999", ""});
  CategoryCoder coder(nullptr, missing, {});
  EXPECT_EQ(coder.code(std::string_view("NA")), CategoryCoder::kConfigured);
  EXPECT_EQ(coder.code(std::int64_t{-999}), CategoryCoder::kConfigured);
  EXPECT_EQ(coder.code(-999.0), CategoryCoder::kConfigured);
  EXPECT_EQ(coder.code(std::string_view("")), CategoryCoder::kEmpty);
  EXPECT_GE(coder.code(std::string_view("na")), CategoryCoder::kFirst);
}

TEST_F(Coder, ReadsTrueAndFalse) {
  CategoryCoder coder(categories({"false", "true"}), none_, {.boolean = true});
  const std::uint32_t yes = coder.code(true);
  const std::uint32_t no = coder.code(false);
  EXPECT_EQ(coder.name(yes), "true");
  for (const std::string_view text : {"true", "True", "t", "yes", "1"}) {
    EXPECT_EQ(coder.code(text), yes) << text;
  }
  EXPECT_EQ(coder.code(std::int64_t{0}), no);
  EXPECT_EQ(coder.code(1.0), yes);
  EXPECT_EQ(coder.code(std::int64_t{2}), CategoryCoder::kTypeError);
  EXPECT_EQ(coder.code(0.5), CategoryCoder::kTypeError);
  EXPECT_EQ(coder.code(std::string_view("maybe")), CategoryCoder::kTypeError);
}

TEST_F(Coder, CodesAVectorAsItCodesItsValues) {
  CategoryCoder coder(nullptr, none_, {});
  std::vector<std::int64_t> values(1000);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<std::int64_t>(i * i % 97);
  std::vector<std::uint64_t> valid(16, ~std::uint64_t{0});
  valid[0] ^= 2U;  // the second is absent
  std::vector<std::uint32_t> codes(values.size());
  coder.code_for(Kind::kInteger).codes(Vector(values.data(), valid.data(), values.size()), codes);
  EXPECT_EQ(codes[1], CategoryCoder::kMissing);
  for (std::size_t i = 2; i < values.size(); ++i) EXPECT_EQ(codes[i], coder.code(values[i])) << i;
}

TEST(MissingValues, TellsNumbersByTheirValue) {
  const MissingValues missing({"NA", " -999.0 ", ""});
  EXPECT_TRUE(missing.contains(-999.0));
  EXPECT_TRUE(missing.contains(std::string_view("")));
  EXPECT_FALSE(missing.contains(std::string_view("-999")));
  EXPECT_FALSE(missing.contains(0.0));
}

TEST(ReadNumber, TakesAllOfATextOrNothing) {
  double number = 0.0;
  EXPECT_TRUE(read_number(" +1.5e3 ", number));
  EXPECT_EQ(number, 1500.0);
  EXPECT_TRUE(read_number("-inf", number));
  EXPECT_EQ(number, -std::numeric_limits<double>::infinity());
  for (const char* text : {"", " ", "1x", "x", "1 2", "+-1", "0x10", "1,5"}) {
    EXPECT_FALSE(read_number(text, number)) << text;
  }
}

}  // namespace
}  // namespace leeway::tables
