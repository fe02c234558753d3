#include "collectors/compute/quantity.h"

#include <gtest/gtest.h>

namespace leeway::compute {
namespace {

TEST(Quantity, EverySuffixIsRead) {
  const struct {
    const char* text;
    double want;
  } kCases[] = {{"0", 0.0},
                {"12345678n", 0.012345678},
                {"500u", 5e-4},
                {"250m", 0.25},
                {"1.5", 1.5},
                {"2k", 2e3},
                {"129M", 129e6},
                {"3G", 3e9},
                {"4T", 4e12},
                {"5P", 5e15},
                {"6E", 6e18},
                {"123Ki", 125952.0},
                {"2Mi", 2097152.0},
                {"1Gi", 1073741824.0},
                {"1Ti", 1099511627776.0},
                {"1Pi", 1125899906842624.0},
                {"1Ei", 1152921504606846976.0},
                {"12e3", 12e3},
                {"12E6", 12e6},
                {"1e+2", 100.0},
                {"5E-1", 0.5},
                {"-3m", -0.003},
                {"+7", 7.0}};
  for (const auto& [text, want] : kCases) {
    ASSERT_TRUE(parse_quantity(text)) << text;
    EXPECT_DOUBLE_EQ(*parse_quantity(text), want) << text;
  }
}

TEST(Quantity, WhatIsNoneIsRefused) {
  for (const char* text :
       {"", "m", "1x", "1 Mi", "1mi", "1KI", "0x10", "1e", "--1", "1..2", "nan"}) {
    EXPECT_FALSE(parse_quantity(text)) << text;
  }
}

}  // namespace
}  // namespace leeway::compute
