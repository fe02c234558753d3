#include "detectors/profile/categories.h"

#include <gtest/gtest.h>

namespace leeway::profile {
namespace {

TEST(Categories, FindEveryNameAndNoOther) {
  std::vector<std::string> names = {"", " ", "e", "\xc3\xa9", std::string("a\0b", 3)};
  for (int i = 0; i < 5000; ++i) names.push_back("name-" + std::to_string(i));
  const auto categories = Categories::from_names(names);
  ASSERT_TRUE(categories);
  for (const std::string& name : names) {
    const auto index = categories->find(name);
    ASSERT_TRUE(index) << name;
    EXPECT_EQ(categories->name(*index), name);
  }
  for (const char* other : {"name-5000", "E", "a", "name"})
    EXPECT_FALSE(categories->find(other)) << other;
}

TEST(Categories, AreInByteOrderHoweverTheyCome) {
  const auto a = Categories::from_names({"b", "a", "\xff"});
  const auto b = Categories::from_names({"\xff", "a", "b"});
  EXPECT_EQ(a->name(0), "a");
  EXPECT_EQ(a->name(2), "\xff");
  EXPECT_EQ(a->id(), b->id());
  EXPECT_NE(a->id(), Categories::from_names({"b", "a"})->id());
}

TEST(Categories, RefuseRepeatsAndTooMany) {
  EXPECT_FALSE(Categories::from_names({"a", "b", "a"}));
  std::vector<std::string> names;
  for (std::size_t i = 0; i <= Categories::kMaxCategories; ++i) names.push_back(std::to_string(i));
  EXPECT_FALSE(Categories::from_names(names));
  names.pop_back();
  EXPECT_TRUE(Categories::from_names(names));
}

TEST(Categories, MayBeNone) {
  const auto none = Categories::from_names({});
  ASSERT_TRUE(none);
  EXPECT_FALSE(none->find(""));
}

TEST(Categories, AreTheSameAfterWritingAndReading) {
  const auto categories = Categories::from_names({"JFK", "LAX", ""});
  ByteWriter out;
  categories->write(out);
  ByteReader in(out.bytes());
  const auto read = Categories::read(in);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->id(), categories->id());
  EXPECT_EQ(read->find("LAX"), categories->find("LAX"));
}

}  // namespace
}  // namespace leeway::profile
