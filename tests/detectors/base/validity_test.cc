#include "detectors/base/validity.h"

#include <gtest/gtest.h>

#include <vector>

namespace leeway {
namespace {

TEST(Validity, OfNoWordsMeansThatAllIsThere) {
  const std::vector<double> values{1.0, 2.0, 3.0};
  std::vector<double> kept(3);
  EXPECT_TRUE(is_valid({}, 2));
  EXPECT_EQ(count_valid({}, 3), 3U);
  EXPECT_EQ(keep_valid(values, {}, kept.data()), 3U);
  EXPECT_EQ(kept, values);
}

TEST(Validity, KeepsExactlyTheValuesWhoseBitIsSet) {
  for (const std::size_t size : {1U, 63U, 64U, 65U, 200U}) {
    std::vector<double> values(size);
    std::vector<std::uint64_t> valid((size + 63) / 64,
                                     ~std::uint64_t{0});  // bits beyond are set, too
    std::vector<double> expected;
    for (std::size_t i = 0; i < size; ++i) {
      values[i] = static_cast<double>(i);
      if (i % 7 == 3 || i % 64 == 63) {
        valid[i / 64] &= ~(std::uint64_t{1} << (i % 64));
      } else {
        expected.push_back(values[i]);
      }
    }
    std::vector<double> kept(size);
    kept.resize(keep_valid(values, valid, kept.data()));
    EXPECT_EQ(kept, expected) << size;
    EXPECT_EQ(count_valid(valid, size), expected.size()) << size;
    EXPECT_EQ(is_valid(valid, 0), size > 0) << size;
  }
}

}  // namespace
}  // namespace leeway
